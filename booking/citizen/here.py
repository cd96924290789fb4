"""“I am here”: check-in on one's own phone, on the appointment's page or at the poster.

The own page remembers its appointment in a cookie, so that scanning the poster afterwards needs
one press and no digits.
"""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from booking.client import client_of
from booking.domain.appointments import items_of
from booking.domain.errors import CodeUnknown, Refused
from booking.domain.links import is_poster_secret
from booking.domain.phone_check_in import (
    check_in_at_poster,
    check_in_on_page,
    may_check_in,
)
from booking.models import Appointment, Office, Visit
from booking.throttle import count_attempt, require_attempts_left

from .context import appointment_context
from .secret import secret_page, to_appointment, with_form, wrong_secret

COOKIE = "schalter_here"
# Seconds: from the bus to the entrance.
REMEMBERED = 3 * 60 * 60
WRONG_CODES_PER_MINUTE = 10


@require_http_methods(["GET", "HEAD", "POST"])
@secret_page
def here(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """Ask whether somebody is there, or send them to the poster; then their ticket."""
    if not may_check_in(appointment):
        return to_appointment(appointment)
    refused = None
    if request.method == "POST":
        try:
            check_in_on_page(appointment)
            return redirect("ticket", appointment.pk)
        except Refused as error:
            refused = error
    context = appointment_context(appointment, items_of(appointment))
    context |= {
        "by_poster": appointment.office.phone_check_in == Office.PhoneCheckIn.POSTER,
        "refused": refused,
    }
    status = 409 if refused else 200
    response = with_form(render(request, "citizen/here.html", context, status=status))
    response.set_signed_cookie(
        COOKIE,
        str(appointment.pk),
        salt=COOKIE,
        max_age=REMEMBERED,
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
    )
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def poster(request: HttpRequest, office_id: UUID, poster: str) -> HttpResponse:
    """What the poster's QR code opens: one press for who comes from the own page, else the code."""
    office = get_object_or_404(Office.objects.select_related("authority"), pk=office_id)
    if not is_poster_secret(office, poster):
        return wrong_secret(request)
    remembered = _remembered(request, office)
    refused = None
    typed = request.POST.get("code", "")
    if request.method == "POST":
        try:
            known = remembered if "known" in request.POST else None
            visit = _check_in(request, office, str(known.pk) if known else typed)
        except Refused as error:
            refused = error
        else:
            response = redirect("ticket", visit.appointment_id)
            response.delete_cookie(COOKIE, samesite="Lax")
            return response
    context = {
        "authority": office.authority,
        "office": office,
        "is_open": office.phone_check_in == Office.PhoneCheckIn.POSTER,
        "remembered": remembered,
        "start": remembered and remembered.start.astimezone(office.zone),
        "typed": typed[:20],
        "refused": refused,
    }
    status = 409 if refused else 200
    response = with_form(render(request, "citizen/poster.html", context, status=status))
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _check_in(request: HttpRequest, office: Office, code: str) -> Visit:
    """Only wrong codes count: at the entrance all share one network."""
    guessing = ("poster", client_of(request) or "this-machine")
    require_attempts_left(*guessing, limit=WRONG_CODES_PER_MINUTE)
    try:
        return check_in_at_poster(office, code=code)
    except CodeUnknown:
        count_attempt(*guessing, limit=WRONG_CODES_PER_MINUTE)
        raise


def _remembered(request: HttpRequest, office: Office) -> Appointment | None:
    """The appointment of this browser, if it is at this office and can check in now."""
    known = request.get_signed_cookie(COOKIE, default=None, salt=COOKIE, max_age=REMEMBERED)
    if known is None:
        return None
    appointments = Appointment.objects.select_related("office", "visit").filter(office=office)
    appointment = appointments.filter(pk=known).first()
    return appointment if appointment and may_check_in(appointment) else None
