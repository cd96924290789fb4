"""The people a clerk sees, and the counters they are at."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from booking.domain.forecast import Wait
from booking.domain.wait_range import misses_target
from booking.models import Appointment, AppointmentItem, Counter, Visit, VisitItem
from booking.wait_words import short_wait_text


class Span:
    """How long something lasts so far, as the page shows it and counts it on."""

    def __init__(self, length: timedelta) -> None:
        self.seconds = max(0, int(length.total_seconds()))

    @property
    def minutes(self) -> int:
        return self.seconds // 60

    @property
    def clock(self) -> str:
        return f"{self.minutes}:{self.seconds % 60:02d}"


@dataclass(frozen=True)
class Task:
    """One service of a visit: whether it is done, and whether this counter offers it."""

    item: VisitItem
    is_here: bool

    @property
    def is_done(self) -> bool:
        return self.item.done_at is not None

    @property
    def name(self) -> str:
        return services_text([self.item])[0]

    @property
    def minutes(self) -> int:
        """What the office plans for it."""
        return self.item.offering.minutes * self.item.quantity


@dataclass(frozen=True)
class Person:
    """Somebody at the office, at the moment ``now``. Times are aware."""

    visit: Visit
    now: datetime
    # Since when in the present state.
    since: datetime
    # Whether the clerk's counter can call this person now.
    servable: bool
    # What the clerk's counter is restricted to; empty where it offers everything.
    offered: frozenset[UUID] = frozenset()
    # How long until the call as forecast, and what the office wants them not to exceed.
    wait: Wait | None = None
    target_wait: timedelta | None = None

    @property
    def name(self) -> str:
        return self.visit.appointment.name if self.visit.appointment else ""

    @property
    def appointment_at(self) -> datetime | None:
        return self.visit.appointment.start if self.visit.appointment else None

    @property
    def services(self) -> list[str]:
        """What is still to be done."""
        return services_text(task.item for task in self.tasks if not task.is_done)

    @property
    def tasks(self) -> list[Task]:
        return [
            Task(item, is_here=not self.offered or item.offering_id in self.offered)
            for item in self.visit.items.all()
        ]

    @property
    def passes_on(self) -> bool:
        """Whether something is left that needs another counter."""
        return any(not task.is_done and not task.is_here for task in self.tasks)

    @property
    def is_late(self) -> bool:
        """Whether the due time has passed."""
        return self.now > self.visit.due_at

    @property
    def waited(self) -> Span:
        return Span(self.now - self.visit.arrived_at)

    @property
    def remaining(self) -> str:
        """The forecast in minutes; empty where nobody can say."""
        return short_wait_text(self.wait)

    @property
    def waits_too_long(self) -> bool:
        """Whether the target will probably be missed; an appointment waits from its start on."""
        if self.target_wait is None:
            return False
        begun = max(self.visit.arrived_at, self.appointment_at or self.visit.arrived_at)
        return misses_target(self.wait, self.target_wait, waited=self.now - begun)

    @property
    def lasting(self) -> Span:
        """How long in the present state."""
        return Span(self.now - self.since)


@dataclass(frozen=True)
class Expected:
    """Somebody with an appointment later today who has not checked in yet."""

    appointment: Appointment
    is_late: bool

    @property
    def services(self) -> list[str]:
        return services_text(self.appointment.items.all())


@dataclass(frozen=True)
class CounterLine:
    """A counter, its clerk and whoever is there."""

    counter: Counter
    person: Person | None

    @property
    def state(self) -> str:
        """``serving``, ``called``, ``paused``, ``free`` or ``closed``."""
        if self.person:
            return self.person.visit.state
        return "free" if self.counter.state == Counter.State.OPEN else self.counter.state


def services_text(items: Iterable[VisitItem | AppointmentItem]) -> list[str]:
    return [
        f"{item.quantity} × {item.offering}" if item.quantity > 1 else str(item.offering)
        for item in items
    ]
