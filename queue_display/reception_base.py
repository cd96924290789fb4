"""What the pages of the front desk share: whose office it is, steps in a dialog, answers."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django_htmx.http import retarget

from booking.domain.permissions import AT_RECEPTION, offices_of
from booking.domain.reception import known_appointments, with_services
from booking.models import Appointment, Office, Visit

from .reception_state import room_of


def office_of(request: HttpRequest, office_id: UUID) -> Office:
    """An office where the user is at the front desk; others do not exist for them."""
    offices = offices_of(request.user, AT_RECEPTION).select_related("authority")
    return get_object_or_404(offices, pk=office_id)


def appointment_of(
    request: HttpRequest, appointment_id: UUID, *states: str, **facts: object
) -> Appointment:
    """An appointment of such an office, from today on, in one of the states."""
    offices = offices_of(request.user, AT_RECEPTION)
    office = get_object_or_404(offices, appointments=appointment_id)
    known = known_appointments(office).filter(state__in=states, **facts)
    return get_object_or_404(with_services(known), pk=appointment_id)


def visit_of(request: HttpRequest, visit_id: UUID) -> Visit:
    """A visit at such an office."""
    visits = Visit.objects.filter(office__in=offices_of(request.user, AT_RECEPTION))
    return get_object_or_404(visits.select_related("office__authority"), pk=visit_id)


def show(
    request: HttpRequest, template: str, office: Office, context: dict[str, object]
) -> HttpResponse:
    """Rendered with times in the office's own time zone."""
    with timezone.override(office.zone):
        return render(
            request, template, {"office": office, "authority": office.authority} | context
        )


def show_step(
    request: HttpRequest, part: str, office: Office, context: dict[str, object]
) -> HttpResponse:
    """A step of something: in the dialog, or as a page of its own."""
    context = context | {"part": f"reception/{part}.html"}
    if not request.htmx:
        return show(request, "reception/step.html", office, context)
    step = show(request, context["part"], office, context)
    # A form that would have changed the room stays open with what was wrong.
    return retarget(step, "#desk-step") if request.htmx.target == "desk" else step


def answer(
    request: HttpRequest,
    office: Office,
    said: str,
    level: int = messages.SUCCESS,
    number: str = "",
) -> HttpResponse:
    """The room as it is now, with what was done or why not; ``number`` is shown large."""
    if not request.htmx:
        messages.add_message(request, level, said)
        return redirect("reception_office", office.pk)
    context = {
        "desk": room_of(office, request.user),
        "said": said,
        "kind": "danger" if level == messages.ERROR else "success",
        "number": number,
    }
    return show(request, "reception/_answer.html", office, context)
