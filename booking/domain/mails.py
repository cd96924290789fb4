"""What citizens are told by mail."""

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from booking.documents.calendar import appointment_calendar
from booking.local_time import day_text, time_text
from booking.models import Appointment, OutboxMail

from .links import appointment_link, office_link, ticket_link

# The iTIP method (RFC 5546) of the calendar entry that comes along.
METHODS = {OutboxMail.Kind.CONFIRMATION: "REQUEST", OutboxMail.Kind.CANCELLATION: "CANCEL"}


@dataclass(frozen=True)
class Letter:
    """A mail as it is read. ``calendar`` is an iCalendar text with its ``method``."""

    subject: str
    body: str
    calendar: str
    method: str


def letter(mail: OutboxMail) -> Letter:
    """Write the mail: time, what to bring, the secret link, the calendar entry."""
    with translation.override(mail.language):
        return _letter(mail)


def _letter(mail: OutboxMail) -> Letter:
    appointment = mail.appointment
    start = appointment.start.astimezone(appointment.office.zone)
    items = list(appointment.items.select_related("offering__service"))
    context = {
        "appointment": appointment,
        "office": appointment.office,
        "authority": appointment.office.authority,
        "start": start,
        "items": items,
        "link": appointment_link(appointment),
        "code": _code(appointment),
        "ticket_link": ticket_link(appointment.pk),
        "booking_link": office_link(appointment.office),
    }
    method = METHODS[OutboxMail.Kind(mail.kind)]
    return Letter(
        subject=_subject(mail) % {"day": day_text(start), "time": time_text(start)},
        body=render_to_string(f"mail/{mail.kind}.txt", context),
        calendar=appointment_calendar(
            appointment, items, method=method, sequence=mail.sequence, attendee=mail.recipient
        ),
        method=method,
    )


def _code(appointment: Appointment) -> str:
    """The halves keep their order within Arabic, too."""
    code = appointment.code_in_halves
    if code and translation.get_language_bidi():
        return f"\N{LEFT-TO-RIGHT ISOLATE}{code}\N{POP DIRECTIONAL ISOLATE}"
    return code


def _subject(mail: OutboxMail) -> str:
    if mail.kind == OutboxMail.Kind.CANCELLATION:
        return _("Cancelled: your appointment on %(day)s at %(time)s")
    return _("Your appointment on %(day)s at %(time)s")
