"""What the front desk asks about appointments, and does for somebody who calls.

Names are looked for among one office's appointments from today on, and never more are shown
than fit on a screen: nobody browses through what citizens have booked.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet

from booking import clock
from booking.models import Appointment, AppointmentItem, Office, OutboxMail
from booking.prepared import ask
from booking.security import CODE_DIGITS

from .announcements import announce
from .contact_details import clean_details
from .errors import AppointmentEnded, NoAddress, NotFound
from .outbox import writing_mail
from .seating import lock_appointment
from .slot_grid import local_day_bounds

FOUND_AT_MOST = 20
# With fewer letters only today's appointments are looked through.
LETTERS_FOR_OTHER_DAYS = 3
DIGITS_OF_A_CODE_AT_LEAST = 3
TIME = re.compile(r"(\d{1,2})(?:[:.]?(\d{2}))?(?:\s*uhr)?", re.IGNORECASE)
# How a name is heard and how it is written: Müller and Mueller, Groß and Gross.
SOUNDS = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"))


@dataclass(frozen=True)
class Found:
    """Appointments in order of time; ``is_more`` where others fit as well."""

    appointments: Sequence[Appointment]
    is_more: bool


def find_appointments(office: Office, typed: str) -> Found:
    """The office's booked appointments that fit what was typed: a name, a code or a time.

    Nothing typed: those of today that may still come. A time: today's at that time, or in that
    hour. Digits: codes that begin with them. Words: all of them in the name, on any day from
    today on, with fewer than ``LETTERS_FOR_OTHER_DAYS`` letters today alone.
    """
    # PostgreSQL stores no NUL and refuses to be asked for one.
    typed = typed.replace("\0", "").strip()
    begins, ends = local_day_bounds(clock.today(office.zone), office.zone)
    today = Q(start__gte=begins, start__lt=ends)
    if not typed:
        soonest = clock.now() - timedelta(minutes=office.check_in_closes_minutes)
        wanted = today & Q(visit__isnull=True, start__gte=soonest)
    elif any(character.isdecimal() for character in typed):
        wanted = today & _at_time(office, typed) | _with_code(typed)
    else:
        wanted = _with_name(typed)
        if sum(map(str.isalpha, typed)) < LETTERS_FOR_OTHER_DAYS:
            wanted &= today
    booked = known_appointments(office).filter(wanted, state=Appointment.State.BOOKED)
    rows = list(with_services(booked).order_by("start", "pk")[: FOUND_AT_MOST + 1])
    return Found(rows[:FOUND_AT_MOST], len(rows) > FOUND_AT_MOST)


def known_appointments(office: Office) -> QuerySet[Appointment]:
    """Of whom the front desk may know: the office's appointments from today on."""
    begins, _ends = local_day_bounds(clock.today(office.zone), office.zone)
    return Appointment.objects.filter(office=office, start__gte=begins, blanked_at__isnull=True)


def with_services(appointments: QuerySet[Appointment]) -> QuerySet[Appointment]:
    """Together with the visit and what it is for, in two queries."""
    items = AppointmentItem.objects.select_related("offering__service")
    return appointments.select_related("visit", "office__authority").prefetch_related(
        Prefetch("items", queryset=items)
    )


def _at_time(office: Office, typed: str) -> Q:
    match = TIME.fullmatch(typed)
    if match is None or int(match[1]) > 23 or int(match[2] or 0) > 59:
        return Q(pk__in=[])
    day = clock.today(office.zone)
    begins = datetime.combine(day, time(int(match[1]), int(match[2] or 0)), office.zone)
    lasts = timedelta(minutes=1) if match[2] else timedelta(hours=1)
    return Q(start__gte=begins, start__lt=begins + lasts)


def _with_code(typed: str) -> Q:
    digits = re.sub(r"[\s-]", "", typed)
    if not digits.isdecimal() or not DIGITS_OF_A_CODE_AT_LEAST <= len(digits) <= CODE_DIGITS:
        return Q(pk__in=[])
    return Q(code__startswith=digits)


def _with_name(typed: str) -> Q:
    wanted = Q()
    for word in typed.split():
        of_word = Q()
        for spelling in spellings(word):
            of_word |= Q(name__icontains=spelling)
        wanted &= of_word
    return wanted


def spellings(word: str) -> set[str]:
    """The ways a part of a name may be written, small and with a capital.

    SQLite ignores the case of A to Z alone, so Ö and ö are asked for one by one.
    """
    heard = word.casefold()
    apart, together = heard, word.lower()
    for one, two in SOUNDS:
        apart = apart.replace(one, two)
        together = together.replace(two, one)
    return {form for one in (word.lower(), apart, together) for form in (one, one.capitalize())}


@transaction.atomic
def correct_name(appointment_id: UUID, *, name: str) -> Appointment:
    """Write another name on a booking: the office's alone, as a booking is nobody's to pass on.

    Raises ``NotFound``, ``AppointmentEnded`` or ``DetailsInvalid``.
    """
    appointment = lock_appointment(appointment_id, slots=False)
    if appointment.state != Appointment.State.BOOKED or appointment.end <= clock.now():
        raise AppointmentEnded
    appointment.name = clean_details(name=name, email="", phone="", by_staff=True)["name"]
    appointment.save(update_fields=["name"])
    if appointment.start.astimezone(appointment.office.zone).date() == clock.today(
        appointment.office.zone
    ):
        announce(appointment.office_id)
    return appointment


@transaction.atomic
def resend_confirmation(appointment_id: UUID) -> Appointment:
    """Write the confirmation mail again. One that still waits to be sent is not doubled.

    Raises ``NotFound``, ``AppointmentEnded`` or ``NoAddress``.
    """
    found = Appointment.objects.select_for_update(of=("self",)).filter(pk=appointment_id)
    appointment = found.select_related("office").first()
    if appointment is None:
        raise NotFound
    if appointment.state != Appointment.State.BOOKED or appointment.end <= clock.now():
        raise AppointmentEnded
    if not appointment.email:
        raise NoAddress
    waiting = appointment.mails.filter(
        kind=OutboxMail.Kind.CONFIRMATION,
        state=OutboxMail.State.PENDING,
        sequence=appointment.sequence,
    )
    if not waiting.exists():
        ask(writing_mail(appointment, OutboxMail.Kind.CONFIRMATION))
    return appointment
