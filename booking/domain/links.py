"""Addresses that leave the site: in mails, in QR codes, on tickets."""

from uuid import UUID

from django.conf import settings
from django.urls import reverse

from booking.models import Appointment, Office
from booking.security import appointment_secret, mail_answer


def appointment_link(appointment: Appointment) -> str:
    """The secret link with which a citizen sees and cancels an appointment."""
    secret = appointment_secret(appointment.pk)
    return settings.PUBLIC_URL + reverse("appointment", args=[appointment.pk, secret])


def answer_link(appointment: Appointment, email: str) -> str:
    """With which somebody shows that a mail to the address has arrived."""
    secret, answer = appointment_secret(appointment.pk), mail_answer(appointment.pk, email)
    return settings.PUBLIC_URL + reverse("answer", args=[appointment.pk, secret, answer])


def office_link(office: Office) -> str:
    """Where a time at the office can be booked."""
    return settings.PUBLIC_URL + reverse("choose", args=[office.pk])


def ticket_link(ticket_id: UUID) -> str:
    """The visitor's own page: of a visit, or of an appointment that becomes one at check-in.

    It says nothing personal; the kiosk also reads it as a check-in code.
    """
    return settings.PUBLIC_URL + reverse("ticket", args=[ticket_id])
