"""What citizens are told by mail."""

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from booking.documents.calendar import appointment_calendar
from booking.local_time import day_text, time_text
from booking.models import Appointment, OutboxMail

from .letter import Letter
from .links import (
    answer_link,
    appointment_link,
    find_link,
    office_link,
    subscription_link,
    ticket_link,
)
from .wish_mails import wish_letter

# The iTIP method (RFC 5546) of the calendar entry that comes along; what is not booked yet
# belongs into no calendar.
METHODS = {OutboxMail.Kind.CONFIRMATION: "REQUEST", OutboxMail.Kind.CANCELLATION: "CANCEL"}


def letter(mail: OutboxMail) -> Letter:
    """Write the mail: time, what to bring, the secret link, the calendar entry."""
    with translation.override(mail.language):
        return _letter(mail) if mail.wish_id is None else wish_letter(mail)


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
        "moved": _is_moved(mail),
        "link": appointment_link(appointment),
        "code": _code(appointment),
        "move_link": appointment_link(appointment, "move"),
        "cancel_link": appointment_link(appointment, "cancel"),
        "late_link": appointment_link(appointment, "late")
        if mail.kind == OutboxMail.Kind.HOUR_BEFORE
        else "",
        "reminders_link": appointment_link(appointment, "reminders"),
        "ticket_link": ticket_link(appointment.pk),
        "booking_link": office_link(appointment.office),
        "answer_link": answer_link(appointment, mail.recipient),
    }
    if appointment.subscription:
        context["subscription_link"] = subscription_link(appointment.subscription)
        context["feed_link"] = subscription_link(appointment.subscription, "subscription_ics")
    subject = _subject(mail) % {"day": day_text(start), "time": time_text(start)}
    kind = "reminder" if mail.kind in OutboxMail.REMINDERS else mail.kind
    body = render_to_string(f"mail/{kind}.txt", context)
    method = METHODS.get(OutboxMail.Kind(mail.kind))
    if method is None:
        return Letter(subject, body)
    return Letter(
        subject,
        body,
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


def short_message(mail: OutboxMail) -> str:
    """An SMS that reminds: time, office and code, no name and no secret link.

    With the code the page it names sends the link to the mail address.
    """
    appointment = mail.appointment
    office = appointment.office
    start = appointment.start.astimezone(office.zone)
    with translation.override(mail.language):
        text = _("Appointment %(day)s, %(time)s, %(office)s. Code %(code)s. To change it: %(link)s")
        return text % {
            "day": f"{start:%d.%m.}",
            "time": time_text(start),
            "office": office.name,
            "code": appointment.code,
            "link": find_link(office.authority),
        }


def _subject(mail: OutboxMail) -> str:
    if mail.kind == OutboxMail.Kind.CANCELLATION:
        return _("Cancelled: your appointment on %(day)s at %(time)s")
    if mail.kind == OutboxMail.Kind.CALENDAR:
        return _("Your appointments in your calendar")
    if mail.kind == OutboxMail.Kind.QUESTION:
        return _("Please confirm: your appointment on %(day)s at %(time)s")
    if mail.kind in OutboxMail.REMINDERS:
        return _("Reminder: your appointment on %(day)s at %(time)s")
    if _is_moved(mail):
        return _("New time: your appointment on %(day)s at %(time)s")
    return _("Your appointment on %(day)s at %(time)s")


def _is_moved(mail: OutboxMail) -> bool:
    """Only another time makes a booking's calendar entry another revision."""
    return mail.kind == OutboxMail.Kind.CONFIRMATION and mail.sequence > 0
