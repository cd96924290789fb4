"""Nobody starves, nobody idles, and the reason given is the reason: a queue played through."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from booking.domain.call_order import Due, Priority, Rule, Waits, due, due_again

OPENING = datetime(2026, 11, 24, 7, tzinfo=UTC)


def at(minute: int) -> datetime:
    return OPENING + timedelta(minutes=minute)


class Guest(NamedTuple):
    """A visitor of the played queue; times in minutes after opening."""

    name: int
    arrives: int
    appointment: int | None
    priority: Priority
    matter: int
    takes: int
    # Called in vain this often, and put back each time.
    misses: int
    # The service's own target wait.
    target: int | None = None

    def due(self, waits: Waits) -> Due:
        return due(
            arrived_at=at(self.arrives),
            appointment=None if self.appointment is None else at(self.appointment),
            priority=self.priority,
            waits=waits,
            targets=[self.target],
        )


def _guests(**parts):
    guest = {
        "arrives": st.integers(0, 120),
        "appointment": st.none() | st.integers(0, 120),
        "priority": st.sampled_from(Priority),
        "matter": st.integers(0, 2),
        "takes": st.integers(1, 20),
        "misses": st.integers(0, 2),
        "target": st.none() | st.integers(0, 60),
    }
    rows = st.lists(st.fixed_dictionaries(guest | parts), max_size=40)
    return rows.map(lambda all_: [Guest(name=name, **one) for name, one in enumerate(all_)])


guests = _guests()
everybody_comes = _guests(misses=st.just(0))
walk_ins = _guests(
    misses=st.just(0),
    appointment=st.none(),
    matter=st.just(0),
    priority=st.just(Priority.NORMAL),
    target=st.none(),
)
waits = st.builds(
    lambda grace, late, returned, classes: Waits(grace, late, *sorted(classes)[::-1], returned),
    st.integers(0, 20),
    st.integers(0, 30),
    st.integers(0, 10),
    st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40)),
)
# What each counter can serve.
counters = st.lists(st.sets(st.integers(0, 2), min_size=1), min_size=1, max_size=4)


class Call(NamedTuple):
    minute: int
    counter: int
    guest: Guest
    place: Due
    # Whom else the counter could have called, with their places.
    others: list[tuple[Guest, Due]]
    came: bool


def play(guests: list[Guest], counters: list[set[int]], waits: Waits) -> list[Call]:
    """Free counters call the earliest due they can serve; the last call of everybody is heard."""
    free_from = [0] * len(counters)
    misses = {guest.name: guest.misses for guest in guests}
    places = {guest.name: guest.due(waits) for guest in guests}
    waiting = list(guests)
    calls = []
    for minute in range(120 + 23 * len(guests) + 1):
        for number, matters in enumerate(counters):
            here = [one for one in waiting if one.arrives <= minute and one.matter in matters]
            if free_from[number] > minute or not here:
                continue
            guest = min(here, key=lambda one: (places[one.name].at, one.arrives, one.name))
            others = [(one, places[one.name]) for one in here if one is not guest]
            came = misses[guest.name] == 0
            calls.append(Call(minute, number, guest, places[guest.name], others, came))
            if came:
                waiting.remove(guest)
                free_from[number] = minute + guest.takes
            else:
                misses[guest.name] -= 1
                free_from[number] = minute + 1
                places[guest.name] = due_again(
                    places[guest.name], returned_at=at(minute), waits=waits
                )
    return calls


@given(guests, counters, waits)
def test_everybody_is_served_for_whom_there_is_a_counter(guests, counters, waits):
    served = [call.guest for call in play(guests, counters, waits) if call.came]
    everything = set().union(*counters)
    assert Counter(served) == Counter(one for one in guests if one.matter in everything)


@given(guests, counters, waits)
def test_nobody_due_earlier_is_passed_over_by_a_counter_that_can_serve_them(
    guests, counters, waits
):
    for call in play(guests, counters, waits):
        assert all(place.at >= call.place.at for _guest, place in call.others)


@given(everybody_comes, counters, waits)
def test_no_counter_is_idle_while_somebody_waits_whom_it_can_serve(guests, counters, waits):
    calls = play(guests, counters, waits)
    called = {call.guest.name: call.minute for call in calls}
    for number, matters in enumerate(counters):
        mine = [call for call in calls if call.counter == number]
        busy = {m for call in mine for m in range(call.minute, call.minute + call.guest.takes)}
        waited = {
            minute
            for one in guests
            if one.matter in matters
            for minute in range(one.arrives, called[one.name])
        }
        assert waited <= busy


@given(everybody_comes, counters, waits)
def test_nobody_who_arrives_after_ones_due_time_and_the_grace_goes_first(guests, counters, waits):
    """What makes starving impossible: from then on one only moves forward."""
    for call in play(guests, counters, waits):
        grace = timedelta(minutes=waits.grace)
        assert all(at(call.guest.arrives) <= place.at + grace for _guest, place in call.others)


@given(walk_ins, counters, waits, st.integers(0, 60))
def test_who_comes_later_with_the_same_claim_never_delays_whoever_waits(
    guests, counters, waits, after
):
    counters = [{0} for _ in counters]
    before = [one for one in guests if one.arrives <= after]
    alone = {call.guest.name: call.minute for call in play(before, counters, waits)}
    together = {call.guest.name: call.minute for call in play(guests, counters, waits)}
    assert {name: together[name] for name in alone} == alone


@given(guests, counters, waits)
def test_the_rule_that_is_named_gives_the_time_that_is_used(guests, counters, waits):
    """Whoever reckons by the reason a desk shows comes to the order in which it calls."""
    returned: dict[int, int] = {}
    for call in play(guests, counters, waits):
        guest = call.guest
        reckoned = {
            Rule.ON_TIME: guest.appointment,
            Rule.LATE: guest.arrives + waits.late,
            Rule.TARGET: guest.arrives + waits.target,
            Rule.SERVICE: guest.arrives + (guest.target or 0),
            Rule.ASSISTED: guest.arrives + waits.assisted,
            Rule.URGENT: guest.arrives + waits.urgent,
            Rule.RETURNED: returned.get(guest.name, 0) + waits.returned,
        }[call.place.rule]
        assert at(reckoned) == call.place.at
        if not call.came and call.place.at < at(call.minute + waits.returned):
            returned[guest.name] = call.minute


@given(guests, waits)
def test_more_priority_is_never_due_later(guests, waits):
    for guest in guests:
        urgent, assisted, normal = (guest._replace(priority=one).due(waits).at for one in Priority)
        assert urgent <= assisted <= normal
