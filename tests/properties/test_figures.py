"""A day played by rule and dice gives exactly the figures that the player wrote down."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from booking.domain.figures import DayLog, figures, quantile
from booking.domain.visit_histories import CounterChange, Event
from tests.conftest import BERLIN

DAY = date(2026, 11, 24)
OPENS = datetime(2026, 11, 24, 8, tzinfo=BERLIN).astimezone(UTC)


class Person(NamedTuple):
    """Minutes: between arrivals, until somebody goes unseen, at the counter, parked."""

    after: int
    appointment: bool
    offering: str
    quantity: int
    patience: int
    walking: int
    served: int
    parked: int
    comes: bool


PEOPLE = st.lists(
    st.builds(
        Person, st.integers(0, 12), st.booleans(), st.sampled_from(["pass", "move"]),
        st.integers(1, 3), st.integers(0, 90), st.integers(0, 2), st.integers(1, 25),
        st.sampled_from([0, 0, 0, 7]), st.sampled_from([True, True, True, False]),
    ),
    max_size=25,
)  # fmt: skip


def play(people: list[Person], counters: int) -> tuple[DayLog, dict]:
    """First come, first served at so many counters; the log, and what really was."""
    free = {str(number): 0 for number in range(counters)}
    changes = [CounterChange(counter, "opened", OPENS) for counter in free]
    events, arrived = [], 0
    truth = {"waits": [], "served": {}, "outcomes": Counter(), "came": Counter(), "in_use": 0}

    def log(person, kind, minute, counter=None, **more):
        events.append(Event(person, kind, OPENS + timedelta(minutes=minute), counter, **more))

    for name, one in enumerate(people):
        arrived += one.after
        kind = "checked_in" if one.appointment else "drawn"
        truth["came"][kind] += 1
        log(name, kind, arrived, offering=one.offering, quantity=one.quantity)
        counter = min(free, key=free.get)
        called = max(arrived, free[counter])
        if called - arrived > one.patience:
            log(name, "left", arrived + one.patience)
            truth["outcomes"]["left"] += 1
            continue
        truth["waits"].append(called - arrived)
        log(name, "called", called, counter)
        begun = called + one.walking
        if not one.comes:
            log(name, "missed", begun, counter)
            truth["outcomes"]["missed"] += 1
            truth["in_use"] += one.walking
            free[counter] = begun
            continue
        log(name, "begun", begun, counter)
        ended = begun + one.served
        if one.parked:  # halfway; the counter waits, so that it stays a first come, first served
            half = begun + one.served // 2
            log(name, "parked", half, counter)
            log(name, "unparked", half + one.parked - 1)
            log(name, "called", half + one.parked, counter)
            log(name, "begun", half + one.parked, counter)
            ended += one.parked
        log(name, "finished", ended, counter)
        truth["outcomes"]["done"] += 1
        truth["served"].setdefault(one.offering, []).append(one.served / one.quantity)
        truth["in_use"] += one.walking + one.served
        free[counter] = ended
    closes = max([arrived, *free.values()]) + 1
    changes += [
        CounterChange(counter, "closed", OPENS + timedelta(minutes=closes)) for counter in free
    ]
    truth["open"] = closes * counters
    return DayLog(DAY, sorted(events, key=lambda event: event.at), changes), truth


@settings(deadline=None, derandomize=True, database=None, max_examples=150)
@given(PEOPLE, st.integers(1, 4))
def test_a_played_day_gives_exactly_the_figures_that_are_true(people, counters):
    log, truth = play(people, counters)
    found = figures([log], BERLIN)

    assert found.arrivals.walk_ins == truth["came"]["drawn"]
    assert found.arrivals.appointments == truth["came"]["checked_in"]
    assert Counter(found.outcomes) == truth["outcomes"]
    assert found.waits.count == len(truth["waits"])
    if truth["waits"]:
        assert found.waits.median == median(truth["waits"])
        assert abs(found.waits.ninetieth - quantile(sorted(truth["waits"]), 0.9)) < 1e-9
    assert set(found.services) == set(truth["served"])
    for offering, minutes in truth["served"].items():
        times = found.services[offering]
        assert (times.visits, times.minutes.count) == (len(minutes), len(minutes))
        assert abs(times.minutes.median - median(minutes)) < 1e-9
    by_hour = found.counters_by_hour.values()
    assert abs(sum(hour.open for hour in by_hour) * 60 - truth["open"]) < 1e-6
    assert abs(sum(hour.in_use for hour in by_hour) * 60 - truth["in_use"]) < 1e-6
    # The same minutes, told by when somebody came instead of when it was.
    assert abs(sum(hour.needed for hour in by_hour) * 60 - truth["in_use"]) < 1e-6


@settings(deadline=None, derandomize=True, database=None, max_examples=60)
@given(PEOPLE, st.integers(1, 4))
def test_hours_weekdays_and_kinds_add_up_to_the_whole(people, counters):
    found = figures([play(people, counters)[0]], BERLIN)
    whole = found.waits.count
    for parts in (
        found.waits_by_hour, found.waits_by_weekday, found.waits_by_weekday_and_hour,
        found.waits_by_kind,
    ):  # fmt: skip
        assert sum(part.count for part in parts.values()) == whole
    assert sum(one.total for one in found.arrivals_by_hour.values()) == found.arrivals.total
    assert sum(found.outcomes.values()) == found.arrivals.total
    for hour in found.counters_by_hour.values():
        assert hour.in_use <= hour.open + 1e-9
