"""The front desk: one page to find an appointment, check in, and see the room.

What is done from it stands in ``reception_ticket``, ``reception_booking`` and
``reception_appointment``. What is looked for is sent as a form: a name belongs in no address.
"""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from booking.domain import arrivals
from booking.domain.actor import Actor
from booking.domain.errors import Refused
from booking.domain.permissions import AT_RECEPTION, offices_of

from .desk_answers import for_staff
from .reception_base import answer, office_of, show
from .reception_choice import chosen_priority
from .reception_state import found_rows, room_of
from .reception_wording import said_to_staff

# Longer than any name, and than any address a QR code of ours holds.
LONGEST_TYPED = 300


@require_GET
@for_staff
def reception(request: HttpRequest) -> HttpResponse:
    """To the only office where one is at the front desk, or a choice (always with ``all``)."""
    offices = list(offices_of(request.user, AT_RECEPTION).select_related("authority"))
    if "all" not in request.GET and len(offices) == 1:
        return redirect("reception_office", offices[0].pk)
    return render(request, "reception/choose_office.html", {"offices": offices})


@require_GET
@for_staff
def reception_office(request: HttpRequest, office_id: UUID) -> HttpResponse:
    """The page, with today's appointments that are still to come."""
    return _page(request, office_id, typed="")


@require_POST
@for_staff
def reception_search(request: HttpRequest, office_id: UUID) -> HttpResponse:
    """The appointments that fit what was typed so far."""
    typed = request.POST.get("typed", "")[:LONGEST_TYPED]
    if not request.htmx:
        return _page(request, office_id, typed=typed)
    office = office_of(request, office_id)
    return show(request, "reception/_found.html", office, found_rows(office, typed))


def _page(request: HttpRequest, office_id: UUID, *, typed: str) -> HttpResponse:
    office = office_of(request, office_id)
    others = offices_of(request.user, AT_RECEPTION).exclude(pk=office.pk)
    context = {
        "desk": room_of(office, request.user),
        "has_other_offices": others.exists(),
        **found_rows(office, typed),
    }
    return show(request, "reception/office.html", office, context)


@require_GET
@for_staff
def reception_room(request: HttpRequest, office_id: UUID) -> HttpResponse:
    """Queue, counters and kiosk: fetched when the socket says that they have changed."""
    office = office_of(request, office_id)
    return show(request, "reception/_room.html", office, {"desk": room_of(office, request.user)})


@require_POST
@for_staff
def reception_check_in(request: HttpRequest, office_id: UUID) -> HttpResponse:
    """Check somebody in, by the row of the list, the code or the scanned QR code."""
    office = office_of(request, office_id)
    code = request.POST.get("code", "")[:LONGEST_TYPED]
    try:
        visit = arrivals.check_in(
            office=office,
            code=code,
            actor=Actor(staff=request.user),
            priority=chosen_priority(request.POST),
        )
    except Refused as refused:
        return answer(request, office, said_to_staff(refused), messages.ERROR)
    said = _("%(name)s is checked in as %(number)s.") % {
        "name": visit.appointment.name,
        "number": visit.number,
    }
    return answer(request, office, said, number=visit.number)
