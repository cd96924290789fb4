"""Nobody starves: a queue played through with the due times alone."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from booking.domain.call_order import due_with_appointment, due_without_appointment

OPENING = datetime(2026, 11, 24, 7, tzinfo=UTC)


class Guest(NamedTuple):
    """A visitor of the played queue; times in minutes after opening."""

    arrives: int
    appointment: int | None
    matter: int
    takes: int

    @property
    def due(self) -> datetime:
        arrived_at = OPENING + timedelta(minutes=self.arrives)
        if self.appointment is None:
            return due_without_appointment(arrived_at=arrived_at, target_wait_minutes=30)
        return due_with_appointment(
            start=OPENING + timedelta(minutes=self.appointment),
            arrived_at=arrived_at,
            grace_minutes=10,
            late_wait_minutes=15,
        )


guests = st.lists(
    st.builds(
        Guest,
        st.integers(0, 120),
        st.none() | st.integers(0, 120),
        st.integers(0, 2),
        st.integers(1, 20),
    ),
    max_size=40,
)
# What each counter can serve.
counters = st.lists(st.sets(st.integers(0, 2), min_size=1), min_size=1, max_size=4)


def play(guests: list[Guest], counters: list[set[int]]) -> list[tuple[int, int, Guest]]:
    """The calls (minute, counter, guest): free counters call the earliest due they can serve."""
    free_from = [0] * len(counters)
    waiting = list(guests)
    calls = []
    for minute in range(120 + 20 * len(guests) + 1):
        for number, matters in enumerate(counters):
            mine = [one for one in waiting if one.arrives <= minute and one.matter in matters]
            if free_from[number] <= minute and mine:
                guest = min(mine, key=lambda one: one.due)
                waiting.remove(guest)
                free_from[number] = minute + guest.takes
                calls.append((minute, number, guest))
    return calls


@given(guests, counters)
def test_everybody_is_called_for_whom_there_is_a_counter(guests, counters):
    served = [guest for _minute, _counter, guest in play(guests, counters)]
    everything = set().union(*counters)
    assert Counter(served) == Counter(one for one in guests if one.matter in everything)


@given(guests, counters)
def test_whoever_is_due_earlier_is_called_earlier_by_every_counter_that_can(guests, counters):
    calls = play(guests, counters)
    for place, (minute, number, guest) in enumerate(calls):
        later = [one for _minute, _number, one in calls[place + 1 :]]
        overtaken = [
            one
            for one in later
            if one.arrives <= minute and one.matter in counters[number] and one.due < guest.due
        ]
        assert overtaken == []


@given(guests, counters, st.integers(0, 60))
def test_who_comes_later_without_appointment_never_delays_whoever_waits(guests, counters, after):
    everybody_alike = [one._replace(appointment=None, matter=0) for one in guests]
    counters = [{0} for _ in counters]
    before = [one for one in everybody_alike if one.arrives <= after]
    alone = {id(one): minute for minute, _number, one in play(before, counters)}
    together = {id(one): minute for minute, _number, one in play(everybody_alike, counters)}
    assert {key: together[key] for key in alone} == alone
