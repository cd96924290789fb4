"""Addresses that leave the site: in mails, in QR codes, on tickets."""

from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from booking.models import Appointment, Authority, CalendarSubscription, Offer, Office, Wish
from booking.security import (
    appointment_secret,
    is_link_secret,
    link_secret,
    mail_answer,
    wish_secret,
)


def appointment_link(appointment: Appointment, page: str = "appointment") -> str:
    """The secret link with which a citizen sees an appointment, or a ``page`` below it."""
    secret = appointment_secret(appointment.pk)
    return settings.PUBLIC_URL + reverse(page, args=[appointment.pk, secret])


def subscription_link(subscription: CalendarSubscription, page: str = "subscription") -> str:
    """The secret page of a calendar subscription, or the calendar itself."""
    secret = link_secret("calendar", subscription.pk)
    return settings.PUBLIC_URL + reverse(page, args=[subscription.pk, secret])


def find_link(authority: Authority) -> str:
    """Where whoever has no link gets it again."""
    return settings.PUBLIC_URL + reverse("find", args=[authority.slug])


def poster_link(office: Office) -> str:
    """What the office's poster leads to; in the main language, the page offers the others."""
    with translation.override(settings.LANGUAGE_CODE):
        return settings.PUBLIC_URL + reverse("poster", args=[office.pk, poster_secret(office)])


def poster_secret(office: Office) -> str:
    return link_secret("poster", _poster(office))


def is_poster_secret(office: Office, secret: str) -> bool:
    """Whether it is that of the newest poster."""
    return is_link_secret("poster", _poster(office), secret)


def _poster(office: Office) -> str:
    return f"{office.pk}:{office.poster_version}"


def answer_link(appointment: Appointment, email: str) -> str:
    """With which somebody shows that a mail to the address has arrived."""
    secret, answer = appointment_secret(appointment.pk), mail_answer(appointment.pk, email)
    return settings.PUBLIC_URL + reverse("answer", args=[appointment.pk, secret, answer])


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
