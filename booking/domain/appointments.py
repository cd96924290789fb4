"""Every change of an appointment: hold, move, confirm, cancel.

A hold takes places for a few minutes; confirming makes it a booking; the same idempotency
key never makes two.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from booking import clock
from booking.models import (
    Appointment,
    AppointmentItem,
    Office,
    OpeningHours,
    OutboxMail,
    Visit,
)
from booking.security import CODE_DIGITS, new_digits

from .announcements import announce
from .availability import nearest_starts, series_for
from .capacity import claim, claim_first, lock_slots_of_both, release
from .errors import (
    AlreadyCheckedIn,
    AppointmentEnded,
    DetailsInvalid,
    HoldElsewhere,
    KeyReused,
    NotFound,
    OutsideHours,
    SlotTaken,
)
from .grid import raise_grid_version, use_slots_of
from .holds import expire_holds
from .items import Item, require_online, total_minutes
from .outbox import write_mail
from .publishing import ensure_published, horizon
from .slot_grid import local_day_bounds, units_needed

CODE_ATTEMPTS = 5


def hold_appointment(
    *,
    office: Office,
    items: Sequence[Item],
    start: datetime,
    idempotency_key: str | None = None,
    by_staff: bool = False,
) -> Appointment:
    """Hold a time for ``office.hold_minutes``. ``start`` is aware.

    Staff may take any service and any place a slot has, and need no e-mail address. The same
    key with the same request answers the same appointment. Raises ``KeyReused``,
    ``NotOnline``, ``OutsideHours``, or ``SlotTaken`` with alternatives.
    """
    if not by_staff:
        require_online(items)
    start = _in_utc(start)
    if idempotency_key and (existing := _find_by_key(office, idempotency_key)):
        return _same_request(existing, items, start)
    _require_bookable(office, start)
    try:
        return _at_second_look(
            office,
            lambda: _hold_with_free_code(office, items, start, idempotency_key, by_staff=by_staff),
        )
    except (SlotTaken, IntegrityError) as error:
        # It may be the very same request that was quicker.
        if idempotency_key and (existing := _find_by_key(office, idempotency_key)):
            return _same_request(existing, items, start)
        if isinstance(error, IntegrityError):
            raise
    raise SlotTaken(nearest_starts(office, items, start, by_staff=by_staff))


def _at_second_look(office: Office, claiming: Callable[[], Appointment]) -> Appointment:
    """Claim, and where no place is found once more, with all published and what lapsed freed.

    Also where there was nothing to do: somebody else may have done it in between.
    """
    try:
        return claiming()
    except (OutsideHours, SlotTaken):
        ensure_published(office)
        expire_holds(office)
    return claiming()


def _hold_with_free_code(
    office: Office,
    items: Sequence[Item],
    start: datetime,
    idempotency_key: str | None,
    *,
    by_staff: bool,
) -> Appointment:
    """Codes are random: the rare one that is taken is drawn again."""
    for _attempt in range(CODE_ATTEMPTS - 1):
        try:
            return _hold(office, items, start, idempotency_key, by_staff=by_staff)
        except IntegrityError:
            if idempotency_key and _find_by_key(office, idempotency_key):
                raise
    return _hold(office, items, start, idempotency_key, by_staff=by_staff)


@transaction.atomic
def _hold(
    office: Office,
    items: Sequence[Item],
    start: datetime,
    idempotency_key: str | None,
    *,
    by_staff: bool,
) -> Appointment:
    use_slots_of(office.pk)
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
    )
    _claim_in_some_series(appointment, items)
    appointment.save(force_insert=True)
    _save_items(appointment, items)
    raise_grid_version(office.pk)
    return appointment


def move_hold(appointment_id: UUID, *, items: Sequence[Item], start: datetime) -> Appointment:
    """Give a hold another time or other services; the old place goes only with the new one.

    Raises ``AppointmentEnded``, ``NotOnline``, ``OutsideHours`` or ``SlotTaken``.
    """
    require_online(items)
    start = _in_utc(start)
    office = Office.objects.get(appointments=appointment_id)
    _require_bookable(office, start)
    try:
        return _at_second_look(office, lambda: _move_hold(appointment_id, items, start))
    except SlotTaken:
        raise SlotTaken(nearest_starts(office, items, start)) from None


@transaction.atomic
def _move_hold(appointment_id: UUID, items: Sequence[Item], start: datetime) -> Appointment:
    appointment = _lock(appointment_id)
    if appointment.state not in (Appointment.State.HELD, Appointment.State.EXPIRED):
        raise AppointmentEnded
    lock_slots_of_both(appointment, _spans(appointment.office, items, start), start)
    if appointment.state == Appointment.State.HELD:
        release(appointment)
    appointment.start = start
    appointment.state = Appointment.State.HELD
    appointment.expires_at = clock.now() + timedelta(minutes=appointment.office.hold_minutes)
    _claim_in_some_series(appointment, items)
    appointment.save(update_fields=["series", "start", "end", "state", "expires_at"])
    appointment.items.all().delete()
    _save_items(appointment, items)
    raise_grid_version(appointment.office_id)
    return appointment


def move_appointment(
    appointment_id: UUID, *, start: datetime, by_staff: bool = False
) -> Appointment:
    """Give a booking another time; the old place goes only with the new one.

    A mail tells the new time, as a revision of the same calendar entry. Code and links stay.
    Raises ``AlreadyCheckedIn``, ``AppointmentEnded``, ``OutsideHours`` or ``SlotTaken``.
    """
    start = _in_utc(start)
    appointment = Appointment.objects.select_related("office").get(pk=appointment_id)
    office, items = appointment.office, items_of(appointment)
    _require_bookable(office, start)
    try:
        return _at_second_look(
            office, lambda: _move_appointment(appointment_id, items, start, by_staff=by_staff)
        )
    except SlotTaken:
        raise SlotTaken(nearest_starts(office, items, start, by_staff=by_staff)) from None


@transaction.atomic
def _move_appointment(
    appointment_id: UUID, items: Sequence[Item], start: datetime, *, by_staff: bool
) -> Appointment:
    appointment = _lock(appointment_id)
    if Visit.objects.filter(appointment=appointment).exists():
        raise AlreadyCheckedIn
    if appointment.state != Appointment.State.BOOKED or appointment.start <= clock.now():
        raise AppointmentEnded
    if appointment.start == start:
        return appointment
    before = appointment.start
    lock_slots_of_both(appointment, _spans(appointment.office, items, start), start)
    release(appointment)
    appointment.start = start
    appointment.by_staff = appointment.by_staff or by_staff
    appointment.sequence += 1
    _claim_in_some_series(appointment, items)
    appointment.save(update_fields=["series", "start", "end", "by_staff", "sequence"])
    _tell_by_mail(appointment, OutboxMail.Kind.CONFIRMATION)
    raise_grid_version(appointment.office_id)
    _announce_if_today(appointment, before)
    return appointment


def _claim_in_some_series(appointment: Appointment, items: Sequence[Item]) -> None:
    """Take the places from ``appointment.start`` on in the first series that has them.

    Sets ``series`` and ``end``. Raises ``OutsideHours`` or ``SlotTaken``.
    """
    spans = _spans(appointment.office, items, appointment.start)
    appointment.series, appointment.end = claim_first(
        spans, appointment.start, by_staff=appointment.by_staff
    )


def _spans(
    office: Office, items: Sequence[Item], start: datetime
) -> list[tuple[OpeningHours, datetime]]:
    """The series that serve every item, each with the end of an appointment in its units."""
    return [(series, _end(series, items, start)) for series in series_for(office, items)]


def _save_items(appointment: Appointment, items: Sequence[Item]) -> None:
    AppointmentItem.objects.bulk_create(
        AppointmentItem(appointment=appointment, offering=item.offering, quantity=item.quantity)
        for item in items
    )


def confirm_appointment(
    appointment_id: UUID,
    *,
    name: str,
    email: str,
    phone: str = "",
    expected_start: datetime | None = None,
    by_staff: bool = False,
) -> Appointment:
    """Make a hold a booking and write the confirmation mail in the same transaction.

    ``by_staff`` the e-mail may be empty, for whoever calls and has none; then no mail is
    written. A booking that is already confirmed is returned unchanged. A hold that has lapsed
    is taken up again where its time is still free. Raises ``DetailsInvalid``,
    ``AppointmentEnded``, ``HoldElsewhere`` where the hold is no longer at
    ``expected_start``, or ``SlotTaken`` with alternatives.
    """
    details = clean_details(name=name, email=email, phone=phone, by_staff=by_staff)
    try:
        try:
            return _confirm(appointment_id, details, expected_start)
        except _HasLapsed:
            return _confirm(appointment_id, details, expected_start, may_claim=True)
    except SlotTaken:
        appointment = Appointment.objects.select_related("office").get(pk=appointment_id)
        items = items_of(appointment)
        alternatives = nearest_starts(
            appointment.office, items, appointment.start, by_staff=appointment.by_staff
        )
        raise SlotTaken(alternatives) from None


class _HasLapsed(Exception):  # noqa: N818 - reads as what happened
    """Confirming this needs a place again, and so the office's slots."""


@transaction.atomic
def _confirm(
    appointment_id: UUID,
    details: dict[str, str],
    expected_start: datetime | None,
    *,
    may_claim: bool = False,
) -> Appointment:
    appointment = _lock(appointment_id, slots=may_claim)
    if appointment.state == Appointment.State.BOOKED:
        return appointment
    if appointment.state == Appointment.State.CANCELLED:
        raise AppointmentEnded
    if expected_start is not None and appointment.start != expected_start:
        raise HoldElsewhere(appointment)
    now = clock.now()
    if appointment.start <= now:
        raise SlotTaken
    lapsed = appointment.state == Appointment.State.EXPIRED
    if lapsed:
        if not may_claim:
            raise _HasLapsed
        if appointment.series is None:
            raise SlotTaken
        claim(appointment)
    appointment.state = Appointment.State.BOOKED
    appointment.booked_at = now
    appointment.expires_at = None
    appointment.language = get_language() or appointment.language
    appointment.name, appointment.email = details["name"], details["email"]
    appointment.phone = details["phone"]
    appointment.save(
        update_fields=[
            "state", "booked_at", "expires_at", "language", "name", "email", "phone"
        ]
    )  # fmt: skip
    _tell_by_mail(appointment, OutboxMail.Kind.CONFIRMATION)
    if lapsed:
        raise_grid_version(appointment.office_id)
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
        _tell_by_mail(appointment, OutboxMail.Kind.CANCELLATION)
        # Nobody comes, so nobody needs to know who it was. The code stays: the kiosk says why.
        appointment.name = appointment.email = appointment.phone = ""
        appointment.save(update_fields=["name", "email", "phone"])
    raise_grid_version(appointment.office_id)
    if was_booked:
        _announce_if_today(appointment)
    return appointment


def _tell_by_mail(appointment: Appointment, kind: OutboxMail.Kind) -> None:
    """Whoever called without an e-mail address was told on the phone."""
    if appointment.email:
        write_mail(appointment, kind)


def clean_details(*, name: str, email: str, phone: str, by_staff: bool = False) -> dict[str, str]:
    """Trimmed contact details; staff may leave out the e-mail address.

    Raises ``DetailsInvalid`` with a sentence per field.
    """
    details = {"name": " ".join(name.split()), "email": email.strip(), "phone": phone.strip()}
    wrong = {}
    if not details["name"]:
        wrong["name"] = _("Please enter your name.")
    elif len(details["name"]) > 120 or not details["name"].isprintable():
        wrong["name"] = _("Please enter your name in at most 120 letters.")
    try:
        if details["email"] or not by_staff:
            validate_email(details["email"])
        if len(details["email"]) > 254:
            raise ValidationError("too long")
    except ValidationError:
        wrong["email"] = _("Please enter an e-mail address such as name@example.org.")
    digits = sum(character.isdigit() for character in details["phone"])
    allowed = set("0123456789 +-/()")
    if details["phone"] and (
        not set(details["phone"]) <= allowed or digits < 5 or len(details["phone"]) > 40
    ):
        wrong["phone"] = _("Please enter a phone number with digits, or leave it empty.")
    if wrong:
        raise DetailsInvalid(wrong)
    return details


def items_of(appointment: Appointment) -> list[Item]:
    """What an appointment is for."""
    rows = appointment.items.select_related("offering__service")
    return [Item(row.offering, row.quantity) for row in rows]


def _in_utc(start: datetime) -> datetime:
    """Sums of local times go by the wall clock: wrong where the clocks change."""
    try:
        return start.astimezone(UTC)
    except OverflowError:  # at an end of the calendar
        raise OutsideHours from None


def _require_bookable(office: Office, start: datetime) -> None:
    beyond = local_day_bounds(horizon(office), office.zone)[1]
    if not clock.now() < start < beyond:
        raise OutsideHours


def _end(series: OpeningHours, items: Sequence[Item], start: datetime) -> datetime:
    units = units_needed(total_minutes(items), series.unit_minutes)
    return start + timedelta(minutes=units * series.unit_minutes)


def _find_by_key(office: Office, idempotency_key: str | None) -> Appointment | None:
    return Appointment.objects.filter(office=office, idempotency_key=idempotency_key or "").first()


def _same_request(existing: Appointment, items: Sequence[Item], start: datetime) -> Appointment:
    asked = {(item.offering.pk, item.quantity) for item in items}
    held = {(row.offering_id, row.quantity) for row in existing.items.all()}
    if existing.start != start or asked != held:
        raise KeyReused(existing)
    return existing


def _lock(appointment_id: UUID, *, slots: bool = True) -> Appointment:
    """The appointment, locked, and with ``slots`` the office's in use before it: see ``capacity``.

    The office never changes; the series is not joined, as the join would show the one from
    before the lock was free. Raises ``NotFound``.
    """
    appointments = Appointment.objects.filter(pk=appointment_id)
    try:
        if slots:
            use_slots_of(appointments.values_list("office", flat=True).get())
        locked = appointments.select_for_update(of=("self",))
        return locked.select_related("office").get()
    except Appointment.DoesNotExist:
        raise NotFound from None


def _announce_if_today(appointment: Appointment, *former_starts: datetime) -> None:
    """The desk shows today's appointments; other days concern no screen."""
    zone = appointment.office.zone
    starts = (appointment.start, *former_starts)
    if any(start.astimezone(zone).date() == clock.today(zone) for start in starts):
        announce(appointment.office_id)
