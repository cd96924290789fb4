"""Every change of an appointment: hold, move, confirm, cancel.

A hold takes places for a few minutes; confirming makes it a booking; the same idempotency
key never makes two.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import get_language

from booking import clock
from booking.models import (
    Appointment,
    AppointmentItem,
    Office,
    OutboxMail,
    Visit,
)
from booking.prepared import PreparedInsert, PreparedQuery, PreparedSave, Statement, ask
from booking.security import CODE_DIGITS, is_mail_answer, new_digits

from .announcements import announce
from .availability import nearest_starts, reading_series, series_for, serving
from .capacity import claim, find_room, lock_slots_of_both, release, taking
from .contact_details import clean_details
from .errors import (
    AlreadyCheckedIn,
    AppointmentEnded,
    AskedOften,
    HoldElsewhere,
    KeyReused,
    LimitReached,
    NotFound,
    SlotTaken,
    WithoutProofFull,
)
from .grid import raise_after_claim, raise_grid_version, use_slots_of
from .items import Item, require_online
from .limits import (
    NOBODY,
    Asker,
    reading_limited,
    require_within_limits,
    sign_for_address,
    sign_for_device,
)
from .offer_ends import withdraw_wishes_of
from .outbox import writing_mail
from .seating import (
    in_utc,
    lock_appointment,
    lock_appointment_and_ask,
    require_bookable,
    spans_of,
)
from .second_look import at_second_look

CODE_ATTEMPTS = 5
# Mails that ask whether an address is right, for one appointment: nobody is flooded with them.
QUESTIONS_AT_MOST = 3


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


def move_appointment(
    appointment_id: UUID, *, start: datetime, by_staff: bool = False
) -> Appointment:
    """Give a booking another time; the old place goes only with the new one.

    A mail tells the new time, as a revision of the same calendar entry. Code and links stay.
    Whoever moves it decides which places count, not who once made it. Raises
    ``AlreadyCheckedIn``, ``AppointmentEnded``, ``NotOnline``, ``OutsideHours`` or ``SlotTaken``.
    """
    start = in_utc(start)
    appointment = Appointment.objects.select_related("office").get(pk=appointment_id)
    office, items = appointment.office, items_of(appointment)
    if not by_staff:
        require_online(items)
    require_bookable(office, start, by_staff=by_staff)
    try:
        return at_second_look(
            office, lambda: _move_appointment(appointment_id, items, start, by_staff=by_staff)
        )
    except SlotTaken:
        raise SlotTaken(nearest_starts(office, items, start, by_staff=by_staff)) from None


@transaction.atomic
def _move_appointment(
    appointment_id: UUID, items: Sequence[Item], start: datetime, *, by_staff: bool
) -> Appointment:
    appointment = lock_appointment(appointment_id)
    if Visit.objects.filter(appointment=appointment).exists():
        raise AlreadyCheckedIn
    if appointment.state != Appointment.State.BOOKED or appointment.start <= clock.now():
        raise AppointmentEnded
    if appointment.start == start:
        return appointment
    before = appointment.start
    appointment.by_staff = appointment.by_staff or by_staff
    every_series = series_for(appointment.office, items)
    spans = spans_of(every_series, items, start, by_staff=by_staff)
    lock_slots_of_both(appointment, spans, start)
    release(appointment)
    room = find_room(spans, start, by_staff=by_staff)
    appointment.series, appointment.start, appointment.end = room.series, start, room.end
    appointment.sequence += 1
    appointment.save(update_fields=["series", "start", "end", "by_staff", "sequence"])
    ask(*_mails(appointment, OutboxMail.Kind.CONFIRMATION))
    raise_after_claim(appointment.office_id, after=[taking(room.slots)], gave_back=True)
    _announce_if_today(appointment, before)
    return appointment


def _inserting_items(appointment: Appointment, items: Sequence[Item]) -> list[Statement]:
    rows = [
        AppointmentItem(appointment=appointment, offering=item.offering, quantity=item.quantity)
        for item in items
    ]
    return [_insert_item.statement(row) for row in rows]


_insert_appointment = PreparedInsert(Appointment)
_insert_item = PreparedInsert(AppointmentItem)


def confirm_appointment(
    appointment_id: UUID,
    *,
    name: str = "",
    email: str = "",
    phone: str = "",
    expected_start: datetime | None = None,
    by_staff: bool = False,
    on_paper: bool = False,
    giving_up: UUID | None = None,
) -> Appointment:
    """Make a hold a booking and write the confirmation mail in the same transaction.

    Where the office wants the address confirmed first, the mail asks for that and the hold
    stays one, for ``office.confirm_minutes``; see ``confirm_from_mail``.
    ``by_staff`` the e-mail may be empty, for whoever calls and has none; then no mail is
    written. ``on_paper`` nobody is asked who it is: the code on the paper is all.
    ``giving_up`` is an appointment that goes for this one in the same transaction: together
    they count as one. A booking that is already confirmed is returned unchanged. A hold that
    has lapsed is taken up again where its time is still free. Raises ``DetailsInvalid``,
    ``AppointmentEnded``, ``HoldElsewhere`` where the hold is no longer at ``expected_start``,
    ``AskedOften``, ``LimitReached``, or ``SlotTaken`` with alternatives.
    """
    if on_paper:
        details = {"name": "", "email": "", "phone": ""}
    else:
        details = clean_details(name=name, email=email, phone=phone, by_staff=by_staff)
    return _confirm_at_second_look(appointment_id, details, expected_start, giving_up=giving_up)


def confirm_from_mail(appointment_id: UUID, *, answer: str) -> Appointment:
    """Book what was held until the mail to its address was answered.

    Raises ``NotFound`` for a wrong answer or one from a mail to a former address,
    ``AppointmentEnded``, ``LimitReached``, or ``SlotTaken`` with alternatives where it took
    too long and somebody else was quicker.
    """
    found = Appointment.objects.filter(pk=appointment_id).first()
    if found is None or not found.email or not is_mail_answer(found.pk, found.email, answer):
        raise NotFound
    details = {"name": found.name, "email": found.email, "phone": found.phone}
    with translation.override(found.language):
        return _confirm_at_second_look(appointment_id, details, answered=True)


def _confirm_at_second_look(
    appointment_id: UUID,
    details: dict[str, str],
    expected_start: datetime | None = None,
    **more: Any,
) -> Appointment:
    confirming = partial(_confirm, appointment_id, details, expected_start, **more)
    try:
        try:
            return confirming()
        except _HasLapsed:
            office = Office.objects.get(appointments=appointment_id)
            return at_second_look(office, lambda: confirming(may_claim=True))
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
    answered: bool = False,
    may_claim: bool = False,
    giving_up: UUID | None = None,
) -> Appointment:
    appointment, limited = lock_appointment_and_ask(
        appointment_id, reading_limited(appointment_id), slots=may_claim
    )
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
    asked = appointment.awaits_mail and details == _details_of(appointment)
    if asked and not answered:
        return appointment
    appointment.name, appointment.email = details["name"], details["email"]
    appointment.phone = details["phone"]
    appointment.on_paper = not details["name"]  # only on paper nobody is asked for it
    # Somebody with a mailbox of their own has shown as much as a device that worked.
    appointment.without_proof = appointment.without_proof and not answered
    if not appointment.by_staff:
        offerings = [item.offering for item in limited]
        sign_for_address(appointment, offerings)
        require_within_limits(appointment, offerings, giving_up=giving_up)
    if lapsed:
        claim(appointment)
    appointment.language = get_language() or appointment.language
    if appointment.confirm_by_mail and not (answered or appointment.on_paper):
        _ask_by_mail(appointment, lapsed=lapsed)
        return appointment
    appointment.state = Appointment.State.BOOKED
    appointment.booked_at = now
    appointment.expires_at = None
    ask(_save_booking.statement(appointment), *_mails(appointment, OutboxMail.Kind.CONFIRMATION))
    if lapsed:
        raise_after_claim(appointment.office_id)
    _announce_if_today(appointment)
    return appointment


def _ask_by_mail(appointment: Appointment, *, lapsed: bool) -> None:
    """Keep the time for somebody until the mail is answered.

    A corrected address gets a mail of its own, but not more time: else somebody could keep a
    time for ever by correcting.
    """
    asked = OutboxMail.objects.filter(appointment=appointment, kind=OutboxMail.Kind.QUESTION)
    earlier = asked.count()
    if earlier >= QUESTIONS_AT_MOST:
        raise AskedOften
    if lapsed or not earlier:
        reply_time = timedelta(minutes=appointment.office.confirm_minutes)
        appointment.expires_at = min(clock.now() + reply_time, appointment.start)
    appointment.state = Appointment.State.HELD
    ask(_save_booking.statement(appointment), *_mails(appointment, OutboxMail.Kind.QUESTION))
    if lapsed:
        raise_grid_version(appointment.office_id)


def _details_of(appointment: Appointment) -> dict[str, str]:
    return {name: getattr(appointment, name) for name in ("name", "email", "phone")}


_save_booking = PreparedSave(
    Appointment,
    "state",
    "booked_at",
    "expires_at",
    "language",
    "name",
    "email",
    "phone",
    "on_paper",
    "email_key",
    "without_proof",
)


@transaction.atomic
def cancel_appointment(appointment_id: UUID) -> Appointment:
    """Cancel a hold or a booking and give back its places. Cancelling twice changes nothing.

    Raises ``AlreadyCheckedIn``, or ``AppointmentEnded`` where it has begun or lapsed.
    """
    appointment = lock_appointment(appointment_id)
    if appointment.state == Appointment.State.CANCELLED:
        return appointment
    if Visit.objects.filter(appointment=appointment).exists():
        raise AlreadyCheckedIn
    if not appointment.is_live or appointment.start <= clock.now():
        raise AppointmentEnded
    withdraw_wishes_of(appointment)
    was_booked = appointment.state == Appointment.State.BOOKED
    appointment.state = Appointment.State.CANCELLED
    appointment.cancelled_at = clock.now()
    appointment.expires_at = None
    appointment.sequence += 1
    appointment.save(update_fields=["state", "cancelled_at", "expires_at", "sequence"])
    release(appointment)
    if was_booked:
        ask(*_mails(appointment, OutboxMail.Kind.CANCELLATION))
        # Nobody comes, so nobody needs to know who it was. The code stays: the kiosk says why.
        appointment.name = appointment.email = appointment.phone = ""
        appointment.email_key = appointment.device_key = appointment.network_key = ""
        keys = ["email_key", "device_key", "network_key"]
        appointment.save(update_fields=["name", "email", "phone", *keys])
    raise_grid_version(appointment.office_id)
    if was_booked:
        _announce_if_today(appointment)
    return appointment


@transaction.atomic
def give_up_hold(appointment_id: UUID) -> None:
    """Cancel a hold; what has been confirmed or has lapsed meanwhile stays as it is."""
    if lock_appointment(appointment_id).state == Appointment.State.HELD:
        cancel_appointment(appointment_id)


def _mails(appointment: Appointment, kind: OutboxMail.Kind) -> list[Statement]:
    """Whoever called without an e-mail address is told on the phone."""
    return [writing_mail(appointment, kind)] if appointment.email else []


def items_of(appointment: Appointment) -> list[Item]:
    """What an appointment is for."""
    rows = appointment.items.select_related("offering__service")
    return [Item(row.offering, row.quantity) for row in rows]


item_rows = PreparedQuery(
    lambda appointment_id: AppointmentItem.objects.filter(appointment=appointment_id), UUID
).all


def _find_by_key(office: Office, idempotency_key: str | None) -> Appointment | None:
    return Appointment.objects.filter(office=office, idempotency_key=idempotency_key or "").first()


def _same_request(existing: Appointment, items: Sequence[Item], start: datetime) -> Appointment:
    asked = {(item.offering.pk, item.quantity) for item in items}
    held = {(row.offering_id, row.quantity) for row in item_rows(existing.pk)}
    if existing.start != start or asked != held:
        raise KeyReused(existing)
    return existing


def _announce_if_today(appointment: Appointment, *former_starts: datetime) -> None:
    """The desk shows today's appointments; other days concern no screen."""
    zone = appointment.office.zone
    starts = (appointment.start, *former_starts)
    if any(start.astimezone(zone).date() == clock.today(zone) for start in starts):
        announce(appointment.office_id)
