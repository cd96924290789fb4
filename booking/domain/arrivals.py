"""Arriving: checking in with an appointment, or drawing a ticket without one."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import get_language

from booking import clock
from booking.models import Appointment, Office, Visit, VisitEvent, VisitItem

from .actor import Actor
from .announcements import announce
from .appointments import items_of
from .due_times import due_on_arrival
from .errors import (
    AlreadyCheckedIn,
    AppointmentCancelled,
    CodeUnknown,
    DayFull,
    KeyReused,
    OfficeClosed,
    PriorityNotPermitted,
    TicketsEnded,
    TooEarly,
    TooLate,
    WrongDay,
    WrongOffice,
)
from .forgotten import end_forgotten_visits
from .items import Item, require_walk_in
from .kiosk_closing import is_kiosk_closed
from .log_entries import logged_items
from .office_hours import last_ticket_at
from .tickets import draw_serial
from .waits import told_at_drawing

# A scanner set to another keyboard layout than the kiosk sends other characters for hyphens.
UUID_IN_TEXT = re.compile(
    r"[0-9a-f]{8}(?:[^0-9a-f]?[0-9a-f]{4}){3}[^0-9a-f]?[0-9a-f]{12}", re.IGNORECASE
)


def check_in(
    *,
    office: Office,
    code: str,
    actor: Actor,
    idempotency_key: str | None = None,
    priority: Visit.Priority = Visit.Priority.NORMAL,
) -> Visit:
    """Make a visit of an appointment, by its check-in code or the scanned address of its QR.

    Raises ``CodeUnknown``, ``AppointmentCancelled``, ``WrongOffice``, ``WrongDay``,
    ``TooEarly``, ``TooLate``, or ``AlreadyCheckedIn`` – unless the same idempotency key
    asks again, which answers the same visit; for another person it raises ``KeyReused``.
    ``PriorityNotPermitted`` for a priority that only the staff can give.
    """
    _require_priority(office, priority, actor)
    appointment = find_appointment(office, code)
    end_forgotten_visits(office)
    try:
        return _check_in(office, appointment.pk, actor, idempotency_key, priority)
    except IntegrityError:
        visit = _find_by_key(office, idempotency_key)
        if visit is None:
            raise
        if visit.appointment_id != appointment.pk:
            raise KeyReused(visit) from None
        return visit


def find_appointment(office: Office, code: str) -> Appointment:
    """The appointment of the office's authority that was typed or scanned.

    Raises ``CodeUnknown``; a code of another authority is unknown here.
    """
    appointments = Appointment.objects.filter(
        office__authority=office.authority_id,
        state__in=[Appointment.State.BOOKED, Appointment.State.CANCELLED],
    )
    if identity := _identity_in(code):
        appointment = appointments.filter(pk=identity).first()
    else:
        digits = re.sub(r"[\s-]", "", code)
        appointment = appointments.filter(code=digits).first() if digits.isdecimal() else None
    if appointment is None:
        raise CodeUnknown
    return appointment


def find_visit(office: Office, code: str) -> Visit | None:
    """The visit of today that a code has become, or whose own ticket was scanned.

    For whoever asks for the number again.
    """
    visits = Visit.objects.filter(day=clock.today(office.zone)).select_related("office", "counter")
    if (identity := _identity_in(code)) and (
        visit := visits.filter(office=office, pk=identity).first()
    ):
        return visit
    try:
        return visits.filter(appointment=find_appointment(office, code)).first()
    except CodeUnknown:
        return None


def _identity_in(code: str) -> UUID | None:
    match = UUID_IN_TEXT.search(code)
    return UUID(re.sub(r"[^0-9a-fA-F]", "", match.group())) if match else None


@transaction.atomic
def _check_in(
    office: Office,
    appointment_id: UUID,
    actor: Actor,
    idempotency_key: str | None,
    priority: Visit.Priority,
) -> Visit:
    appointment = (
        Appointment.objects.select_for_update(of=("self",))
        .select_related("office")
        .get(pk=appointment_id)
    )
    now = clock.now()
    visit = Visit.objects.filter(appointment=appointment).first()
    if visit is not None:
        if idempotency_key and visit.idempotency_key == idempotency_key:
            return visit
        raise AlreadyCheckedIn
    require_check_in(office, appointment, now)
    items = items_of(appointment)
    return _make_visit(
        office=office,
        items=items,
        arrived_at=now,
        kind=VisitEvent.Kind.CHECKED_IN,
        priority=priority,
        actor=actor,
        idempotency_key=idempotency_key,
        appointment=appointment,
        language=appointment.language,
    )


def require_check_in(office: Office, appointment: Appointment, now: datetime) -> None:
    """Raise what keeps an appointment from checking in at the office at ``now``, if anything."""
    if appointment.state == Appointment.State.CANCELLED:
        raise AppointmentCancelled
    if appointment.office_id != office.pk:
        raise WrongOffice(appointment.office)
    start = appointment.start.astimezone(office.zone)
    if start.date() != clock.today(office.zone):
        raise WrongDay(start)
    # Sums in UTC, as stored: the wall clock has an hour more or less where the clocks change.
    opens = appointment.start - timedelta(minutes=office.check_in_opens_minutes)
    if now < opens:
        raise TooEarly(opens.astimezone(office.zone))
    if now > appointment.start + timedelta(minutes=office.check_in_closes_minutes):
        raise TooLate(start)


def draw_ticket(
    *,
    office: Office,
    items: Sequence[Item],
    actor: Actor,
    idempotency_key: str | None = None,
    priority: Visit.Priority = Visit.Priority.NORMAL,
    at_reception: bool = False,
) -> Visit:
    """Make a visit of somebody without an appointment.

    The same idempotency key answers the same ticket. Raises ``KeyReused``, ``NotWalkIn``,
    ``OfficeClosed``, ``TicketsEnded`` or ``DayFull``, and ``PriorityNotPermitted`` for a
    priority that only the staff can give. At the reception only the key counts: it decides by
    itself whom to let in.
    """
    if not at_reception:
        require_walk_in(items)
    _require_priority(office, priority, actor)
    if idempotency_key and (existing := _find_by_key(office, idempotency_key)):
        return _same_ticket(existing, items)
    end_forgotten_visits(office)
    try:
        return _draw_ticket(
            office, items, actor, idempotency_key, priority, at_reception=at_reception
        )
    except IntegrityError:
        existing = _find_by_key(office, idempotency_key)
        if existing is None:
            raise
        return _same_ticket(existing, items)


def _require_priority(office: Office, priority: str, actor: Actor) -> None:
    """At a kiosk people can only say that they need assistance, and where the office asks."""
    may_say = priority == Visit.Priority.ASSISTED and office.kiosk_asks_assistance
    if actor.staff is None and priority != Visit.Priority.NORMAL and not may_say:
        raise PriorityNotPermitted


@transaction.atomic
def _draw_ticket(
    office: Office,
    items: Sequence[Item],
    actor: Actor,
    idempotency_key: str | None,
    priority: Visit.Priority,
    *,
    at_reception: bool,
) -> Visit:
    if not at_reception:
        lock_daily_tickets(office)
        require_tickets(office)
    now = clock.now()
    return _make_visit(
        office=office,
        items=items,
        arrived_at=now,
        kind=VisitEvent.Kind.DRAWN,
        told=told_at_drawing(office.pk, {item.offering.pk for item in items}, priority),
        priority=priority,
        actor=actor,
        idempotency_key=idempotency_key,
        language=get_language() or "de",
    )


def lock_daily_tickets(office: Office) -> None:
    """Where the day's tickets are limited its takers queue up: the last is drawn once."""
    if office.daily_tickets is not None:
        Office.objects.select_for_update(no_key=True).get(pk=office.pk)


def require_tickets(office: Office) -> None:
    """Raise ``OfficeClosed``, ``TicketsEnded`` or ``DayFull`` where none can be drawn now."""
    last = last_ticket_at(office)
    if last is None or clock.now() > last:
        raise OfficeClosed
    if is_kiosk_closed(office):
        raise TicketsEnded
    if tickets_left(office) == 0:
        raise DayFull


def tickets_left(office: Office) -> int | None:
    """How many can be drawn today after those that were; ``None`` where there is no limit."""
    if office.daily_tickets is None:
        return None
    drawn = Visit.objects.filter(
        office=office, day=clock.today(office.zone), appointment__isnull=True
    ).count()
    return max(0, office.daily_tickets - drawn)


@transaction.atomic
def _make_visit(
    *,
    office: Office,
    items: Sequence[Item],
    arrived_at: datetime,
    kind: str,
    actor: Actor,
    idempotency_key: str | None,
    language: str,
    appointment: Appointment | None = None,
    priority: str = Visit.Priority.NORMAL,
    told: Mapping[str, int] | None = None,
) -> Visit:
    day = clock.today(office.zone)
    letter = items[0].offering.letter
    visit = Visit.objects.create(
        office=office,
        day=day,
        letter=letter,
        serial=draw_serial(office, day, letter),
        appointment=appointment,
        arrived_at=arrived_at,
        priority=priority,
        language=language,
        idempotency_key=idempotency_key or None,
        **due_on_arrival(
            office,
            offerings=[item.offering for item in items],
            arrived_at=arrived_at,
            start=appointment.start if appointment else None,
            priority=priority,
        ),
    )
    VisitItem.objects.bulk_create(
        VisitItem(visit=visit, offering=item.offering, quantity=item.quantity) for item in items
    )
    VisitEvent.objects.create(
        visit=visit,
        office=office,
        kind=kind,
        at=arrived_at,
        priority=priority,
        staff=actor.staff,
        device=actor.device,
        **(told or {}),
        **logged_items(items),
    )
    announce(office.pk)
    return visit


def _find_by_key(office: Office, idempotency_key: str | None) -> Visit | None:
    return Visit.objects.filter(office=office, idempotency_key=idempotency_key or "").first()


def _same_ticket(existing: Visit, items: Sequence[Item]) -> Visit:
    asked = {(item.offering.pk, item.quantity) for item in items}
    drawn = {(row.offering_id, row.quantity) for row in existing.items.all()}
    if existing.appointment_id is not None or asked != drawn:
        raise KeyReused(existing)
    return existing
