"""Choosing a time holds it."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from booking import clock
from booking.domain.errors import (
    AppointmentEnded,
    KeyReused,
    LimitReached,
    OutsideHours,
    ProofNeeded,
    Refused,
    SlotTaken,
    TooManyAttempts,
    WithoutProofFull,
)
from booking.domain.holding import give_up_hold, hold_appointment, move_hold
from booking.domain.items import Item
from booking.domain.limits import Asker
from booking.hold_limit import limit_holds
from booking.models import Appointment, Office
from booking.proof_of_work import require_proof
from booking.security import new_token

from .asker import asker_of, remember_device
from .flow import flow_key, flow_of, forget_flow, remember_flow
from .limit import limit_page
from .proof import proof_page
from .room import may_book
from .secret import to_appointment
from .selection import choose_path, chosen_items, parse_start, same_choice, times_path


@require_http_methods(["GET", "HEAD", "POST"])
def hold(request: HttpRequest, office_id: UUID) -> HttpResponse:
    """Hold the time and go on to the details; who comes here by address starts anew."""
    office = get_object_or_404(Office.objects.select_related("authority"), pk=office_id)
    if request.method != "POST":
        return redirect(choose_path(office))
    try:
        items = chosen_items(office, request.POST)
    except Refused:
        return redirect(choose_path(office, same_choice(request.POST)))
    start = parse_start(request.POST.get("start"))
    if start is None or not may_book(request, office):
        return redirect(times_path(office, items))
    asker, needed = asker_of(request), None
    try:
        limit_holds(request)
        require_proof(request, office.pk, request.POST.get("proof", ""))
    except TooManyAttempts:
        return redirect(times_path(office, items, wait="1"))
    except ProofNeeded as error:
        if "by_mail" not in request.POST:
            return proof_page(request, office, items, start, error)
        needed, asker = error, replace(asker, proven=False)
    asked = flow_of(request)
    try:
        appointment, flow = hold_in_flow(
            office=office, items=items, start=start, flow=asked, asker=asker
        )
    except (SlotTaken, OutsideHours):
        return redirect(times_path(office, items, taken=start.isoformat()))
    except LimitReached as reached:
        return limit_page(request, office, reached)
    except WithoutProofFull as full:
        return proof_page(request, office, items, start, needed, full)
    if appointment.state == Appointment.State.BOOKED:
        response = to_appointment(appointment, "?already=booked")
        forget_flow(request, response, appointment)
    else:
        give_up_elsewhere(appointment, flows={asked, flow})
        response = to_appointment(appointment)
        remember_flow(response, flow)
        remember_device(response, asker, office, items)
    return response


def give_up_elsewhere(appointment: Appointment, *, flows: Iterable[str]) -> None:
    """Whoever takes a time at another office gives up the one held before."""
    before = Appointment.objects.filter(
        office__authority=appointment.office.authority_id,
        idempotency_key__in=[flow_key(flow) for flow in flows],
        state=Appointment.State.HELD,
    )
    for other in before.exclude(office=appointment.office_id):
        with suppress(AppointmentEnded):  # its time has begun
            give_up_hold(other.pk)


def hold_in_flow(
    *, office: Office, items: Sequence[Item], start: datetime, flow: str, asker: Asker
) -> tuple[Appointment, str]:
    """The one appointment of this flow, held at ``start``, and the flow it belongs to.

    A hold or a lapsed one is moved; a booking is answered as it is; what was cancelled or
    is over is left alone and a new flow begins. Raises ``LimitReached``, ``SlotTaken`` or
    ``OutsideHours``; then an earlier hold stays where it was.
    """
    other_request = False
    try:
        appointment = hold_appointment(
            office=office,
            items=items,
            start=start,
            idempotency_key=flow_key(flow),
            asker=asker,
        )
    except KeyReused as reused:
        appointment, other_request = reused.existing, True
    if _is_over(appointment):
        flow = new_token()
        return hold_in_flow(office=office, items=items, start=start, flow=flow, asker=asker)
    if appointment.state == Appointment.State.BOOKED:
        return appointment, flow
    if other_request or is_lapsed(appointment):
        try:
            appointment = move_hold(appointment.pk, items=items, start=start, asker=asker)
        except AppointmentEnded:  # confirmed or cancelled in another tab this very moment
            return hold_in_flow(office=office, items=items, start=start, flow=flow, asker=asker)
    return appointment, flow


def is_lapsed(appointment: Appointment) -> bool:
    """Whether a hold has run out, noticed or not."""
    return appointment.state == Appointment.State.EXPIRED or (
        appointment.state == Appointment.State.HELD and appointment.expires_at <= clock.now()
    )


def _is_over(appointment: Appointment) -> bool:
    return appointment.state == Appointment.State.CANCELLED or (
        appointment.state == Appointment.State.BOOKED and appointment.end <= clock.now()
    )
