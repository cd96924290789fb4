"""The link in the mail that asks whether the address is right: a page with one button.

Not the link alone: programs that look through mails for their owners follow every link.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from booking.domain.appointments import items_of
from booking.domain.confirming import confirm_from_mail
from booking.domain.errors import AppointmentEnded, LimitReached, SlotTaken
from booking.models import Appointment
from booking.security import is_mail_answer

from .context import appointment_context
from .flow import forget_flow
from .limit import limit_page
from .secret import secret_page, to_appointment, with_form


@require_http_methods(["GET", "HEAD", "POST"])
@secret_page
def answer(request: HttpRequest, appointment: Appointment, answer: str) -> HttpResponse:
    """Book what waits for this mail. A mail to a former address leads nowhere."""
    if not appointment.email or not is_mail_answer(appointment.pk, appointment.email, answer):
        raise Http404
    if appointment.state not in (Appointment.State.HELD, Appointment.State.EXPIRED):
        return to_appointment(appointment)
    if request.method != "POST":
        shown = appointment_context(appointment, items_of(appointment))
        return with_form(render(request, "citizen/answer.html", shown))
    try:
        booked = confirm_from_mail(appointment.pk, answer=answer)
    except LimitReached as reached:
        return with_form(limit_page(request, appointment.office, reached))
    except (AppointmentEnded, SlotTaken):  # its own page says so, and offers other times
        return to_appointment(appointment)
    response = to_appointment(booked)
    forget_flow(request, response, booked)
    return response
