"""Tickets at the front desk: for a walk-in, on to another office, and no more at the kiosk."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from booking.domain import arrivals, kiosk_closing
from booking.domain.actor import Actor
from booking.domain.errors import Refused
from booking.models import Visit

from .desk import transferred
from .desk_answers import for_staff
from .desk_priority import set_chosen_priority
from .desk_transfer import send_on, transfer_targets
from .reception_base import answer, office_of, show_step, visit_of
from .reception_choice import choice_rows, chosen_items, chosen_priority, key_of, new_key


@require_http_methods(["GET", "POST"])
@for_staff
def reception_ticket(request: HttpRequest, office_id: UUID) -> HttpResponse:
    """A ticket for somebody without an appointment, also when the kiosk gives none."""
    office = office_of(request, office_id)
    refusal = ""
    if request.method == "POST":
        try:
            visit = arrivals.draw_ticket(
                office=office,
                items=chosen_items(office, request.POST),
                actor=Actor(staff=request.user),
                idempotency_key=key_of(request),
                priority=chosen_priority(request.POST),
                at_reception=True,
            )
        except Refused as refused:
            refusal = refused.message
        else:
            said = _("%(number)s is waiting now.") % {"number": visit.number}
            return answer(request, office, said, number=visit.number)
    context = {
        "refusal": refusal,
        "key": new_key(),
        "classes": Visit.Priority.choices,
        "priority": chosen_priority(request.POST),
        **choice_rows(office, request.POST),
    }
    return show_step(request, "_ticket", office, context)


@require_http_methods(["GET", "POST"])
@for_staff
def reception_priority(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Give somebody who waits another priority, and with it another place."""
    visit = visit_of(request, visit_id)
    if request.method == "GET":
        context = {"visit": visit, "classes": Visit.Priority.choices}
        return show_step(request, "_priority", visit.office, context)
    return answer(request, visit.office, *set_chosen_priority(request, visit))


@require_http_methods(["GET", "POST"])
@for_staff
def reception_kiosk(request: HttpRequest, office_id: UUID) -> HttpResponse:
    """No more tickets today (``closed=1``), or tickets again."""
    office = office_of(request, office_id)
    if request.method == "GET":
        context = {"closed": kiosk_closing.is_kiosk_closed(office)}
        return show_step(request, "_kiosk", office, context)
    if request.POST.get("closed") == "1":
        kiosk_closing.close_kiosk(office)
        return answer(request, office, _("The kiosk issues no more tickets today."))
    kiosk_closing.reopen_kiosk(office)
    return answer(request, office, _("The kiosk issues tickets again."))


@require_http_methods(["GET", "POST"])
@for_staff
def reception_transfer(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Send somebody on to another office, or for another service, with the same number."""
    visit = visit_of(request, visit_id)
    groups = transfer_targets(visit)
    context = {"visit": visit, "groups": groups, "chosen": request.POST}
    if request.method == "POST":
        try:
            sent = send_on(visit, groups, request.POST, staff=request.user)
        except Refused as refused:
            context["refusal"] = refused.message
        else:
            said = transferred(visit, sent)
            return answer(request, visit.office, said, messages.INFO)
    return show_step(request, "_transfer", visit.office, context)
