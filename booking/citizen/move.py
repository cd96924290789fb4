"""Another time for the same services: choose, be asked once, done."""

from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from booking import clock
from booking.domain.appointments import items_of
from booking.domain.availability import free_starts, nearest_starts
from booking.domain.errors import OutsideHours, Refused, SlotTaken
from booking.domain.items import Item
from booking.domain.moving import move_appointment
from booking.models import Appointment

from .context import appointment_context
from .free_days import free_days
from .secret import secret_page, to_appointment, with_form
from .selection import parse_start


@require_http_methods(["GET", "HEAD", "POST"])
@secret_page
def move(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """The free times; with ``start`` the question; sent, the appointment at its new time.

    What cannot be moved any more goes to its own page.
    """
    if not may_change(appointment):
        return to_appointment(appointment)
    items = items_of(appointment)
    if request.method == "POST":
        return _moved(request, appointment, items)
    start = parse_start(request.GET.get("start"))
    if start is None or start == appointment.start:
        return _times(request, appointment, items)
    if not _is_free(appointment, items, start):
        return _taken(request, appointment, items, start)
    context = appointment_context(appointment, items) | {"wanted": _local(appointment, start)}
    return with_form(render(request, "citizen/move_ask.html", context))


def may_change(appointment: Appointment) -> bool:
    """Whether the citizen can still move or cancel the booking."""
    return (
        appointment.state == Appointment.State.BOOKED
        and appointment.start > clock.now()
        and not hasattr(appointment, "visit")
    )


def _moved(request: HttpRequest, appointment: Appointment, items: list[Item]) -> HttpResponse:
    start = parse_start(request.POST.get("start"))
    if start is None:
        return _times(request, appointment, items)
    try:
        moved = move_appointment(appointment.pk, start=start)
    except (SlotTaken, OutsideHours):
        return _taken(request, appointment, items, start)
    except Refused as refused:
        return _times(request, appointment, items, status=409, refused=refused)
    return to_appointment(moved, "?moved=1")


def _taken(
    request: HttpRequest, appointment: Appointment, items: list[Item], start: datetime
) -> HttpResponse:
    """The time is gone, the appointment is where it was: the nearest others, and all."""
    others = nearest_starts(appointment.office, items, start)
    return _times(
        request,
        appointment,
        items,
        status=409,
        taken=_local(appointment, start),
        alternatives=[one for one in others if one != appointment.start],
    )


def _times(
    request: HttpRequest,
    appointment: Appointment,
    items: list[Item],
    *,
    status: int = 200,
    **more: object,
) -> HttpResponse:
    context = {
        **appointment_context(appointment, items),
        **free_days(appointment.office, items, _parse_day(request.GET.get("from"))),
        "online": all(item.offering.online for item in items),
        **more,
    }
    return with_form(render(request, "citizen/move.html", context, status=status))


def _is_free(appointment: Appointment, items: list[Item], start: datetime) -> bool:
    day = _local(appointment, start).date()
    return start in free_starts(appointment.office, items, first_day=day, days=1).get(day, ())


def _local(appointment: Appointment, moment: datetime) -> datetime:
    return moment.astimezone(appointment.office.zone)


def _parse_day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
