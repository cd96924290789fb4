"""What became of each visit, told from the event log. Pure: no database, no Django.

The log is read in the order in which it was written. Kinds are those of ``VisitEvent`` and
``CounterEvent``, and two that the reader of an office's log puts in: ``brought`` where a
visit comes from another office, and ``sent_on`` where it goes to one.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from .event_log import standing

# How a visit came to the office.
WALK_IN, APPOINTMENT, BROUGHT = "walk_in", "appointment", "brought"
ARRIVALS = {"drawn": WALK_IN, "checked_in": APPOINTMENT, "brought": BROUGHT}
# How it ended; ``open`` where nobody ended it.
DONE, MISSED, LEFT, SENT_ON, OPEN = "done", "missed", "left", "sent_on", "open"
ENDS = {"finished": DONE, "missed": MISSED, "left": LEFT, "sent_on": SENT_ON}
BACK_TO_WAITING = ("returned", "unparked", "transferred", "passed_on", "brought")


class Event(NamedTuple):
    """One row of the log of visits; ``at`` is aware, ``told`` in minutes: 10 %, median, 90 %."""

    visit: Hashable
    kind: str
    at: datetime
    counter: Hashable | None = None
    offering: Hashable | None = None
    quantity: int | None = None
    told: tuple[int, int, int] | None = None


class CounterChange(NamedTuple):
    """One row of the log of counters."""

    counter: Hashable
    kind: str
    at: datetime


class Span(NamedTuple):
    start: datetime
    end: datetime

    @property
    def minutes(self) -> float:
        return (self.end - self.start).total_seconds() / 60


class Service(NamedTuple):
    """Something that was done; without an offering it was several services at once."""

    offering: Hashable | None
    quantity: int
    minutes: float


@dataclass(slots=True)
class History:
    """A visit at one office on one day. Spans that nobody ended are left out."""

    arrived_at: datetime
    came_as: str
    offering: Hashable | None
    quantity: int
    told: tuple[int, int, int] | None = None
    called_at: datetime | None = None
    outcome: str = OPEN
    waiting: list[Span] = field(default_factory=list)
    at_counter: list[Span] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)

    @property
    def wait(self) -> float | None:
        """Minutes from the arrival to the first call."""
        return None if self.called_at is None else Span(self.arrived_at, self.called_at).minutes


def histories(events: Iterable[Event]) -> list[History]:
    """The visits of one day, in order of arrival. Without an arrival there is no history."""
    of_visit: dict[Hashable, list[Event]] = {}
    for event in events:
        if event.visit in of_visit or event.kind in ARRIVALS:
            of_visit.setdefault(event.visit, []).append(event)
    return [_history(standing(its_events)) for its_events in of_visit.values()]


def _history(events: Sequence[Event]) -> History:
    reading = _Reading(events[0])
    for event in events:
        reading.read(event)
    return reading.history


class _Reading:
    """A history while its events are read."""

    __slots__ = ("called", "history", "served", "serving", "waiting")

    def __init__(self, arrival: Event) -> None:
        self.history = History(
            arrived_at=arrival.at,
            came_as=ARRIVALS[arrival.kind],
            offering=arrival.offering,
            quantity=arrival.quantity or 1,
            told=arrival.told,
        )
        self.waiting: datetime | None = arrival.at
        self.called: datetime | None = None
        self.serving: datetime | None = None
        self.served = 0.0

    def read(self, event: Event) -> None:
        kind, at = event.kind, event.at
        if kind == "called":
            self._end_waiting(at)
            self.called = at
            if self.history.called_at is None:
                self.history.called_at = at
        elif kind == "begun":
            self.serving = at
        elif kind == "item_done":
            self._note_item(event)
        elif kind in ENDS or kind == "parked" or kind in BACK_TO_WAITING:
            self._go_on(event)

    def _go_on(self, event: Event) -> None:
        """The end, or away from the counter and from the queue, and perhaps back to it."""
        kind, at = event.kind, event.at
        was_serving = self._leave_counter(at)
        if kind == "brought":
            self.waiting = None  # meanwhile it was elsewhere
        self._end_waiting(at)
        if (was_serving or self.served) and (kind in ("finished", "sent_on") or event.quantity):
            self._note_service()
        if event.quantity:
            self.history.offering, self.history.quantity = event.offering, event.quantity
        self.history.outcome = ENDS.get(kind, OPEN)
        if kind in BACK_TO_WAITING:
            self.waiting = at

    def _leave_counter(self, at: datetime) -> bool:
        was_serving = self.serving is not None
        if self.called is not None:
            self.history.at_counter.append(Span(self.called, at))
        if self.serving is not None:
            self.served += Span(self.serving, at).minutes
        self.called = self.serving = None
        return was_serving

    def _end_waiting(self, at: datetime) -> None:
        if self.waiting is not None:
            self.history.waiting.append(Span(self.waiting, at))
        self.waiting = None

    def _note_item(self, event: Event) -> None:
        """One of several services is done, and the person stays for the others."""
        if self.serving is not None:
            self.served += Span(self.serving, event.at).minutes
            self.serving = event.at
        done = Service(event.offering, event.quantity or 1, self.served)
        self.history.services.append(done)
        self.served = 0.0

    def _note_service(self) -> None:
        history = self.history
        history.services.append(Service(history.offering, history.quantity, self.served))
        self.served = 0.0


def open_spans(
    changes: Iterable[CounterChange], events: Iterable[Event], until: datetime | None = None
) -> list[Span]:
    """When a counter was open on one day, one span for each stretch of each counter.

    A counter at which somebody is called is open, whatever its log says. One that nobody closed
    was open until the last that happened there; while the day lasts, until now (``until``).
    """
    log = [(one.at, one.counter, one.kind) for one in changes]
    log += [
        (one.at, one.counter, one.kind)
        for one in events
        if one.counter is not None and one.kind != "forgotten"
    ]
    since: dict[Hashable, datetime] = {}
    last: dict[Hashable, datetime] = {}
    spans = []
    for at, counter, kind in sorted(log, key=lambda one: one[0]):
        last[counter] = at
        if kind in ("opened", "resumed", "called"):
            since.setdefault(counter, at)
        elif kind in ("paused", "closed") and counter in since:
            spans.append(Span(since.pop(counter), at))
    return spans + [Span(start, until or last[counter]) for counter, start in since.items()]
