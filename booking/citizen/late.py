"""Running late: say how much, from the phone on the way."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from booking.domain.appointments import items_of
from booking.domain.errors import Refused
from booking.domain.running_late import (
    check_in_closes,
    may_say_late,
    minutes_to_choose,
    say_late,
)
from booking.models import Appointment

from .context import appointment_context
from .secret import secret_page, to_appointment, with_form


@require_http_methods(["GET", "HEAD", "POST"])
@secret_page
def late(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """A button for each number of minutes, and what being late means; on the day alone."""
    if hasattr(appointment, "visit") or not may_say_late(appointment):
        return to_appointment(appointment)
    refused = None
    if request.method == "POST":
        minutes = request.POST.get("minutes", "")
        try:
            say_late(appointment.pk, minutes=int(minutes) if _is_number(minutes) else -1)
        except Refused as error:
            refused = error
        else:
            return redirect(f"{request.path}?said=1")
    office = appointment.office
    start = appointment.start.astimezone(office.zone)
    context = appointment_context(appointment, items_of(appointment)) | {
        "said": appointment.late_minutes and appointment.expected_at.astimezone(office.zone),
        "is_news": "said" in request.GET,
        "choices": [
            (minutes, start + timedelta(minutes=minutes)) for minutes in minutes_to_choose(office)
        ],
        "keeps_place_until": start + timedelta(minutes=office.grace_minutes),
        "closes": check_in_closes(appointment).astimezone(office.zone),
        "refused": refused,
    }
    status = 409 if refused else 200
    return with_form(render(request, "citizen/late.html", context, status=status))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 4
