"""The forecast on small situations whose answer is known."""

from math import inf
from time import process_time

import pytest

from booking.domain.day_log import Work
from booking.domain.forecast import (
    Busy,
    CounterNow,
    Expected,
    Newcomer,
    Situation,
    Wait,
    Waiting,
    forecast,
)
from booking.domain.service_times import Habits, Pace, Today
from booking.domain.staffing import Span

PASS, CAR = "passport", "car"
# Nobody's time is in doubt, and nothing takes time but the matter itself.
EXACT = Habits(
    paces={PASS: Pace(0, 1e-6), CAR: Pace(0, 1e-6)},
    walk=0,
    turn=0,
    comes=1,
    offsets=(0.0,),
)
AS_ALWAYS = Today(0, 0, {}, 0)


def waiting(name, due, minutes=10.0, offering=PASS):
    return Waiting(name, Work(offering, minutes), frozenset([offering]), due, due - 30)


def middles(situation, habits=EXACT, today=AS_ALWAYS):
    answers = forecast(situation, habits, today)
    return {name: wait and round(wait.middle, 1) for name, wait in answers.items()}


def test_one_counter_serves_one_after_another_in_order_of_due_time():
    people = [waiting("later", 20), waiting("first", 10), waiting("last", 30)]
    situation = Situation(0, [CounterNow(1)], people)
    assert middles(situation) == {"first": 0.0, "later": 10.0, "last": 20.0}


def test_two_counters_halve_the_wait():
    people = [waiting(number, number) for number in range(5)]
    situation = Situation(0, [CounterNow(1), CounterNow(2)], people)
    assert middles(situation) == {0: 0, 1: 0, 2: 10, 3: 10, 4: 20}


def test_whoever_a_counter_cannot_serve_waits_for_another_and_is_overtaken():
    people = [waiting("car", 1, offering=CAR), waiting("pass", 2)]
    busy = Busy(Work(CAR, 30.0), called=0, begun=0)
    counters = [CounterNow(1, frozenset([PASS])), CounterNow(2, None, busy)]
    assert middles(Situation(10, counters, people)) == {"car": 20.0, "pass": 0.0}


def test_nobody_able_to_serve_is_an_honest_unknown():
    people = [waiting("car", 1, offering=CAR)]
    situation = Situation(0, [CounterNow(1, frozenset([PASS]))], people)
    assert middles(situation) == {"car": None}


def test_a_newcomer_waits_behind_those_due_before_and_in_nobodys_way():
    people = [waiting("before", 10), waiting("after", 90)]
    newcomer = Newcomer(PASS, frozenset([PASS]), due=30)
    situation = Situation(0, [CounterNow(1)], people, newcomers=[newcomer])
    assert middles(situation) == {"before": 0, "after": 10, PASS: 10}


def test_an_appointment_still_to_come_goes_first_only_once_somebody_is_there():
    expected = Expected(Work(PASS, 20.0), frozenset([PASS]), start=5, chance=1)
    people = [waiting("first", 10), waiting("second", 11)]
    situation = Situation(0, [CounterNow(1)], people, [expected])
    assert middles(situation) == {"first": 0, "second": 30}


def test_an_appointment_that_may_not_be_kept_widens_the_range():
    expected = Expected(Work(PASS, 20.0), frozenset([PASS]), start=5, chance=0.5)
    people = [waiting("first", 10), waiting("second", 11)]
    wait = forecast(Situation(0, [CounterNow(1)], people, [expected]), EXACT, AS_ALWAYS)["second"]
    assert (round(wait.low), round(wait.high)) == (10, 30)


def test_who_has_been_served_for_long_is_not_over_at_the_mean():
    habits = Habits(paces={PASS: Pace(0, 0.5)}, walk=0, turn=0, comes=1)
    busy = Busy(Work(PASS, 10.0), called=0, begun=0)
    rests = {}
    for now in (1, 10, 20):
        situation = Situation(now, [CounterNow(1, None, busy)], [waiting("next", 30)])
        rests[now] = forecast(situation, habits, AS_ALWAYS)["next"].middle
    # The median of a log-normal around 10 that is known to be above 1, 10 and 20 minutes.
    assert rests == pytest.approx({1: 9.0, 10: 4.0, 20: 3.8}, abs=0.2)


def test_a_slow_day_makes_everybody_wait_longer():
    people = [waiting("first", 10), waiting("second", 20)]
    slow = Today(0.5, 0, {}, 0)
    assert middles(Situation(0, [CounterNow(1)], people), today=slow)["second"] == 16.5


def test_a_counter_goes_to_lunch_as_on_past_days_and_comes_back():
    habits = Habits(
        paces=EXACT.paces, walk=0, turn=0, comes=1, days=[{1: [Span(-60, 15), Span(45, 200)]}]
    )
    people = [waiting(number, number) for number in range(4)]
    # The second begins before lunch, at 10; who is served is served to the end.
    assert middles(Situation(0, [CounterNow(1)], people), habits) == {0: 0, 1: 10, 2: 45, 3: 55}


def test_who_is_inside_when_the_doors_close_is_still_served():
    habits = Habits(paces=EXACT.paces, walk=0, turn=0, comes=1, days=[{1: [Span(-60, 15)]}])
    people = [waiting(number, number) for number in range(4)]
    situation = Situation(0, [CounterNow(1)], people, closes=16)
    assert middles(situation, habits)[3] == 30


def test_the_range_holds_the_middle_and_the_same_situation_gives_the_same_answer():
    people = [waiting(number, number) for number in range(20)]
    situation = Situation(0, [CounterNow(1), CounterNow(2)], people)
    answers = forecast(situation, Habits(), Today(0, 0.1, {}, 0.15))
    assert all(wait.low <= wait.middle <= wait.high < inf for wait in answers.values())
    assert answers[19].low < answers[19].middle < answers[19].high
    assert answers == forecast(situation, Habits(), Today(0, 0.1, {}, 0.15))


def test_the_middle_of_many_is_the_mean_work_by_the_number_of_counters():
    habits = Habits(paces={PASS: Pace(-0.125, 0.5)}, walk=0, turn=0, comes=1)
    people = [waiting(number, number) for number in range(61)]
    situation = Situation(0, [CounterNow(number) for number in range(3)], people)
    wait = forecast(situation, habits, AS_ALWAYS)[60]
    # 60 people of 10 minutes at 3 counters; the sum's deviation is 10·√(e^0.25 − 1)·√60 / 3.
    assert wait.middle == pytest.approx(195, abs=8)
    assert wait.high - wait.low == pytest.approx(2 * 1.28 * 13.8, rel=0.35)


def test_an_empty_office_has_no_wait():
    newcomer = Newcomer(PASS, frozenset([PASS]), due=30)
    situation = Situation(0, [CounterNow(1)], [], newcomers=[newcomer])
    assert forecast(situation, EXACT, AS_ALWAYS) == {PASS: Wait(0, 0, 0)}


def test_sixty_waiting_at_twelve_counters_take_less_than_twenty_milliseconds():
    """Of the processor's time, because others may use it too; the best of some runs."""
    offerings = [f"service {number}" for number in range(8)]
    some = frozenset(offerings[:4])
    counters = [
        CounterNow(number, some if number % 3 else None, Busy(Work(PASS, 15.0), 590, 591))
        for number in range(12)
    ]
    people = [waiting(number, 570 + number, 15.0, offerings[number % 8]) for number in range(60)]
    expected = [
        Expected(Work(one, 15.0), frozenset([one]), 600 + 10 * number, 0.87)
        for number, one in enumerate(offerings * 5)
    ]
    newcomers = [Newcomer(one, frozenset([one]), 630) for one in offerings]
    habits = Habits(days=[{one: [Span(480, 720), Span(750, 1080)] for one in range(12)}] * 8)
    situation = Situation(600, counters, people, expected, newcomers, closes=1080)
    taken = []
    for _ in range(7):
        began = process_time()
        forecast(situation, habits, Today(0, 0.1, {}, 0.15))
        taken.append(process_time() - began)
    assert min(taken) < 0.020


def test_another_order_of_calls_can_be_forecast():
    people = [
        Waiting("came first", Work(PASS, 10.0), frozenset([PASS]), due=40, arrived=0),
        Waiting("due first", Work(PASS, 10.0), frozenset([PASS]), due=20, arrived=5),
    ]
    situation = Situation(10, [CounterNow(1)], people)
    first_come = forecast(situation, EXACT, AS_ALWAYS, order=lambda one: (one.arrived,))
    assert round(first_come["due first"].middle) == 10
    assert middles(situation) == {"due first": 0, "came first": 10}
