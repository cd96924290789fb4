"""Booking for somebody on the phone: services and a time, the name, the code to read aloud.

The chosen time is held while the name is asked for, so that nobody else gets it meanwhile.
"""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from booking.citizen.selection import parse_start
from booking.domain.appointments import items_of
from booking.domain.cancelling import cancel_appointment
from booking.domain.confirming import confirm_appointment
from booking.domain.errors import AppointmentEnded, Refused, SlotTaken
from booking.domain.holding import hold_appointment
from booking.domain.items import Item
from booking.models import Appointment, Office

from .desk_answers import for_staff
from .reception_base import appointment_of, office_of, show_step
from .reception_choice import (
    CallerForm,
    choice_rows,
    chosen_items,
    first_day,
    key_of,
    new_key,
)
from .reception_state import DAYS_SHOWN, free_times_from

Found = dict[str, object]
OPEN = (Appointment.State.HELD, Appointment.State.EXPIRED)


@require_GET
@for_staff
def reception_times(request: HttpRequest, office_id: UUID) -> HttpResponse:
    """The services, and the times that are free for them from a day on."""
    office = office_of(request, office_id)
    return _show_times(request, office)


def _show_times(request: HttpRequest, office: Office, refusal: str = "") -> HttpResponse:
    form = request.GET or request.POST
    choice = choice_rows(office, form)
    try:
        items = chosen_items(office, form) if form else _first(choice)
        times = times_context(request, office, items)
    except Refused as refused:
        times, refusal = {}, refusal or refused.message
    return show_step(request, "_times", office, choice | times | {"refusal": refusal})


def _first(choice: Found) -> list[Item]:
    return [Item(offering, 1) for offering in choice["offerings"][:1]]


def times_context(request: HttpRequest, office: Office, items: list[Item]) -> Found:
    """The free times from the day that is asked for, and the way to later and earlier ones."""
    form = request.GET or request.POST
    day = first_day(office, form)
    days = free_times_from(office, items, day) if items else []
    return {
        "days": days[:DAYS_SHOWN],
        "later": days[DAYS_SHOWN][0] if len(days) > DAYS_SHOWN else None,
        "day": day,
        "key": new_key(),
        "items": items,
    }


@require_POST
@for_staff
def reception_hold(request: HttpRequest, office_id: UUID) -> HttpResponse:
    """Hold the chosen time and ask for the name."""
    office = office_of(request, office_id)
    start = parse_start(request.POST.get("start"))
    if start is None:
        return _show_times(request, office)
    try:
        appointment = hold_appointment(
            office=office,
            items=chosen_items(office, request.POST),
            start=start,
            idempotency_key=key_of(request, start.isoformat()),
            by_staff=True,
        )
    except Refused as refused:
        return _show_times(request, office, refused.message)
    return redirect("reception_book", appointment.pk)


def _show_details(request: HttpRequest, appointment: Appointment, form: CallerForm) -> HttpResponse:
    context = {"appointment": appointment, "items": items_of(appointment), "form": form}
    return show_step(request, "_details", appointment.office, context)


@require_http_methods(["GET", "POST"])
@for_staff
def reception_book(request: HttpRequest, hold_id: UUID) -> HttpResponse:
    """Ask for the name, and make what is held a booking."""
    state = Appointment.State
    appointment = appointment_of(request, hold_id, *OPEN, state.BOOKED, by_staff=True)
    if appointment.state == state.BOOKED:
        return redirect("reception_booked", appointment.pk)
    if request.method == "GET":
        return _show_details(request, appointment, CallerForm(office=appointment.office))
    form = CallerForm(request.POST, office=appointment.office)
    if not form.is_valid():
        return _show_details(request, appointment, form)
    try:
        booked = confirm_appointment(appointment.pk, **form.cleaned_data, by_staff=True)
    except SlotTaken as taken:
        form.add_error(None, _other_times(appointment, taken))
        return _show_details(request, appointment, form)
    except AppointmentEnded as ended:
        form.add_error(None, ended.message)
        return _show_details(request, appointment, form)
    return redirect("reception_booked", booked.pk)


def _other_times(appointment: Appointment, taken: SlotTaken) -> str:
    zone = appointment.office.zone
    nearest = ", ".join(f"{one.astimezone(zone):%d.%m. %H:%M}" for one in taken.alternatives)
    return _("%(message)s Free are: %(times)s.") % {"message": taken.message, "times": nearest}


@require_GET
@for_staff
def reception_booked(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """What to tell the caller: day and time, the code, what to bring. ``moved``: as a new time."""
    appointment = appointment_of(request, appointment_id, Appointment.State.BOOKED)
    items, moved = items_of(appointment), "moved" in request.GET
    context = {"appointment": appointment, "items": items, "moved": moved}
    return show_step(request, "_booked", appointment.office, context)


@require_POST
@for_staff
def reception_release(request: HttpRequest, hold_id: UUID) -> HttpResponse:
    """Give back what is held: the caller wants another time, or none."""
    appointment = appointment_of(request, hold_id, *OPEN, by_staff=True)
    if appointment.state == Appointment.State.HELD:
        cancel_appointment(appointment.pk)
    return redirect(_times_with(appointment))


def _times_with(appointment: Appointment) -> str:
    """The times for what was asked for before."""
    chosen = [
        (name, value)
        for item in items_of(appointment)
        for name, value in (("offering", item.offering.pk), ("persons", item.quantity))
    ]
    return f"{reverse('reception_times', args=[appointment.office_id])}?{urlencode(chosen)}"
