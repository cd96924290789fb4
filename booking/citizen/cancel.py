"""Cancelling: a page that asks, and the answer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from booking.domain.appointments import items_of
from booking.domain.cancelling import cancel_appointment
from booking.domain.errors import Refused
from booking.models import Appointment

from .context import appointment_context
from .secret import secret_page, to_appointment, with_form


@require_http_methods(["GET", "HEAD", "POST"])
@secret_page
def cancel(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """Ask, then cancel. What is cancelled or has lapsed already goes to its own page."""
    if not appointment.is_live:
        return to_appointment(appointment)
    refused = None
    if request.method == "POST":
        try:
            return to_appointment(cancel_appointment(appointment.pk))
        except Refused as error:
            refused = error
    context = appointment_context(appointment, items_of(appointment)) | {"refused": refused}
    status = 409 if refused else 200
    return with_form(render(request, "citizen/cancel.html", context, status=status))
