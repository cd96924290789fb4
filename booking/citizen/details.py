"""Third step: name and contact, then the hold becomes a booking."""

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from booking import clock
from booking.domain.appointments import items_of
from booking.domain.availability import free_starts, nearest_starts
from booking.domain.checklist import documents_to_tick
from booking.domain.confirming import confirm_appointment
from booking.domain.errors import (
    AppointmentEnded,
    AskedOften,
    HoldElsewhere,
    LimitReached,
    OutsideHours,
    SlotTaken,
    WithoutProofFull,
)
from booking.domain.holding import move_hold
from booking.domain.items import Item
from booking.models import Appointment

from .context import appointment_context
from .flow import forget_flow
from .forms import DetailsForm
from .hold import is_lapsed
from .limit import limit_page
from .secret import to_appointment, with_form
from .selection import parse_start, times_path, wish_path
from .steps import booking_steps


def details(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """The empty form – or, where the hold has lapsed and the time is gone, other times."""
    page = _Page(request, appointment)
    if not page.lapsed or _is_free(appointment, page.items):
        known = _known(appointment)
        form = DetailsForm(initial=known, office=appointment.office, documents=page.documents)
        return page.form(form)
    others = nearest_starts(appointment.office, page.items, appointment.start)
    return page.other_times(others, status=200)


def details_sent(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """What was typed: book, or move the hold to another time and keep what was typed."""
    try:
        if "move_to" in request.POST:
            return _move(request, appointment)
        return _confirm(request, appointment)
    except AppointmentEnded:  # cancelled in another tab
        return to_appointment(appointment)
    except LimitReached as reached:
        return with_form(limit_page(request, appointment.office, reached))


def _confirm(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    page = _Page(request, appointment)
    form = DetailsForm(request.POST, office=appointment.office, documents=page.documents)
    expected = parse_start(request.POST.get("expected_start"))
    if not form.is_valid():
        elsewhere = expected != appointment.start
        return page.form(form, status=422, wanted=expected if elsewhere else None)
    try:
        booked = confirm_appointment(appointment.pk, **form.cleaned_data, expected_start=expected)
    except HoldElsewhere as elsewhere:
        page = _Page(request, elsewhere.appointment)
        return page.form(form, status=409, wanted=expected)
    except (AskedOften, LimitReached, WithoutProofFull) as refused:
        if isinstance(refused, LimitReached) and refused.whose != "email":
            raise
        form.refuse("email", refused.message)
        return page.form(form, status=409)
    except SlotTaken as taken:
        return page.other_times(taken.alternatives, status=409)
    response = to_appointment(booked)
    if not booked.awaits_mail:
        forget_flow(request, response, booked)
    return response


def _move(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    page = _Page(request, appointment)
    start = parse_start(request.POST.get("move_to"))
    if start is None:
        return to_appointment(appointment)
    try:
        moved = move_hold(appointment.pk, items=page.items, start=start)
    except (SlotTaken, OutsideHours, WithoutProofFull):
        others = nearest_starts(appointment.office, page.items, start)
        return page.other_times(others, status=409)
    typed = request.POST.dict() | {"documents": request.POST.getlist("documents")}
    form = DetailsForm(initial=typed, office=appointment.office, documents=page.documents)
    return _Page(request, moved).form(form)


def _known(appointment: Appointment) -> dict[str, str]:
    """What was typed before a mail was sent that nobody has answered."""
    return {field: getattr(appointment, field) for field in ("name", "email", "phone")}


def _is_free(appointment: Appointment, items: Sequence[Item]) -> bool:
    day = appointment.start.astimezone(appointment.office.zone).date()
    free = free_starts(appointment.office, items, first_day=day, days=1)
    return appointment.start in free.get(day, ())


class _Page:
    """The page of the third step in its two shapes, around one appointment."""

    def __init__(self, request: HttpRequest, appointment: Appointment) -> None:
        self.request = request
        self.appointment = appointment
        self.items = items_of(appointment)
        self.documents = documents_to_tick(self.items)
        self.lapsed = is_lapsed(appointment)

    def form(
        self, form: DetailsForm, *, status: int = 200, wanted: datetime | None = None
    ) -> HttpResponse:
        """The form. ``wanted`` is the time an older page showed, now held no longer."""
        appointment, left = self.appointment, 0
        if not self.lapsed:
            left = int((appointment.expires_at - clock.now()).total_seconds())
        return self._render(
            "citizen/details.html",
            status,
            form=form,
            lapsed=self.lapsed,
            seconds_left=left,
            minutes_left=-(-left // 60),
            seconds_held=appointment.office.hold_minutes * 60,
            wanted=wanted and self._local(wanted),
        )

    def other_times(self, starts: Sequence[datetime], *, status: int) -> HttpResponse:
        """The nearest other times, with everything typed carried along unseen."""
        typed = _known(self.appointment)
        typed = {field: self.request.POST.get(field, known) for field, known in typed.items()}
        return self._render(
            "citizen/slot_gone.html",
            status,
            alternatives=[self._local(start) for start in starts],
            typed=typed,
            ticked=self.request.POST.getlist("documents"),
        )

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.appointment.office.zone)

    def _render(self, template: str, status: int, **more: object) -> HttpResponse:
        office = self.appointment.office
        context = {
            **appointment_context(self.appointment, self.items),
            "steps": booking_steps(office, self.items),
            "times_path": times_path(office, self.items),
            "wish_path": wish_path(office, self.items),
            **more,
        }
        return with_form(render(self.request, template, context, status=status))
