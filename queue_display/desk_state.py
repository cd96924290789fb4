"""What a clerk sees of an office: read in a number of queries that no queue makes longer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Prefetch, Q

from booking import clock
from booking.domain.slot_grid import local_day_bounds
from booking.domain.visit_states import possible_actions
from booking.models import (
    Appointment,
    AppointmentItem,
    Counter,
    Office,
    User,
    Visit,
    VisitEvent,
    VisitItem,
)

from .desk_actions import AT_THE_COUNTER, VISIT_ACTIONS, VisitAction
from .snapshot import queue_version
from .why_next import why_next


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
class Person:
    """Somebody at the office, at the moment ``now``. Times are aware."""

    visit: Visit
    now: datetime
    # Since when in the present state.
    since: datetime
    # Whether the clerk's counter offers everything the person came for.
    servable: bool

    @property
    def name(self) -> str:
        return self.visit.appointment.name if self.visit.appointment else ""

    @property
    def appointment_at(self) -> datetime | None:
        return self.visit.appointment.start if self.visit.appointment else None

    @property
    def services(self) -> list[str]:
        return _services(self.visit.items.all())

    @property
    def is_late(self) -> bool:
        """Whether the due time has passed."""
        return self.now > self.visit.due_at

    @property
    def waited(self) -> Span:
        return Span(self.now - self.visit.arrived_at)

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
        return _services(self.appointment.items.all())


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


@dataclass(frozen=True)
class CurrentAction:
    """A button for the person at the counter."""

    action: VisitAction
    possible: bool


@dataclass(frozen=True)
class DeskState:
    """An office as one clerk sees it, at least as new as ``version``."""

    office: Office
    version: int
    now: datetime
    mine: Counter | None
    current: Person | None
    counters: list[CounterLine]
    waiting: list[Person]
    parked: list[Person]
    missed: list[Person]
    expected: list[Expected]

    @property
    def next(self) -> Person | None:
        """Whom the key *next* would call."""
        return next((person for person in self.waiting if person.servable), None)

    @property
    def why(self) -> str:
        """Why it is the turn of ``next``."""
        return why_next(self.next, self.waiting) if self.next else ""

    @property
    def may_call(self) -> bool:
        return self.mine is not None and self.current is None

    @property
    def may_call_next(self) -> bool:
        return self.mine is not None and (
            self.current is None or self.current.visit.state == Visit.State.SERVING
        )

    @property
    def actions(self) -> list[CurrentAction]:
        possible = possible_actions(self.current.visit.state) if self.current else []
        return [CurrentAction(VISIT_ACTIONS[name], name in possible) for name in AT_THE_COUNTER]

    @property
    def late(self) -> int:
        return sum(person.is_late for person in self.waiting)

    @property
    def longest_wait(self) -> Span:
        waits = [person.waited for person in self.waiting]
        return max(waits, key=lambda wait: wait.seconds, default=Span(timedelta(0)))


def desk_state(office: Office, user: User) -> DeskState:
    """The office as ``user`` sees it now. The version is read first: rather too new than old."""
    version = queue_version(office.pk)
    now = clock.now()
    counters = list(office.counters.select_related("staff"))
    mine = next((counter for counter in counters if counter.staff_id == user.pk), None)
    people = _people(office, now, _offered_at(mine))
    at_counter = {person.visit.counter_id: person for person in people if person.visit.counter_id}
    by_state = {
        state: [person for person in people if person.visit.state == state] for state in Visit.State
    }
    return DeskState(
        office=office,
        version=version,
        now=now,
        mine=mine,
        current=at_counter.get(mine.pk) if mine else None,
        counters=[CounterLine(counter, at_counter.get(counter.pk)) for counter in counters],
        waiting=by_state[Visit.State.WAITING],
        parked=by_state[Visit.State.PARKED],
        missed=by_state[Visit.State.MISSED],
        expected=_expected(office, now),
    )


def _offered_at(counter: Counter | None) -> set[UUID]:
    """The offerings a counter is restricted to; empty where it serves all."""
    return set(counter.offerings.values_list("pk", flat=True)) if counter else set()


def _people(office: Office, now: datetime, offered: set[UUID]) -> list[Person]:
    """Everybody who is here, and who did not come today, in call order."""
    today = clock.today(office.zone)
    items = VisitItem.objects.select_related("offering__service")
    visits = list(
        Visit.objects.filter(
            Q(state__in=Visit.OPEN) | Q(state=Visit.State.MISSED, day=today), office=office
        )
        .select_related("appointment")
        .prefetch_related(Prefetch("items", queryset=items))
    )
    settled = [visit.pk for visit in visits if visit.state != Visit.State.WAITING]
    events = VisitEvent.objects.filter(visit__in=settled).values_list("visit_id", "at")
    since = dict(events.order_by("pk"))  # the last event of each wins
    return [
        Person(
            visit=visit,
            now=now,
            since=since.get(visit.pk, visit.arrived_at),
            servable=not offered or all(item.offering_id in offered for item in visit.items.all()),
        )
        for visit in visits
    ]


def _expected(office: Office, now: datetime) -> list[Expected]:
    """Today's appointments that can still check in."""
    _day_begins, day_ends = local_day_bounds(clock.today(office.zone), office.zone)
    items = AppointmentItem.objects.select_related("offering__service")
    appointments = office.appointments.filter(
        state=Appointment.State.BOOKED,
        visit__isnull=True,
        start__gte=now - timedelta(minutes=office.check_in_closes_minutes),
        start__lt=day_ends,
    ).prefetch_related(Prefetch("items", queryset=items))
    return [Expected(one, is_late=one.start < now) for one in appointments]


def _services(items: Iterable[VisitItem | AppointmentItem]) -> list[str]:
    return [
        f"{item.quantity} × {item.offering}" if item.quantity > 1 else str(item.offering)
        for item in items
    ]
