"""What a clerk sees of an office: read in a number of queries that no queue makes longer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from django.db.models import Prefetch, Q

from booking import clock
from booking.domain.due_times import target_of
from booking.domain.event_log import WITHOUT_STATE, standing
from booking.domain.slot_grid import local_day_bounds
from booking.domain.undo import UNDO_FOR, last_action
from booking.domain.visit_states import possible_actions
from booking.domain.waiting import servable_by, waiting_visits
from booking.domain.waits import forecast_for
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
from .desk_people import CounterLine, Expected, Person, Span
from .snapshot import queue_version
from .why_next import why_next


@dataclass(frozen=True)
class CurrentAction:
    """A button for the person at the counter."""

    action: VisitAction
    possible: bool


@dataclass(frozen=True)
class Undo:
    """What the clerk can take back, and for how many seconds."""

    seconds: int
    what: str


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
    undo: Undo | None

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
    def too_long(self) -> int:
        """How many are forecast to wait too long."""
        return sum(person.waits_too_long for person in self.waiting)

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
    people = _people(office, now, mine)
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
        undo=_undo(user, now) if mine else None,
    )


def _undo(user: User, now: datetime) -> Undo | None:
    last = last_action(user)
    if last is None:
        return None
    done = [f"{step['number']} {VisitEvent.Kind(step['kind']).label}" for step in last.before]
    return Undo(ceil((last.at + UNDO_FOR - now).total_seconds()), ", ".join(done))


def _people(office: Office, now: datetime, mine: Counter | None) -> list[Person]:
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
    since = _since([visit for visit in visits if visit.state != Visit.State.WAITING])
    waits = forecast_for(office.pk)
    offered, servable = frozenset[UUID](), {visit.pk for visit in visits}
    if mine is not None:
        offered = frozenset(mine.offerings.values_list("pk", flat=True))
        callable_ = waiting_visits(office).filter(servable_by(mine))
        servable = set(callable_.values_list("pk", flat=True))
    return [
        Person(
            visit=visit,
            now=now,
            since=since.get(visit.pk, visit.arrived_at),
            servable=visit.pk in servable,
            offered=offered,
            wait=waits.visits.get(visit.pk) if waits else None,
            target_wait=_target_wait(office, visit),
        )
        for visit in visits
    ]


def _target_wait(office: Office, visit: Visit) -> timedelta:
    return timedelta(minutes=target_of(office, [item.offering for item in visit.items.all()]))


def _since(visits: Iterable[Visit]) -> dict[UUID, datetime]:
    """Since when each visit is in its state, by the log."""
    log: dict[UUID, list[VisitEvent]] = {}
    for event in VisitEvent.objects.filter(visit__in=[one.pk for one in visits]).order_by("pk"):
        log.setdefault(event.visit_id, []).append(event)
    stands = (event for events in log.values() for event in standing(events))
    # The last event of each wins.
    return {one.visit_id: one.at for one in stands if one.kind not in WITHOUT_STATE}


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
    return [Expected(one, is_late=one.expected_at < now) for one in appointments]
