"""One appointment at the front desk: see, move, cancel, print it, send its mail again."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from booking import clock
from booking.citizen.selection import parse_start
from booking.documents.confirmation_pdf import confirmation_pdf
from booking.domain.appointments import items_of
from booking.domain.cancelling import cancel_appointment
from booking.domain.errors import Refused
from booking.domain.links import ticket_link
from booking.domain.moving import move_appointment
from booking.domain.reception import correct_name, resend_confirmation
from booking.models import Appointment, Visit

from .desk_answers import for_staff
from .reception_base import answer, appointment_of, show_step
from .reception_booking import times_context
from .reception_wording import said_to_staff

BOOKED = Appointment.State.BOOKED


@require_GET
@for_staff
def reception_appointment(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Who, when, what for, and what can be done."""
    appointment = appointment_of(request, appointment_id, BOOKED)
    zone = appointment.office.zone
    context = {
        "appointment": appointment,
        "items": items_of(appointment),
        "is_today": appointment.start.astimezone(zone).date() == clock.today(zone),
        "classes": Visit.Priority.choices,
        "priority": Visit.Priority.NORMAL,
    }
    return show_step(request, "_appointment", appointment.office, context)


@require_http_methods(["GET", "POST"])
@for_staff
def reception_move(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Choose another time for the same services; the code stays."""
    appointment = appointment_of(request, appointment_id, BOOKED)
    refusal = ""
    start = parse_start(request.POST.get("start"))
    if start is not None:
        try:
            moved = move_appointment(appointment.pk, start=start, by_staff=True)
        except Refused as refused:
            refusal = said_to_staff(refused)
        else:
            return redirect(f"{reverse('reception_booked', args=[moved.pk])}?moved")
    items = items_of(appointment)
    context = {"appointment": appointment, "refusal": refusal}
    context |= times_context(request, appointment.office, items)
    return show_step(request, "_move", appointment.office, context)


@require_http_methods(["GET", "POST"])
@for_staff
def reception_name(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Correct the name; nobody but the office can, so that no appointment is passed on."""
    appointment = appointment_of(request, appointment_id, BOOKED)
    refusal, typed = "", request.POST.get("name", appointment.name)
    if request.method == "POST":
        try:
            named = correct_name(appointment.pk, name=typed)
        except Refused as refused:
            refusal = said_to_staff(refused)
        else:
            said = _("The name is now %(name)s.") % {"name": named.name}
            return answer(request, appointment.office, said)
    context = {"appointment": appointment, "typed": typed, "refusal": refusal}
    return show_step(request, "_name", appointment.office, context)


@require_http_methods(["GET", "POST"])
@for_staff
def reception_cancel(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Ask once, then cancel."""
    appointment = appointment_of(request, appointment_id, BOOKED)
    if request.method == "GET":
        return show_step(request, "_cancel", appointment.office, {"appointment": appointment})
    office, start = appointment.office, appointment.start.astimezone(appointment.office.zone)
    said = _("Cancelled: %(name)s, %(day)s at %(time)s.") % {
        "name": appointment.name,
        "day": f"{start:%d.%m.%Y}",
        "time": f"{start:%H:%M}",
    }
    try:
        cancel_appointment(appointment.pk)
    except Refused as refused:
        return answer(request, office, said_to_staff(refused), messages.ERROR)
    return answer(request, office, said)


@require_POST
@for_staff
def reception_resend(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """The confirmation goes to the citizen's address once more."""
    appointment = appointment_of(request, appointment_id, BOOKED)
    try:
        resend_confirmation(appointment.pk)
    except Refused as refused:
        return answer(request, appointment.office, said_to_staff(refused), messages.ERROR)
    said = _("The confirmation is sent to %(email)s.") % {"email": appointment.email}
    return answer(request, appointment.office, said)


@require_GET
@for_staff
def reception_confirmation(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """The confirmation to print, in the citizen's language."""
    appointment = appointment_of(request, appointment_id, BOOKED)
    with translation.override(appointment.language):
        pdf = confirmation_pdf(
            appointment, list(appointment.items.all()), link=ticket_link(appointment.pk)
        )
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": 'inline; filename="termin.pdf"'},
    )
