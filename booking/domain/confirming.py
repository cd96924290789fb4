"""Confirming a hold: it becomes a booking, or a question by mail that makes it one."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import get_language

from booking import clock
from booking.models import Appointment, AppointmentItem, Office, OutboxMail
from booking.prepared import PreparedQuery, PreparedSave, ask
from booking.security import is_mail_answer

from .appointments import announce_if_today, items_of, mails_about
from .availability import nearest_starts
from .capacity import claim
from .checklist import require_ticked
from .contact_details import clean_details
from .errors import AppointmentEnded, AskedOften, HoldElsewhere, NotFound, SlotTaken
from .grid import raise_after_claim, raise_grid_version
from .limits import require_within_limits, sign_for_address
from .seating import lock_appointment_and_ask
from .second_look import at_second_look

# Mails that ask whether an address is right, for one appointment: nobody is flooded with them.
QUESTIONS_AT_MOST = 3


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
    documents_ready: bool = True,
) -> Appointment:
    """Make a hold a booking and write the confirmation mail in the same transaction.

    Where the office wants the address confirmed first, the mail asks for that and the hold
    stays one, for ``office.confirm_minutes``; see ``confirm_from_mail``.
    ``by_staff`` the e-mail may be empty, for whoever calls and has none; then no mail is
    written. ``on_paper`` nobody is asked who it is: the code on the paper is all.
    ``giving_up`` is an appointment that goes for this one in the same transaction: together
    they count as one. ``documents_ready``: the list of what to bring is ticked, or has been seen
    to by whoever calls this. A booking that is already confirmed is returned unchanged. A hold that
    has lapsed is taken up again where its time is still free. Raises ``DetailsInvalid``,
    ``ChecklistOpen``, ``AppointmentEnded``, ``HoldElsewhere`` where the hold is no longer at
    ``expected_start``, ``AskedOften``, ``LimitReached``, or ``SlotTaken`` with alternatives.
    """
    if on_paper:
        details = {"name": "", "email": "", "phone": ""}
    else:
        details = clean_details(name=name, email=email, phone=phone, by_staff=by_staff)
    return _confirm_at_second_look(
        appointment_id,
        details,
        expected_start,
        giving_up=giving_up,
        documents_ready=documents_ready,
    )


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
    documents_ready: bool = True,
) -> Appointment:
    appointment, demanding = lock_appointment_and_ask(
        appointment_id, _demanding.statement(appointment_id), slots=may_claim
    )
    if appointment.state == Appointment.State.BOOKED:
        return appointment
    lapsed = _must_be_claimed(appointment, expected_start, may_claim=may_claim)
    offerings = [item.offering for item in demanding]
    if not documents_ready:
        require_ticked(offerings)
    asked = appointment.awaits_mail and details == _details_of(appointment)
    if asked and not answered:
        return appointment
    appointment.name, appointment.email = details["name"], details["email"]
    appointment.phone = details["phone"]
    appointment.on_paper = not details["name"]  # only on paper nobody is asked for it
    # Somebody with a mailbox of their own has shown as much as a device that worked.
    appointment.without_proof = appointment.without_proof and not answered
    if not appointment.by_staff:
        sign_for_address(appointment, offerings)
        require_within_limits(appointment, offerings, giving_up=giving_up)
    if lapsed:
        claim(appointment)
    appointment.language = get_language() or appointment.language
    if appointment.confirm_by_mail and not (answered or appointment.on_paper):
        _ask_by_mail(appointment, lapsed=lapsed)
        return appointment
    appointment.state = Appointment.State.BOOKED
    appointment.booked_at = clock.now()
    appointment.expires_at = None
    ask(
        _save_booking.statement(appointment),
        *mails_about(appointment, OutboxMail.Kind.CONFIRMATION),
    )
    if lapsed:
        raise_after_claim(appointment.office_id)
    announce_if_today(appointment)
    return appointment


def _must_be_claimed(
    appointment: Appointment, expected_start: datetime | None, *, may_claim: bool
) -> bool:
    """Whether a hold has lapsed, so that its time has to be taken anew.

    Raises what stands in the way of confirming it, ``_HasLapsed`` where it needs the slots.
    """
    if appointment.state == Appointment.State.CANCELLED:
        raise AppointmentEnded
    if expected_start is not None and appointment.start != expected_start:
        raise HoldElsewhere(appointment)
    if appointment.start <= clock.now():
        raise SlotTaken
    if appointment.state != Appointment.State.EXPIRED:
        return False
    if not may_claim:
        raise _HasLapsed
    if appointment.series is None:
        raise SlotTaken
    return True


# Items whose offerings ask for more than others: a limit of their own, or a list to be ticked.
_demanding = PreparedQuery(
    lambda appointment_id: AppointmentItem.objects.filter(
        Q(offering__limit__isnull=False) | Q(offering__checklist_required=True),
        appointment=appointment_id,
    ).select_related("offering"),
    UUID,
)


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
    ask(_save_booking.statement(appointment), *mails_about(appointment, OutboxMail.Kind.QUESTION))
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
