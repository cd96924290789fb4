"""The clerk's desk: pages and actions. Names of citizens appear here and nowhere else.

Every action is a form that works by itself; with htmx it answers the fragment of the page
that shows the queue. A refusal is said in words beside the queue as it is now.
"""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect, retarget

from booking.domain import counters, visits
from booking.domain.actor import Actor
from booking.domain.errors import Refused
from booking.domain.permissions import AT_RECEPTION, offices_of
from booking.models import Counter, Office, Visit

from .desk_actions import VISIT_ACTIONS
from .desk_state import DeskState, desk_state
from .desk_transfer import chosen_target, transfer_targets
from .wording import counter_name

View = Callable[..., HttpResponse]


def for_staff(view: View) -> View:
    """Only with a login; afterwards one comes back to a page, never to a form's address."""

    @wraps(view)
    @never_cache
    def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        is_page = request.method == "GET" and not request.htmx
        login = redirect_to_login(request.get_full_path() if is_page else reverse("desk")).url
        return HttpResponseClientRedirect(login) if request.htmx else HttpResponseRedirect(login)

    return checked


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
    office = _office(request, office_id)
    more = {
        "has_other_offices": offices_of(request.user).exclude(pk=office.pk).exists(),
        "has_front_desk": offices_of(request.user, AT_RECEPTION).filter(pk=office.pk).exists(),
    }
    return _render(request, "desk/office.html", office, more)


@require_GET
@for_staff
def desk_queue(request: HttpRequest, office_id: UUID) -> HttpResponse:
    """What of the desk changes: fetched when the socket says so."""
    return _render(request, "desk/_desk.html", _office(request, office_id))


# The counter -----------------------------------------------------------------------


@require_POST
@for_staff
def desk_open(request: HttpRequest, counter_id: UUID) -> HttpResponse:
    """Take a counter; a colleague's only with ``take_over``."""
    counter = _counter(request, counter_id)

    def take() -> str:
        take_over = "take_over" in request.POST
        counters.open_counter(counter.pk, staff=request.user, take_over=take_over)
        return _("Yours now: %(counter)s.") % {"counter": counter_name(counter.label)}

    return _attempt(request, counter.office, take)


@require_GET
@for_staff
def desk_take_over(request: HttpRequest, counter_id: UUID) -> HttpResponse:
    """Ask before a colleague's counter is taken over."""
    counter = _counter(request, counter_id)
    present = Visit.objects.filter(counter=counter).first()
    context = {"counter": counter, "present": present, "office": counter.office}
    return _render_step(request, "desk/_take_over.html", counter.office, context)


@require_POST
@for_staff
def desk_close(request: HttpRequest, counter_id: UUID) -> HttpResponse:
    """Leave the counter."""
    counter = _counter(request, counter_id)

    def leave() -> str:
        counters.close_counter(counter.pk, staff=request.user)
        return _("Closed: %(counter)s.") % {"counter": counter_name(counter.label)}

    return _attempt(request, counter.office, leave)


@require_POST
@for_staff
def desk_pause(request: HttpRequest, counter_id: UUID) -> HttpResponse:
    """Begin a pause (``paused=1``) or end it."""
    counter = _counter(request, counter_id)
    paused = request.POST.get("paused") == "1"

    def pause() -> str:
        counters.pause_counter(counter.pk, staff=request.user, paused=paused)
        return _("Your counter is paused.") if paused else _("Your counter is open again.")

    return _attempt(request, counter.office, pause)


@require_POST
@for_staff
def desk_next(request: HttpRequest, counter_id: UUID) -> HttpResponse:
    """Finish whoever is being served, and call the next person."""
    counter = _counter(request, counter_id)

    def call_next() -> str:
        visit = visits.finish_and_call_next(counter.pk, staff=request.user)
        return _called(visit) if visit else _("Nobody is waiting whom you could serve.")

    return _attempt(request, counter.office, call_next)


@require_POST
@for_staff
def desk_call(request: HttpRequest, counter_id: UUID, visit_id: UUID) -> HttpResponse:
    """Call a chosen person."""
    counter = _counter(request, counter_id)
    visit = _visit(request, visit_id)

    def call() -> str:
        return _called(visits.call_visit(visit.pk, counter.pk, staff=request.user))

    return _attempt(request, counter.office, call)


# The person ------------------------------------------------------------------------


@require_POST
@for_staff
def desk_visit(request: HttpRequest, visit_id: UUID, action: str) -> HttpResponse:
    """One of ``VISIT_ACTIONS``, with one's own person or one from the lists."""
    visit = _visit(request, visit_id)
    if action not in VISIT_ACTIONS:
        raise Http404
    chosen = VISIT_ACTIONS[action]

    def change() -> str:
        with transaction.atomic():
            visits.require_in_hand(visit.pk, staff=request.user)
            chosen.change(visit.pk, actor=Actor(staff=request.user))
        return chosen.done % {"number": visit.number}

    return _attempt(request, visit.office, change)


@require_http_methods(["GET", "POST"])
@for_staff
def desk_transfer(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Choose where to send somebody on to, and do it."""
    visit = _visit(request, visit_id)
    groups = transfer_targets(visit)
    context = {"visit": visit, "groups": groups, "office": visit.office}
    if request.method == "POST":
        try:
            with transaction.atomic():
                visits.require_in_hand(visit.pk, staff=request.user)
                office, items = chosen_target(groups, request.POST)
                sent = visits.transfer(
                    visit.pk, actor=Actor(staff=request.user), office=office, items=items
                )
        except Refused as refusal:
            context |= {"refusal": refusal.message, "chosen": request.POST}
        else:
            return _answer(request, visit.office, transferred(visit, sent), messages.INFO)
    response = _render_step(request, "desk/_transfer.html", visit.office, context)
    return retarget(response, "#desk-step") if request.htmx else response


def transferred(before: Visit, after: Visit) -> str:
    facts = {"number": before.number, "office": after.office.name, "new": after.number}
    if after.number != before.number:
        return _("%(number)s now waits at %(office)s under the new number %(new)s.") % facts
    return _("%(number)s now waits at %(office)s.") % facts


def _called(visit: Visit) -> str:
    return _("%(number)s was called.") % {"number": visit.number}


# What the views share --------------------------------------------------------------


def _office(request: HttpRequest, office_id: UUID) -> Office:
    """An office where the user works; others do not exist for them."""
    return get_object_or_404(offices_of(request.user).select_related("authority"), pk=office_id)


def _counter(request: HttpRequest, counter_id: UUID) -> Counter:
    found = Counter.objects.filter(office__in=offices_of(request.user))
    return get_object_or_404(found.select_related("office__authority", "staff"), pk=counter_id)


def _visit(request: HttpRequest, visit_id: UUID) -> Visit:
    found = Visit.objects.filter(office__in=offices_of(request.user))
    return get_object_or_404(found.select_related("office__authority"), pk=visit_id)


def _attempt(request: HttpRequest, office: Office, action: Callable[[], str]) -> HttpResponse:
    """Do it and say what was done, or why not."""
    try:
        return _answer(request, office, action())
    except Refused as refusal:
        return _answer(request, office, refusal.message, messages.ERROR)


def _answer(
    request: HttpRequest, office: Office, said: str, level: int = messages.SUCCESS
) -> HttpResponse:
    """The fragment for htmx, else the page. What worked shows by itself and is only spoken."""
    if not request.htmx:
        if level != messages.SUCCESS:
            messages.add_message(request, level, said)
        return redirect("desk_office", office.pk)
    kind = {messages.ERROR: "danger", messages.INFO: "info"}.get(level, "")
    return _render(request, "desk/_answer.html", office, {"said": said, "kind": kind})


def _render(
    request: HttpRequest, template: str, office: Office, more: dict[str, object] | None = None
) -> HttpResponse:
    """The office's state, with times in its own time zone."""
    state = desk_state(office, request.user)
    context = {"desk": state, "office": office, "authority": office.authority}
    context["lost"] = _lost_counter(state, request.GET.get("had", ""))
    with timezone.override(office.zone):
        return render(request, template, context | (more or {}))


def _render_step(
    request: HttpRequest, part: str, office: Office, context: dict[str, object]
) -> HttpResponse:
    """A step before an action: in a dialog, or as a page of its own."""
    template = part if request.htmx else "desk/step.html"
    return render(request, template, context | {"part": part, "authority": office.authority})


def _lost_counter(state: DeskState, had: str) -> Counter | None:
    """The counter the page still showed as one's own although a colleague has taken it over."""
    if state.mine is not None:
        return None
    counters_here = [line.counter for line in state.counters if line.counter.staff_id]
    return next((counter for counter in counters_here if str(counter.pk) == had), None)
