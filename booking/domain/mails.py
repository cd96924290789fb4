"""What citizens are told by mail."""

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from booking.documents.calendar import appointment_calendar
from booking.local_time import day_text, time_text
from booking.models import OutboxMail

from .links import answer_link, appointment_link, office_link, ticket_link

# The iTIP method (RFC 5546) of the calendar entry that comes along.
METHODS = {OutboxMail.Kind.CONFIRMATION: "REQUEST", OutboxMail.Kind.CANCELLATION: "CANCEL"}
# What is not booked yet belongs into no calendar.
WITHOUT_ENTRY = (OutboxMail.Kind.QUESTION,)


@dataclass(frozen=True)
class Letter:
    """A mail as it is read. ``calendar`` is an iCalendar text with its ``method``, or empty."""

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
    zone = appointment.office.zone
    start = appointment.start.astimezone(zone)
    items = list(appointment.items.select_related("offering__service"))
    context = {
        "appointment": appointment,
        "office": appointment.office,
        "authority": appointment.office.authority,
        "start": start,
        "until": appointment.expires_at and appointment.expires_at.astimezone(zone),
        "items": items,
        "link": appointment_link(appointment),
        "ticket_link": ticket_link(appointment.pk),
        "booking_link": office_link(appointment.office),
        "answer_link": answer_link(appointment, mail.recipient),
    }
    subject = _subject(mail) % {"day": day_text(start), "time": time_text(start)}
    body = render_to_string(f"mail/{mail.kind}.txt", context)
    if mail.kind in WITHOUT_ENTRY:
        return Letter(subject=subject, body=body, calendar="", method="")
    method = METHODS[OutboxMail.Kind(mail.kind)]
    return Letter(
        subject=subject,
        body=body,
        calendar=appointment_calendar(
            appointment, items, method=method, sequence=mail.sequence, attendee=mail.recipient
        ),
        method=method,
    )


def _subject(mail: OutboxMail) -> str:
    if mail.kind == OutboxMail.Kind.CANCELLATION:
        return _("Cancelled: your appointment on %(day)s at %(time)s")
    if mail.kind == OutboxMail.Kind.QUESTION:
        return _("Please confirm: your appointment on %(day)s at %(time)s")
    return _("Your appointment on %(day)s at %(time)s")
