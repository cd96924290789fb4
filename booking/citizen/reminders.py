"""Which reminders somebody wants: by mail, by SMS, or none."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from booking.domain.appointments import items_of
from booking.domain.errors import AppointmentEnded, DetailsInvalid
from booking.domain.reminders import choose_reminders, offers_sms
from booking.models import Appointment

from .context import appointment_context
from .move import may_change
from .secret import secret_page, to_appointment, with_form


@require_http_methods(["GET", "HEAD", "POST"])
@secret_page
def reminders(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """Two boxes to tick; for an SMS the number it goes to."""
    if not may_change(appointment):
        return to_appointment(appointment)
    chosen = {
        "mail": appointment.reminders,
        "sms": appointment.sms_reminders,
        "phone": appointment.phone,
    }
    wrong = ""
    if request.method == "POST":
        chosen = {
            "mail": "mail" in request.POST,
            "sms": "sms" in request.POST,
            "phone": request.POST.get("phone", "")[:40],
        }
        try:
            choose_reminders(appointment.pk, **chosen)
        except AppointmentEnded:  # cancelled in another tab
            return to_appointment(appointment)
        except DetailsInvalid as refused:
            wrong = refused.fields["phone"]
        else:
            return redirect(f"{request.path}?saved=1")
    context = appointment_context(appointment, items_of(appointment))
    context |= chosen | {
        "offers_sms": offers_sms(appointment.office),
        "wrong": wrong,
        "saved": "saved" in request.GET,
    }
    status = 422 if wrong else 200
    return with_form(render(request, "citizen/reminders.html", context, status=status))
