"""The clerk or the front desk gives somebody who waits another priority."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from booking.domain import visits
from booking.domain.actor import Actor
from booking.domain.errors import Refused
from booking.models import Visit

from .desk_answers import answer, for_staff, render_step, visit_of


@require_http_methods(["GET", "POST"])
@for_staff
def desk_priority(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Choose a class of priority, and set it."""
    visit = visit_of(request, visit_id)
    if request.method == "GET":
        context = {"visit": visit, "office": visit.office, "classes": Visit.Priority.choices}
        return render_step(request, "desk/_priority.html", visit.office, context)
    return answer(request, visit.office, *set_chosen_priority(request, visit))


def set_chosen_priority(request: HttpRequest, visit: Visit) -> tuple[str, int]:
    """Set what the form says; the sentence of what was done or why not, and its level."""
    chosen = request.POST.get("priority", "")
    if chosen not in Visit.Priority.values:
        return _("Please choose a priority."), messages.ERROR
    priority = Visit.Priority(chosen)
    try:
        visits.set_priority(visit.pk, priority=priority, actor=Actor(staff=request.user))
    except Refused as refused:
        return refused.message, messages.ERROR
    facts = {"number": visit.number, "priority": priority.label}
    return _("%(number)s now has the priority: %(priority)s.") % facts, messages.SUCCESS
