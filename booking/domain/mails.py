"""What citizens are told by mail. Written in the transaction it tells about."""

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from booking.documents.calendar import appointment_calendar
from booking.local_time import day_text, time_text
from booking.models import Appointment

from .links import appointment_link, office_link, ticket_link
from .outbox import write_mail


def write_confirmation(appointment: Appointment) -> None:
    """The booking is confirmed: time, what to bring, the secret link, the calendar entry."""
    with translation.override(appointment.language):
        subject = _("Your appointment on %(day)s at %(time)s")
        _write(appointment, subject, "confirmation", "REQUEST")


def write_cancellation(appointment: Appointment) -> None:
    """The appointment is cancelled; the calendar entry is withdrawn."""
    with translation.override(appointment.language):
        subject = _("Cancelled: your appointment on %(day)s at %(time)s")
        _write(appointment, subject, "cancellation", "CANCEL")


def _write(appointment: Appointment, subject: str, template: str, method: str) -> None:
    start = appointment.start.astimezone(appointment.office.zone)
    items = list(appointment.items.select_related("offering__service"))
    context = {
        "appointment": appointment,
        "office": appointment.office,
        "authority": appointment.office.authority,
        "start": start,
        "items": items,
        "link": appointment_link(appointment),
        "ticket_link": ticket_link(appointment.pk),
        "booking_link": office_link(appointment.office),
    }
    write_mail(
        appointment=appointment,
        subject=subject % {"day": day_text(start), "time": time_text(start)},
        body=render_to_string(f"mail/{template}.txt", context),
        calendar=appointment_calendar(appointment, items, method=method),
        calendar_method=method,
    )
