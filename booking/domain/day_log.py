"""A day at an office as its log tells it. Pure: no database, no Django.

The same plain description comes from the event log of a database and from a simulated day,
so that learning, backtest and figures cannot tell them apart. All moments are minutes since
one origin, midnight by custom; all durations are minutes.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import inf
from typing import NamedTuple

from .staffing import Span

# How somebody who was called leaves a counter; only after ``finished`` is the service whole.
ENDS = frozenset("finished missed returned parked transferred passed_on left forgotten".split())
WAITS_AGAIN = frozenset("returned unparked transferred passed_on".split())
# Longer between two people at one counter, and the clerk did something else.
LONGEST_TURN = 5.0


class Work(NamedTuple):
    """What somebody comes for: the offering most of the time goes to, and the configured
    minutes of everything together, for all persons."""

    offering: Hashable
    minutes: float


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who came. ``needs``: the offerings a counter must serve all of."""

    id: Hashable
    work: Work
    needs: frozenset[Hashable]
    arrived: float
    due: float
    appointment: Hashable | None = None


@dataclass(frozen=True, slots=True)
class Booked:
    """An appointment of the day, whether or not anybody came."""

    id: Hashable
    work: Work
    needs: frozenset[Hashable]
    start: float


class Event(NamedTuple):
    at: float
    visit: Hashable
    kind: str
    counter: Hashable | None = None


class Presence(NamedTuple):
    """A counter that somebody worked at from one moment to another."""

    counter: Hashable
    since: float
    until: float


@dataclass(frozen=True)
class DayLog:
    """One office on one day. ``counters``: what each can serve, ``None`` for everything;
    events in the order in which they happened."""

    day: date
    counters: dict[Hashable, frozenset[Hashable] | None]
    persons: dict[Hashable, Person]
    events: Sequence[Event]
    booked: Sequence[Booked] = ()
    presence: Sequence[Presence] = ()
    # Opening hours, from and until.
    hours: Sequence[tuple[float, float]] = ()

    def closes(self, now: float) -> float:
        """When the doors close, or infinity if they are not open."""
        return next((until for since, until in self.hours if since <= now < until), inf)


class Service(NamedTuple):
    """Somebody who was served to the end."""

    work: Work
    begun: float
    ended: float


class Call(NamedTuple):
    """Somebody who was called; ``minutes`` until they came, or until nobody had come."""

    at: float
    minutes: float
    came: bool


class Turn(NamedTuple):
    """The ``minutes`` between two people at one counter, while somebody waited."""

    at: float
    minutes: float


class Shown(NamedTuple):
    """Whether somebody came to their appointment, and how many minutes after its start."""

    start: float
    minutes: float | None


@dataclass
class Observed:
    """What a day teaches about durations."""

    services: list[Service] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    # By visit: when it was called first.
    called: dict[Hashable, float] = field(default_factory=dict)
    # By counter.
    presence: dict[Hashable, list[Span]] = field(default_factory=dict)
    weekday: int = 0

    def until(self, now: float) -> "Observed":
        """What was known at ``now``; whether somebody came is only learned afterwards."""
        return Observed(
            services=[one for one in self.services if one.ended <= now],
            calls=[one for one in self.calls if one.at + one.minutes <= now],
            turns=[one for one in self.turns if one.at + one.minutes <= now],
            called={visit: at for visit, at in self.called.items() if at <= now},
        )


def observe(log: DayLog) -> Observed:
    """Read the log from its beginning to its end."""
    seen = Observed(weekday=log.day.weekday())
    for counter, since, until in log.presence:
        seen.presence.setdefault(counter, []).append(Span(since, until))
    calls: dict[Hashable, float] = {}
    begun: dict[Hashable, float] = {}
    freed: dict[Hashable, float] = {}
    waiting: dict[Hashable, float] = {}
    for at, visit, kind, counter in log.events:
        if visit not in log.persons:  # sent on to another office
            continue
        if kind in ("drawn", "checked_in") or kind in WAITS_AGAIN:
            waiting[visit] = at
        if kind == "called":
            seen.called.setdefault(visit, at)
            since = waiting.pop(visit, at)
            # Only where the person was there already did the counter not wait for them.
            left = freed.pop(counter, inf)
            if since <= left and 0 <= at - left <= LONGEST_TURN:
                seen.turns.append(Turn(left, at - left))
            calls[visit] = at
        elif kind == "begun" and visit in calls:
            called = calls.pop(visit)
            seen.calls.append(Call(called, at - called, True))
            begun[visit] = at
        elif kind in ENDS:
            if kind == "missed" and visit in calls:
                seen.calls.append(Call(calls[visit], at - calls[visit], False))
            if kind == "finished" and visit in begun:
                seen.services.append(Service(log.persons[visit].work, begun[visit], at))
            calls.pop(visit, None)
            begun.pop(visit, None)
            if kind not in WAITS_AGAIN:
                waiting.pop(visit, None)
            if counter is not None:
                freed[counter] = at
    came = {one.appointment: one for one in log.persons.values() if one.appointment is not None}
    for booked in log.booked:
        person = came.get(booked.id)
        seen.shown.append(Shown(booked.start, person.arrived - booked.start if person else None))
    return seen


class _Wait(NamedTuple):
    visit: Hashable
    since: float
    until: float


def presence_of(log: DayLog, *, longest_gap: float = 15.0) -> list[Presence]:
    """When somebody worked at each counter, as far as a log of visits can tell.

    From a call to the end of the visit, and on to the next call where the gap is not longer
    than ``longest_gap``, or where nobody waited meanwhile whom the counter can serve.
    """
    spans: list[Presence] = []
    since: dict[Hashable, float] = {}
    left: dict[Hashable, float] = {}
    waits: list[_Wait] = []
    waiting: dict[Hashable, float] = {}
    for at, visit, kind, counter in log.events:
        if kind == "called" or kind in ENDS:
            began = waiting.pop(visit, None)
            if began is not None:
                waits.append(_Wait(visit, began, at))
        if kind in ("drawn", "checked_in") or kind in WAITS_AGAIN:
            waiting[visit] = at
        if counter is None:
            continue
        if kind == "called":
            end = left.get(counter, at)
            present = [*waits, *(_Wait(one, began, at) for one, began in waiting.items())]
            if at - end > longest_gap and _somebody_waited(log, counter, end, present):
                spans.append(Presence(counter, since[counter], end))
                since[counter] = at
            since.setdefault(counter, at)
        if counter in since:
            left[counter] = at
    spans += [Presence(counter, start, left[counter]) for counter, start in since.items()]
    return sorted(spans, key=lambda one: one.since)


def _somebody_waited(log: DayLog, counter: Hashable, end: float, waits: Iterable[_Wait]) -> bool:
    """For longer than a clerk needs between two people, and the counter could serve them."""
    serves = log.counters.get(counter)
    return any(
        one.until - max(one.since, end) > LONGEST_TURN
        and (serves is None or log.persons[one.visit].needs <= serves)
        for one in waits
        if one.visit in log.persons
    )
