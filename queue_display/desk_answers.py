"""What the views of the desk share: who may see them, what they look up, how they answer."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django_htmx.http import HttpResponseClientRedirect

from booking.domain.errors import Refused
from booking.domain.permissions import offices_of
from booking.models import Counter, Office, Visit

from .desk_state import DeskState, desk_state

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


def office_of(request: HttpRequest, office_id: UUID) -> Office:
    """An office where the user works; others do not exist for them."""
    return get_object_or_404(offices_of(request.user).select_related("authority"), pk=office_id)


def counter_of(request: HttpRequest, counter_id: UUID) -> Counter:
    found = Counter.objects.filter(office__in=offices_of(request.user))
    return get_object_or_404(found.select_related("office__authority", "staff"), pk=counter_id)


def visit_of(request: HttpRequest, visit_id: UUID) -> Visit:
    found = Visit.objects.filter(office__in=offices_of(request.user))
    return get_object_or_404(found.select_related("office__authority"), pk=visit_id)


def attempt(request: HttpRequest, office: Office, action: Callable[[], str]) -> HttpResponse:
    """Do it and say what was done, or why not."""
    try:
        return answer(request, office, action())
    except Refused as refusal:
        return answer(request, office, refusal.message, messages.ERROR)


def answer(
    request: HttpRequest, office: Office, said: str, level: int = messages.SUCCESS
) -> HttpResponse:
    """The fragment for htmx, else the page. What worked shows by itself and is only spoken."""
    if not request.htmx:
        if level != messages.SUCCESS:
            messages.add_message(request, level, said)
        return redirect("desk_office", office.pk)
    kind = {messages.ERROR: "danger", messages.INFO: "info"}.get(level, "")
    return render_desk(request, "desk/_answer.html", office, {"said": said, "kind": kind})


def render_desk(
    request: HttpRequest, template: str, office: Office, more: dict[str, object] | None = None
) -> HttpResponse:
    """The office's state, with times in its own time zone."""
    state = desk_state(office, request.user)
    context = {"desk": state, "office": office, "authority": office.authority}
    context["lost"] = _lost_counter(state, request.GET.get("had", ""))
    with timezone.override(office.zone):
        return render(request, template, context | (more or {}))


def render_step(
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
