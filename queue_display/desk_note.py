"""A note about the person, for whoever serves them next."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import retarget

from booking.domain.errors import Refused
from booking.domain.notes import LONGEST, set_note

from .desk_answers import answer, for_staff, render_step, visit_of


@require_http_methods(["GET", "POST"])
@for_staff
def desk_note(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Write, change or remove the note; what was typed stays where it is refused."""
    visit = visit_of(request, visit_id)
    context = {"visit": visit, "office": visit.office, "note": visit.note, "longest": LONGEST}
    if request.method == "POST":
        note = request.POST.get("note", "")
        try:
            set_note(visit.pk, note=note)
        except Refused as refusal:
            context |= {"refusal": refusal.message, "note": note}
        else:
            said = _("The note about %(number)s is saved.") % {"number": visit.number}
            return answer(request, visit.office, said)
    response = render_step(request, "desk/_note.html", visit.office, context)
    return retarget(response, "#desk-step") if request.htmx else response
