"""One booking per browser and attempt: the flow.

A random id in an HttpOnly cookie, repeated in the form for browsers without cookies. It
becomes the idempotency key of the hold, so that a second click, a reload, the back button
or a second tab move the one appointment instead of making another.
"""

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from booking.models import Appointment
from booking.security import hash_token, new_token

COOKIE = "schalter_flow"
SETTLED = "booked"
PLAUSIBLE = re.compile(r"[\w-]{40,60}", re.ASCII)


def flow_of(request: HttpRequest) -> str:
    """The flow this page belongs to: what its form says, else the cookie, else a new one.

    The form goes first: a page kept by the browser from before a booking still belongs to
    that booking.
    """
    for candidate in (request.POST.get("flow", ""), request.COOKIES.get(COOKIE, "")):
        if PLAUSIBLE.fullmatch(candidate):
            return candidate
    return new_token()


def flow_key(flow: str) -> str:
    """The idempotency key of a flow; the id itself is stored nowhere."""
    return f"flow:{hash_token(flow)}"


def remember_flow(response: HttpResponse, flow: str) -> None:
    response.set_cookie(COOKIE, flow, httponly=True, samesite="Lax", secure=settings.HTTPS)


def forget_flow(request: HttpRequest, response: HttpResponse, appointment: Appointment) -> None:
    """The appointment is settled: the next one this browser books is another.

    What stays behind leads nowhere; it only lets the page of times ask whether another is
    meant, for whoever comes back to it with the back button.
    """
    if flow_key(request.COOKIES.get(COOKIE, "")) == appointment.idempotency_key:
        remember_flow(response, SETTLED)


def has_just_booked(request: HttpRequest) -> bool:
    return request.COOKIES.get(COOKIE) == SETTLED
