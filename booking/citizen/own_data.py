"""Downloading and deleting what is kept, by the own link."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from booking.domain.appointments import items_of
from booking.domain.errors import Refused
from booking.domain.own_data import export, forget_now
from booking.models import Appointment

from .context import appointment_context
from .move import may_change
from .secret import secret_page, to_appointment, with_form


@require_safe
@secret_page
def own_data(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """All that is kept with this appointment, as JSON."""
    return JsonResponse(
        export(appointment),
        json_dumps_params={"indent": 2, "ensure_ascii": False},
        headers={"Content-Disposition": 'attachment; filename="meine-daten.json"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@secret_page
def delete(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """Ask, then delete; what is still to come is cancelled with it."""
    if appointment.blanked_at is not None:
        return to_appointment(appointment)
    refused = None
    if request.method == "POST":
        try:
            return to_appointment(forget_now(appointment.pk), "?deleted=1")
        except Refused as error:
            refused = error
    context = appointment_context(appointment, items_of(appointment))
    context |= {"refused": refused, "is_to_come": may_change(appointment)}
    status = 409 if refused else 200
    return with_form(render(request, "citizen/delete.html", context, status=status))
