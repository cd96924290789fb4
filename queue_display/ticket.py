"""The visitor's own page, behind the QR code of ticket and confirmation. Nothing personal."""

from contextlib import suppress
from uuid import UUID

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from booking import clock
from booking.domain import visits
from booking.domain.actor import CITIZEN
from booking.domain.errors import WrongState
from booking.domain.links import ticket_link
from booking.models import Appointment, Office, Visit
from booking.wait_words import wait_text

from .snapshot import (
    EXPECTED,
    TicketState,
    appointments_of_ticket,
    ticket_state,
    visits_of_ticket,
)
from .wording import counter_name, is_name

# Of an appointment that was cancelled, and of anything that belongs to another day.
CANCELLED = "cancelled"
PAST = "past"
# States after which nothing more comes.
ENDED = {Visit.State.DONE, Visit.State.LEFT, CANCELLED, PAST}
# In these somebody may go home without taking a clerk by surprise.
MAY_LEAVE = {Visit.State.WAITING, Visit.State.PARKED}


@never_cache
@require_safe
def ticket(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    """How it stands with a visit, or with an appointment that has not checked in yet."""
    places = visits_of_ticket(ticket_id).select_related("office__authority", "counter")
    visit = places.first()
    context = _visit_context(visit) if visit else _appointment_context(ticket_id)
    office: Office = context["office"]
    return render(
        request,
        "ticket/ticket.html",
        {"authority": office.authority, "ticket_id": ticket_id, **context},
    )


def _visit_context(visit: Visit) -> dict[str, object]:
    state = ticket_state(visit)
    if visit.day < clock.today(visit.office.zone) and visit.state in Visit.OPEN:
        state = state._replace(state=PAST)
    return {
        "office": visit.office,
        "ticket": state,
        "wait": wait_text(state.wait, labelled=True),
        "counter": counter_name(state.counter),
        "counter_is_name": is_name(state.counter),
        "place": visit.counter.place if visit.counter else "",
        "day": visit.day,
        "live": state.state not in ENDED,
        "may_leave": state.state in MAY_LEAVE,
    }


def _appointment_context(ticket_id: UUID) -> dict[str, object]:
    appointments = appointments_of_ticket(ticket_id).select_related("office__authority")
    appointment = get_object_or_404(appointments)
    office = appointment.office
    start = appointment.start.astimezone(office.zone)
    state = EXPECTED
    if appointment.state == Appointment.State.CANCELLED:
        state = CANCELLED
    elif start.date() < clock.today(office.zone):
        state = PAST
    return {
        "office": office,
        "ticket": TicketState(office.pk, state),
        "start": start,
        "day": start.date(),
        "live": state == EXPECTED,
        "qr": segno.make(ticket_link(ticket_id), error="m").svg_data_uri(border=2, omitsize=True),
    }


@never_cache
@require_http_methods(["GET", "POST"])
def ticket_leave(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    """Going home: asked once more, so that nobody loses a place by touching a link."""
    places = visits_of_ticket(ticket_id).select_related("office__authority")
    visit = get_object_or_404(places)
    if request.method == "GET" and visit.state in MAY_LEAVE:
        context = {
            "authority": visit.office.authority,
            "ticket_id": ticket_id,
            "number": visit.number,
        }
        return render(request, "ticket/leave.html", context)
    if visit.state in MAY_LEAVE:
        with suppress(WrongState):  # ended meanwhile: the page says how
            visits.leave(visit.pk, actor=CITIZEN)
    return redirect("ticket", ticket_id)
