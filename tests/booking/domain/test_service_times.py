"""What is learned of durations, compared with what they were drawn from."""

from math import exp, log
from random import Random

import pytest

from booking.domain.day_log import Call, Observed, Service, Shown, Work
from booking.domain.service_times import ASSUMED_LEVEL, Habits, Pace, learn, learn_today

PASS, CAR = "passport", "car"


def day_of(services=(), **more):
    begun = 0.0
    served = [Service(Work(offering, 10.0), begun, minutes) for offering, minutes in services]
    return Observed(services=served, **more)


def drawn(rng, level, spread, count):
    return [(PASS, 10 * exp(rng.gauss(level, spread))) for _ in range(count)]


def test_without_a_past_the_configured_minutes_are_believed():
    assert Habits().mean_minutes(Work(PASS, 20.0)) == pytest.approx(0.97 * 20.8 + 0.06 + 0.5)


def test_pace_and_spread_are_found_again():
    rng = Random(1)
    habits = learn([day_of(drawn(rng, 0.3, 0.4, 30)) for _ in range(40)])
    assert habits.pace(PASS).level == pytest.approx(0.3, abs=0.04)
    assert habits.pace(PASS).spread == pytest.approx(0.4, abs=0.04)


def test_three_people_move_the_estimate_only_a_little():
    level = learn([day_of([(PASS, 20.0)] * 3)]).pace(PASS).level
    assert ASSUMED_LEVEL < level < (ASSUMED_LEVEL + log(2)) / 2


def test_forgotten_finish_clicks_hardly_matter():
    rng = Random(2)
    clean = [drawn(rng, 0, 0.4, 25) for _ in range(20)]
    with_forgotten = [[*day, (PASS, 90.0 + rng.random() * 60)] for day in clean]
    level = learn([day_of(day) for day in clean]).pace(PASS).level
    assert learn([day_of(day) for day in with_forgotten]).pace(PASS).level == pytest.approx(
        level, abs=0.03
    )


def test_recent_days_count_more():
    old, new = day_of([(PASS, 10.0)] * 30), day_of([(PASS, 20.0)] * 30)
    assert learn([*[old] * 20, *[new] * 20]).pace(PASS).level > log(2) / 2


def test_how_much_days_differ_is_found_again():
    rng = Random(3)
    days = []
    for _ in range(80):
        everybody, own = rng.gauss(0, 0.2), {one: rng.gauss(0, 0.1) for one in (PASS, CAR)}
        days.append(
            day_of(
                [
                    (one, 10 * exp(everybody + own[one] + rng.gauss(0, 0.3)))
                    for one in (PASS, CAR)
                    for _ in range(30)
                ]
            )
        )
    habits = learn(days)
    assert habits.day == pytest.approx(0.2, abs=0.05)
    assert habits.offering_day == pytest.approx(0.1, abs=0.05)


HABITS = Habits(paces={PASS: Pace(0, 0.4), CAR: Pace(0, 0.4)}, day=0.15, offering_day=0.15)


def test_a_slow_morning_is_noticed_and_tells_of_other_services_too():
    today = learn_today(HABITS, day_of([(PASS, 15.0)] * 12).services)
    counts, said, _spread = today.offering(PASS)
    assert said == pytest.approx(log(1.5))
    assert 0 < today.level < log(1.5)
    assert (1 - counts) * today.level + counts * said > 0.7 * log(1.5)
    assert today.offering(CAR) == (0.0, 0.0, HABITS.offering_day)


def test_the_first_person_of_the_day_proves_little():
    counts, _said, _spread = learn_today(HABITS, day_of([(PASS, 30.0)]).services).offering(PASS)
    assert counts < 0.15


def test_who_is_still_being_served_after_long_counts_as_slow():
    running = [(Work(PASS, 10.0), 20.0)] * 5
    assert learn_today(HABITS, [], running).level > 0.05
    assert learn_today(HABITS, [], [(Work(PASS, 10.0), 2.0)] * 5).level == 0


def test_chances_and_offsets_are_counted():
    shown = [Shown(60, -5.0)] * 60 + [Shown(60, None)] * 40
    calls = [Call(0, 1.0, True)] * 90 + [Call(0, 3.0, False)] * 10
    habits = learn([day_of(shown=shown, calls=calls)])
    assert habits.shows == pytest.approx(0.62, abs=0.01)
    assert habits.comes == pytest.approx(0.905, abs=0.01)
    assert habits.offsets == [-5.0] * 60
