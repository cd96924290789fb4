"""Addresses that leave the site: in mails, in QR codes, on tickets."""

from uuid import UUID

from django.conf import settings
from django.urls import reverse

from booking.models import Appointment, Authority, Offer, Office, Wish
from booking.security import appointment_secret, wish_secret


def appointment_link(appointment: Appointment) -> str:
    """The secret link with which a citizen sees and cancels an appointment."""
    secret = appointment_secret(appointment.pk)
    return settings.PUBLIC_URL + reverse("appointment", args=[appointment.pk, secret])


def wish_link(wish: Wish) -> str:
    """The secret link with which a citizen confirms, sees, changes and withdraws a wish."""
    return settings.PUBLIC_URL + reverse("wish", args=[wish.pk, wish_secret(wish.pk)])


def offer_link(offer: Offer) -> str:
    """The secret link with which a citizen answers an offer."""
    wish_id = offer.wish_id
    return settings.PUBLIC_URL + reverse("offer", args=[wish_id, wish_secret(wish_id), offer.pk])


def start_link(authority: Authority) -> str:
    """The town's first page."""
    return settings.PUBLIC_URL + reverse("start", args=[authority.slug])


def office_link(office: Office) -> str:
    """Where a time at the office can be booked."""
    return settings.PUBLIC_URL + reverse("choose", args=[office.pk])


def ticket_link(ticket_id: UUID) -> str:
    """The visitor's own page: of a visit, or of an appointment that becomes one at check-in.

    It says nothing personal; the kiosk also reads it as a check-in code.
    """
    return settings.PUBLIC_URL + reverse("ticket", args=[ticket_id])
