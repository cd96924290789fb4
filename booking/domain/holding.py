"""Holding a time for a few minutes, the first step of every booking.

The same idempotency key never makes two.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import get_language

from booking import clock
from booking.models import Appointment, AppointmentItem, Office
from booking.prepared import PreparedInsert, Statement
from booking.security import CODE_DIGITS, new_digits

from .appointments import item_rows
from .availability import nearest_starts, reading_series, series_for, serving
from .cancelling import cancel_appointment
from .capacity import find_room, lock_slots_of_both, release, taking
from .errors import AppointmentEnded, KeyReused, LimitReached, SlotTaken, WithoutProofFull
from .grid import raise_after_claim, use_slots_of
from .items import Item, require_online
from .limits import NOBODY, Asker, require_within_limits, sign_for_device
from .seating import in_utc, lock_appointment, require_bookable, spans_of
from .second_look import at_second_look

CODE_ATTEMPTS = 5


def hold_appointment(
    *,
    office: Office,
    items: Sequence[Item],
    start: datetime,
    idempotency_key: str | None = None,
    by_staff: bool = False,
    asker: Asker = NOBODY,
) -> Appointment:
    """Hold a time for ``office.hold_minutes``. ``start`` is aware.

    Staff may take any service and any place a slot has, and need no e-mail address. The same
    key with the same request answers the same appointment. Raises ``KeyReused``,
    ``LimitReached``, ``NotOnline``, ``OutsideHours``, or ``SlotTaken`` with alternatives.
    """
    if not by_staff:
        require_online(items)
    start = in_utc(start)
    if idempotency_key and (existing := _find_by_key(office, idempotency_key)):
        return _same_request(existing, items, start)
    require_bookable(office, start, by_staff=by_staff)
    try:
        return at_second_look(
            office,
            lambda: _hold_with_free_code(
                office, items, start, idempotency_key, by_staff=by_staff, asker=asker
            ),
        )
    except (SlotTaken, LimitReached, WithoutProofFull, IntegrityError) as error:
        # It may be the very same request that was quicker.
        if idempotency_key and (existing := _find_by_key(office, idempotency_key)):
            return _same_request(existing, items, start)
        if not isinstance(error, SlotTaken):
            raise
    raise SlotTaken(nearest_starts(office, items, start, by_staff=by_staff))


def _hold_with_free_code(
    office: Office,
    items: Sequence[Item],
    start: datetime,
    idempotency_key: str | None,
    *,
    by_staff: bool,
    asker: Asker,
) -> Appointment:
    """Codes are random: the rare one that is taken is drawn again."""
    for _attempt in range(CODE_ATTEMPTS - 1):
        try:
            return _hold(office, items, start, idempotency_key, by_staff=by_staff, asker=asker)
        except IntegrityError:
            if idempotency_key and _find_by_key(office, idempotency_key):
                raise
    return _hold(office, items, start, idempotency_key, by_staff=by_staff, asker=asker)


@transaction.atomic
def _hold(
    office: Office,
    items: Sequence[Item],
    start: datetime,
    idempotency_key: str | None,
    *,
    by_staff: bool,
    asker: Asker,
) -> Appointment:
    (rows,) = use_slots_of(office.pk, reading_series(office))
    spans = spans_of(serving(office, items, rows), items, start, by_staff=by_staff)
    now = clock.now()
    appointment = Appointment(
        office=office,
        start=start,
        created_at=now,
        expires_at=now + timedelta(minutes=office.hold_minutes),
        code=new_digits(CODE_DIGITS),
        language=get_language() or "de",
        idempotency_key=idempotency_key or None,
        by_staff=by_staff,
        confirm_by_mail=office.confirm_by_mail and not by_staff,
    )
    _require_allowed(appointment, items, asker)
    room = find_room(spans, start, by_staff=by_staff)
    appointment.series, appointment.end = room.series, room.end
    inserting = [_insert_appointment.statement(appointment), *_inserting_items(appointment, items)]
    raise_after_claim(office.pk, after=[taking(room.slots), *inserting])
    return appointment


def _require_allowed(appointment: Appointment, items: Sequence[Item], asker: Asker) -> None:
    """Raise ``LimitReached`` or ``WithoutProofFull`` where a hold would be one too many."""
    if not appointment.by_staff:
        offerings = [item.offering for item in items]
        sign_for_device(appointment, offerings, asker)
        require_within_limits(appointment, offerings)


def move_hold(
    appointment_id: UUID, *, items: Sequence[Item], start: datetime, asker: Asker = NOBODY
) -> Appointment:
    """Give a hold another time or other services; the old place goes only with the new one.

    Raises ``AppointmentEnded``, ``LimitReached``, ``NotOnline``, ``OutsideHours`` or
    ``SlotTaken``.
    """
    require_online(items)
    start = in_utc(start)
    office = Office.objects.get(appointments=appointment_id)
    require_bookable(office, start)
    try:
        return at_second_look(office, lambda: _move_hold(appointment_id, items, start, asker))
    except SlotTaken:
        raise SlotTaken(nearest_starts(office, items, start)) from None


@transaction.atomic
def _move_hold(
    appointment_id: UUID, items: Sequence[Item], start: datetime, asker: Asker
) -> Appointment:
    appointment = lock_appointment(appointment_id)
    if appointment.state not in (Appointment.State.HELD, Appointment.State.EXPIRED):
        raise AppointmentEnded
    _require_allowed(appointment, items, asker)
    every_series = series_for(appointment.office, items)
    spans = spans_of(every_series, items, start, by_staff=appointment.by_staff)
    lock_slots_of_both(appointment, spans, start)
    if appointment.state == Appointment.State.HELD:
        release(appointment)
    room = find_room(spans, start, by_staff=appointment.by_staff)
    appointment.series, appointment.start, appointment.end = room.series, start, room.end
    appointment.state = Appointment.State.HELD
    appointment.expires_at = clock.now() + timedelta(minutes=appointment.office.hold_minutes)
    # A mail about the time of before books nothing any more.
    appointment.name = appointment.email = appointment.phone = ""
    keys = ["email_key", "device_key", "network_key"]
    appointment.email_key = ""
    details = ["name", "email", "phone"]
    place = ["series", "start", "end", "state", "expires_at"]
    place += ["confirm_by_mail", "without_proof"]
    appointment.save(update_fields=[*place, *details, *keys])
    appointment.items.all().delete()
    changes = [taking(room.slots), *_inserting_items(appointment, items)]
    raise_after_claim(appointment.office_id, after=changes, gave_back=True)
    return appointment


@transaction.atomic
def give_up_hold(appointment_id: UUID) -> None:
    """Cancel a hold; what has been confirmed or has lapsed meanwhile stays as it is."""
    if lock_appointment(appointment_id).state == Appointment.State.HELD:
        cancel_appointment(appointment_id)


def _inserting_items(appointment: Appointment, items: Sequence[Item]) -> list[Statement]:
    rows = [
        AppointmentItem(appointment=appointment, offering=item.offering, quantity=item.quantity)
        for item in items
    ]
    return [_insert_item.statement(row) for row in rows]


_insert_appointment = PreparedInsert(Appointment)
_insert_item = PreparedInsert(AppointmentItem)


def _find_by_key(office: Office, idempotency_key: str | None) -> Appointment | None:
    return Appointment.objects.filter(office=office, idempotency_key=idempotency_key or "").first()


def _same_request(existing: Appointment, items: Sequence[Item], start: datetime) -> Appointment:
    asked = {(item.offering.pk, item.quantity) for item in items}
    held = {(row.offering_id, row.quantity) for row in item_rows(existing.pk)}
    if existing.start != start or asked != held:
        raise KeyReused(existing)
    return existing
