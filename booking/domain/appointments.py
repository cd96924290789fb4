"""Every change of an appointment: hold, move, confirm, cancel.

A hold takes places for a few minutes; confirming makes it a booking; the same idempotency
key never makes two.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from booking import clock
from booking.models import Appointment, AppointmentItem, Office, OpeningHours, Visit
from booking.security import CODE_DIGITS, new_digits

from . import mails
from .announcements import announce
from .availability import nearest_starts, series_for
from .capacity import claim, lock_slots_of_both, release
from .errors import (
    AlreadyCheckedIn,
    AppointmentEnded,
    DetailsInvalid,
    HoldElsewhere,
    KeyReused,
    OutsideHours,
    SlotTaken,
)
from .holds import expire_holds
from .items import Item, require_online, total_minutes
from .publishing import ensure_published, horizon
from .slot_grid import units_needed


def hold_appointment(
    *, office: Office, items: Sequence[Item], start: datetime, idempotency_key: str | None = None
) -> Appointment:
    """Hold a time for ``office.hold_minutes``. ``start`` is aware.

    The same key with the same request answers the same appointment. Raises ``KeyReused``,
    ``NotOnline``, ``OutsideHours``, or ``SlotTaken`` with alternatives.
    """
    require_online(items)
    if idempotency_key and (existing := _find_by_key(office, idempotency_key)):
        return _same_request(existing, items, start)
    expire_holds(office)
    ensure_published(office)
    _require_bookable(office, start)
    try:
        return _hold_in_some_series(office, items, start, idempotency_key)
    except IntegrityError:
        existing = _find_by_key(office, idempotency_key)
        if existing is None:
            raise
        return _same_request(existing, items, start)


def _hold_in_some_series(
    office: Office, items: Sequence[Item], start: datetime, idempotency_key: str | None
) -> Appointment:
    candidates = [
        series
        for series in series_for(office, items)
        if series.slots.filter(start=start).exists()
    ]
    if not candidates:
        raise OutsideHours
    for series in candidates:
        try:
            return _hold_in(series, items, start, idempotency_key)
        except SlotTaken:
            continue
    raise SlotTaken(nearest_starts(office, items, start))


@transaction.atomic
def _hold_in(
    series: OpeningHours, items: Sequence[Item], start: datetime, idempotency_key: str | None
) -> Appointment:
    now = clock.now()
    appointment = Appointment.objects.create(
        office=series.office,
        series=series,
        start=start,
        end=_end(series, items, start),
        created_at=now,
        expires_at=now + timedelta(minutes=series.office.hold_minutes),
        code=_new_code(),
        language=get_language() or "de",
        idempotency_key=idempotency_key or None,
    )
    AppointmentItem.objects.bulk_create(
        AppointmentItem(appointment=appointment, offering=item.offering, quantity=item.quantity)
        for item in items
    )
    claim(appointment)
    return appointment


def move_hold(appointment_id: UUID, *, items: Sequence[Item], start: datetime) -> Appointment:
    """Give a hold another time or other services; the old place goes only with the new one.

    Raises ``AppointmentEnded``, ``NotOnline``, ``OutsideHours`` or ``SlotTaken``.
    """
    require_online(items)
    held = Appointment.objects.select_related("office").get(pk=appointment_id)
    office = held.office
    ensure_published(office)
    _require_bookable(office, start)
    candidates = [s for s in series_for(office, items) if s.slots.filter(start=start).exists()]
    if not candidates:
        raise OutsideHours
    for series in candidates:
        try:
            return _move_hold_to(appointment_id, series, items, start)
        except SlotTaken:
            continue
    raise SlotTaken(nearest_starts(office, items, start))


@transaction.atomic
def _move_hold_to(
    appointment_id: UUID, series: OpeningHours, items: Sequence[Item], start: datetime
) -> Appointment:
    # Leaving one series for another, so both are held first: see ``capacity``.
    leaving = OpeningHours.objects.filter(appointments=appointment_id).values("pk")
    list(
        OpeningHours.objects.select_for_update(no_key=True)
        .filter(Q(pk=series.pk) | Q(pk__in=leaving))
        .order_by("pk")
    )
    appointment = _lock(appointment_id)
    if appointment.state not in (Appointment.State.HELD, Appointment.State.EXPIRED):
        raise AppointmentEnded
    lock_slots_of_both(appointment, series, start, _end(series, items, start))
    if appointment.state == Appointment.State.HELD:
        release(appointment)
    now = clock.now()
    appointment.series = series
    appointment.start, appointment.end = start, _end(series, items, start)
    appointment.state = Appointment.State.HELD
    appointment.expires_at = now + timedelta(minutes=series.office.hold_minutes)
    appointment.save(update_fields=["series", "start", "end", "state", "expires_at"])
    appointment.items.all().delete()
    AppointmentItem.objects.bulk_create(
        AppointmentItem(appointment=appointment, offering=item.offering, quantity=item.quantity)
        for item in items
    )
    claim(appointment)
    return appointment


def confirm_appointment(
    appointment_id: UUID,
    *,
    name: str,
    email: str,
    phone: str = "",
    expected_start: datetime | None = None,
) -> Appointment:
    """Make a hold a booking and write the confirmation mail in the same transaction.

    A booking that is already confirmed is returned unchanged. A hold that has lapsed is
    taken up again where its time is still free. Raises ``DetailsInvalid``,
    ``AppointmentEnded``, ``HoldElsewhere`` where the hold is no longer at
    ``expected_start``, or ``SlotTaken`` with alternatives.
    """
    details = clean_details(name=name, email=email, phone=phone)
    try:
        return _confirm(appointment_id, details, expected_start)
    except SlotTaken:
        appointment = Appointment.objects.select_related("office").get(pk=appointment_id)
        items = items_of(appointment)
        raise SlotTaken(nearest_starts(appointment.office, items, appointment.start)) from None


@transaction.atomic
def _confirm(
    appointment_id: UUID, details: dict[str, str], expected_start: datetime | None
) -> Appointment:
    appointment = _lock(appointment_id)
    if appointment.state == Appointment.State.BOOKED:
        return appointment
    if appointment.state == Appointment.State.CANCELLED:
        raise AppointmentEnded
    if expected_start is not None and appointment.start != expected_start:
        raise HoldElsewhere(appointment)
    now = clock.now()
    if appointment.start <= now:
        raise SlotTaken
    if appointment.state == Appointment.State.EXPIRED:
        if appointment.series is None:
            raise SlotTaken
        claim(appointment)
    appointment.state = Appointment.State.BOOKED
    appointment.booked_at = now
    appointment.expires_at = None
    appointment.language = get_language() or appointment.language
    appointment.name, appointment.email = details["name"], details["email"]
    appointment.phone = details["phone"]
    appointment.save()
    mails.write_confirmation(appointment)
    _announce_if_today(appointment)
    return appointment


@transaction.atomic
def cancel_appointment(appointment_id: UUID) -> Appointment:
    """Cancel a hold or a booking and give back its places. Cancelling twice changes nothing.

    Raises ``AlreadyCheckedIn``, or ``AppointmentEnded`` where it has begun or lapsed.
    """
    appointment = _lock(appointment_id)
    if appointment.state == Appointment.State.CANCELLED:
        return appointment
    if Visit.objects.filter(appointment=appointment).exists():
        raise AlreadyCheckedIn
    if not appointment.is_live or appointment.start <= clock.now():
        raise AppointmentEnded
    was_booked = appointment.state == Appointment.State.BOOKED
    appointment.state = Appointment.State.CANCELLED
    appointment.cancelled_at = clock.now()
    appointment.expires_at = None
    appointment.sequence += 1
    appointment.save(update_fields=["state", "cancelled_at", "expires_at", "sequence"])
    release(appointment)
    if was_booked:
        mails.write_cancellation(appointment)
        _announce_if_today(appointment)
    return appointment


def clean_details(*, name: str, email: str, phone: str) -> dict[str, str]:
    """Trimmed contact details. Raises ``DetailsInvalid`` with a sentence per field."""
    details = {"name": " ".join(name.split()), "email": email.strip(), "phone": phone.strip()}
    wrong = {}
    if not details["name"]:
        wrong["name"] = _("Please enter your name.")
    elif len(details["name"]) > 120 or not details["name"].isprintable():
        wrong["name"] = _("Please enter your name in at most 120 letters.")
    try:
        validate_email(details["email"])
        if len(details["email"]) > 254:
            raise ValidationError("too long")
    except ValidationError:
        wrong["email"] = _("Please enter an e-mail address such as name@example.org.")
    digits = sum(character.isdigit() for character in details["phone"])
    allowed = set("0123456789 +-/()")
    if details["phone"] and (
        not set(details["phone"]) <= allowed or not 5 <= digits or len(details["phone"]) > 40
    ):
        wrong["phone"] = _("Please enter a phone number with digits, or leave it empty.")
    if wrong:
        raise DetailsInvalid(wrong)
    return details


def items_of(appointment: Appointment) -> list[Item]:
    """What an appointment is for."""
    rows = appointment.items.select_related("offering__service")
    return [Item(row.offering, row.quantity) for row in rows]


def _require_bookable(office: Office, start: datetime) -> None:
    if start <= clock.now() or start.astimezone(office.zone).date() > horizon(office):
        raise OutsideHours


def _end(series: OpeningHours, items: Sequence[Item], start: datetime) -> datetime:
    units = units_needed(total_minutes(items), series.unit_minutes)
    return start + timedelta(minutes=units * series.unit_minutes)


def _find_by_key(office: Office, idempotency_key: str | None) -> Appointment | None:
    return Appointment.objects.filter(
        office=office, idempotency_key=idempotency_key or ""
    ).first()


def _same_request(
    existing: Appointment, items: Sequence[Item], start: datetime
) -> Appointment:
    asked = {(item.offering.pk, item.quantity) for item in items}
    held = {(row.offering_id, row.quantity) for row in existing.items.all()}
    if existing.start != start or asked != held:
        raise KeyReused(existing)
    return existing


def _lock(appointment_id: UUID) -> Appointment:
    return (
        Appointment.objects.select_for_update(of=("self",))
        .select_related("office__authority", "series")
        .get(pk=appointment_id)
    )


def _new_code() -> str:
    while Appointment.objects.filter(code=(code := new_digits(CODE_DIGITS))).exists():
        pass
    return code


def _announce_if_today(appointment: Appointment) -> None:
    """The desk shows today's appointments; other days concern no screen."""
    zone = appointment.office.zone
    if appointment.start.astimezone(zone).date() == clock.today(zone):
        announce(appointment.office_id)
