"""The clerk's desk: pages and actions. Names of citizens appear here and nowhere else.

Every action is a form that works by itself; with htmx it answers the fragment of the page
that shows the queue. A refusal is said in words beside the queue as it is now.
"""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import retarget

from booking.domain import counters, visits
from booking.domain.actor import Actor
from booking.domain.errors import Refused
from booking.domain.permissions import AT_RECEPTION, offices_of
from booking.domain.undo import undo
from booking.models import Counter, Visit

from .desk_actions import PASSED_ON, VISIT_ACTIONS
from .desk_answers import (
    answer,
    attempt,
    counter_of,
    for_staff,
    office_of,
    render_desk,
    render_step,
    visit_of,
)
from .desk_transfer import send_on, transfer_targets
from .wording import counter_name

State = Visit.State

# Pages -----------------------------------------------------------------------------


@require_GET
@for_staff
def desk(request: HttpRequest) -> HttpResponse:
    """To the office of one's counter, or to the only office, or a choice (always with ``all``)."""
    offices = offices_of(request.user).select_related("authority")
    seat = offices.filter(counters__staff=request.user).first()
    choice = list(offices)
    if "all" not in request.GET and (seat or len(choice) == 1):
        return redirect("desk_office", (seat or choice[0]).pk)
    return render(request, "desk/choose_office.html", {"offices": choice})


@require_GET
@for_staff
def desk_office(request: HttpRequest, office_id: UUID) -> HttpResponse:
    """The desk: the queue, and a choice of counters where one has none."""
    office = office_of(request, office_id)
    more = {
        "has_other_offices": offices_of(request.user).exclude(pk=office.pk).exists(),
        "has_front_desk": offices_of(request.user, AT_RECEPTION).filter(pk=office.pk).exists(),
    }
    return render_desk(request, "desk/office.html", office, more)


@require_GET
@for_staff
def desk_queue(request: HttpRequest, office_id: UUID) -> HttpResponse:
    """What of the desk changes: fetched when the socket says so."""
    return render_desk(request, "desk/_desk.html", office_of(request, office_id))


# The counter -----------------------------------------------------------------------


@require_POST
@for_staff
def desk_open(request: HttpRequest, counter_id: UUID) -> HttpResponse:
    """Take a counter; a colleague's only with ``take_over``."""
    counter = counter_of(request, counter_id)

    def take() -> str:
        take_over = "take_over" in request.POST
        counters.open_counter(counter.pk, staff=request.user, take_over=take_over)
        return _("Yours now: %(counter)s.") % {"counter": counter_name(counter.label)}

    return attempt(request, counter.office, take)


@require_GET
@for_staff
def desk_take_over(request: HttpRequest, counter_id: UUID) -> HttpResponse:
    """Ask before a colleague's counter is taken over."""
    counter = counter_of(request, counter_id)
    present = Visit.objects.filter(counter=counter).first()
    context = {"counter": counter, "present": present, "office": counter.office}
    return render_step(request, "desk/_take_over.html", counter.office, context)


@require_POST
@for_staff
def desk_close(request: HttpRequest, counter_id: UUID) -> HttpResponse:
    """Leave the counter."""
    counter = counter_of(request, counter_id)

    def leave() -> str:
        counters.close_counter(counter.pk, staff=request.user)
        return _("Closed: %(counter)s.") % {"counter": counter_name(counter.label)}

    return attempt(request, counter.office, leave)


@require_http_methods(["GET", "POST"])
@for_staff
def desk_pause(request: HttpRequest, counter_id: UUID) -> HttpResponse:
    """Say why one pauses; begin a pause (``paused=1``) or end it."""
    counter = counter_of(request, counter_id)
    if request.method == "GET":
        reasons = Counter.PauseReason.choices
        context = {"counter": counter, "office": counter.office, "reasons": reasons}
        return render_step(request, "desk/_pause.html", counter.office, context)
    paused = request.POST.get("paused") == "1"
    said = request.POST.get("reason", "")
    reason = said if said in Counter.PauseReason.values else ""

    def pause() -> str:
        counters.pause_counter(counter.pk, staff=request.user, paused=paused, reason=reason)
        return _("Your counter is paused.") if paused else _("Your counter is open again.")

    return attempt(request, counter.office, pause)


@require_POST
@for_staff
def desk_next(request: HttpRequest, counter_id: UUID) -> HttpResponse:
    """Finish whoever is being served, and call the next person."""
    counter = counter_of(request, counter_id)

    def call_next() -> str:
        visit = visits.finish_and_call_next(counter.pk, staff=request.user)
        return _called(visit) if visit else _("Nobody is waiting whom you could serve.")

    return attempt(request, counter.office, call_next)


@require_POST
@for_staff
def desk_call(request: HttpRequest, counter_id: UUID, visit_id: UUID) -> HttpResponse:
    """Call a chosen person."""
    counter = counter_of(request, counter_id)
    visit = visit_of(request, visit_id)

    def call() -> str:
        return _called(visits.call_visit(visit.pk, counter.pk, staff=request.user))

    return attempt(request, counter.office, call)


# The person ------------------------------------------------------------------------


@require_POST
@for_staff
def desk_visit(request: HttpRequest, visit_id: UUID, action: str) -> HttpResponse:
    """One of ``VISIT_ACTIONS``, with one's own person or one from the lists."""
    visit = visit_of(request, visit_id)
    if action not in VISIT_ACTIONS:
        raise Http404
    chosen = VISIT_ACTIONS[action]

    def change() -> str:
        with transaction.atomic():
            visits.require_in_hand(visit.pk, staff=request.user)
            changed = chosen.change(visit.pk, actor=Actor(staff=request.user))
        done = PASSED_ON if action == "finish" and changed.state == State.WAITING else chosen.done
        return done % {"number": visit.number}

    return attempt(request, visit.office, change)


@require_http_methods(["GET", "POST"])
@for_staff
def desk_transfer(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Choose where to send somebody on to, and do it."""
    visit = visit_of(request, visit_id)
    groups = transfer_targets(visit)
    context = {"visit": visit, "groups": groups, "office": visit.office}
    if request.method == "POST":
        try:
            sent = send_on(visit, groups, request.POST, staff=request.user)
        except Refused as refusal:
            context |= {"refusal": refusal.message, "chosen": request.POST}
        else:
            return answer(request, visit.office, transferred(visit, sent), messages.INFO)
    response = render_step(request, "desk/_transfer.html", visit.office, context)
    return retarget(response, "#desk-step") if request.htmx else response


@require_POST
@for_staff
def desk_item_done(request: HttpRequest, visit_id: UUID, offering_id: UUID) -> HttpResponse:
    """One of the person's services is done."""
    visit = visit_of(request, visit_id)
    get_object_or_404(visit.items, offering=offering_id)

    def finish() -> str:
        with transaction.atomic():
            visits.require_in_hand(visit.pk, staff=request.user)
            visits.finish_item(visit.pk, offering_id, actor=Actor(staff=request.user))
        return _("One service of %(number)s is done.") % {"number": visit.number}

    return attempt(request, visit.office, finish)


@require_POST
@for_staff
def desk_undo(request: HttpRequest, office_id: UUID) -> HttpResponse:
    """Take back what one did last."""

    def take_back() -> str:
        numbers = ", ".join(visit.number for visit in undo(staff=request.user))
        return _("Undone: %(numbers)s") % {"numbers": numbers}

    return attempt(request, office_of(request, office_id), take_back)


def transferred(before: Visit, after: Visit) -> str:
    facts = {"number": before.number, "office": after.office.name, "new": after.number}
    if after.number != before.number:
        return _("%(number)s now waits at %(office)s under the new number %(new)s.") % facts
    return _("%(number)s now waits at %(office)s.") % facts


def _called(visit: Visit) -> str:
    return _("%(number)s was called.") % {"number": visit.number}
