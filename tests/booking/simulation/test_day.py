"""A simulated day obeys the office's rules and is the same each time."""

from dataclasses import replace
from datetime import date
from random import Random

import pytest

from booking.domain.day_log import observe
from booking.simulation.day import simulate
from booking.simulation.plan import made_up_office

DAY = date(2026, 11, 24)
PLAN = made_up_office(Random(4))


@pytest.fixture(scope="module")
def day():
    return simulate(PLAN, "tests", day=DAY)


def test_the_same_seed_gives_the_same_day_and_another_another(day):
    assert simulate(PLAN, "tests", day=DAY) == day
    assert simulate(PLAN, "other", day=DAY) != day


def test_the_log_is_in_order_of_time(day):
    times = [event.at for event in day.log.events]
    assert times == sorted(times)


def test_a_counter_holds_one_person_at_a_time(day):
    at = {}
    for event in day.log.events:
        if event.kind == "called":
            assert event.counter not in at
            at[event.counter] = event.visit
        elif event.kind in ("finished", "missed", "forgotten") and event.counter:
            assert at.pop(event.counter) == event.visit


def test_nobody_is_called_while_somebody_waits_who_is_due_before(day):
    waiting = {}
    for event in day.log.events:
        person = day.log.persons[event.visit]
        if event.kind in ("drawn", "checked_in"):
            waiting[event.visit] = person
        elif event.kind == "called":
            serves = day.log.counters[event.counter]
            able = [one for one in waiting.values() if serves is None or one.needs <= serves]
            assert person.due == min(one.due for one in able)
            del waiting[event.visit]


def test_what_the_simulation_knows_is_what_the_log_tells(day):
    seen = observe(day.log)
    told = {visit: at - day.log.persons[visit].arrived for visit, at in seen.called.items()}
    assert told == day.truth.waits


def test_the_town_has_what_makes_days_hard():
    hard = replace(PLAN, breakdown=1, gone=0.2, forgotten_finish=0.1, no_show=0.3)
    day = simulate(hard, "hard", day=DAY)
    kinds = {event.kind for event in day.log.events}
    assert {"missed", "checked_in", "drawn", "finished"} <= kinds
    seen = observe(day.log)
    assert any(one.minutes is None for one in seen.shown)
    assert len(day.log.presence) > len({one.counter for one in day.log.presence})


def test_the_order_of_calls_changes_neither_who_comes_nor_how_long_it_takes():
    plan = replace(PLAN, breakdown=0, forgotten_finish=0)

    def last_come(waiting, now):
        return max(waiting, key=lambda one: one.arrived, default=None)

    first, second = simulate(plan, 1, day=DAY), simulate(plan, 1, day=DAY, order=last_come)
    assert first.log.persons == second.log.persons
    assert first.truth.waits != second.truth.waits

    def durations(day):
        events = {(event.visit, event.kind): event.at for event in day.log.events}
        return {
            visit: round(at - events[visit, "begun"], 6)
            for (visit, kind), at in events.items()
            if kind == "finished"
        }

    assert durations(first) == durations(second)
