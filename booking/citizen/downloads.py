"""The booking to take along: as a calendar entry and on paper."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from booking.documents.calendar import appointment_calendar
from booking.documents.confirmation_pdf import confirmation_pdf as make_pdf
from booking.domain.links import ticket_link
from booking.models import Appointment, AppointmentItem

from .secret import secret_page


@require_safe
@secret_page
def appointment_ics(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """The calendar entry; it has no attendee, so that no calendar writes to anybody."""
    _require_booked(appointment)
    entry = appointment_calendar(
        appointment, _rows(appointment), method="PUBLISH", sequence=appointment.sequence
    )
    return HttpResponse(
        entry,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="termin.ics"'},
    )


@require_safe
@secret_page
def confirmation_pdf(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """The confirmation as a page to print."""
    _require_booked(appointment)
    pdf = make_pdf(appointment, _rows(appointment), link=ticket_link(appointment.pk))
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": 'inline; filename="termin.pdf"'},
    )


def _rows(appointment: Appointment) -> list[AppointmentItem]:
    return list(appointment.items.select_related("offering__service"))


def _require_booked(appointment: Appointment) -> None:
    if appointment.state != Appointment.State.BOOKED or appointment.blanked_at:
        raise Http404
