"""From the start page to a ticket: with an appointment, or without."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from booking.domain import arrivals
from booking.domain.actor import Actor
from booking.domain.errors import AlreadyCheckedIn, CodeUnknown, Refused
from booking.domain.items import choose_items
from booking.models import Offering
from booking.pairing import DeviceRequest
from booking.throttle import count_attempt

from .answers import Answer, already_checked_in, answer_to
from .office_state import state_of
from .page import key_of, kiosk_page, show
from .printing import printer_fault

CODE_LENGTH = 8
# Longer than any address a QR code of ours holds.
LONGEST_SCAN = 300
CODES_PER_MINUTE = 20
# What fits on the screen without scrolling.
TILES = 12


@kiosk_page("GET")
def start(request: DeviceRequest) -> HttpResponse:
    """Two big choices, or why there are fewer."""
    context = {
        "state": state_of(request.device.office),
        "printer_fault": printer_fault(request.device),
    }
    return show(request, "start", context)


@kiosk_page("GET", "POST")
def check_in(request: DeviceRequest) -> HttpResponse:
    """Type or scan the code of an appointment."""
    if request.method == "GET":
        return show(request, "code", {})
    office, code = request.device.office, request.POST.get("code", "")[:LONGEST_SCAN].strip()
    if not code:
        return show(request, "code", {"error": "empty"})
    try:
        _limit_guesses(request, code)
        visit = arrivals.check_in(
            office=office,
            code=code,
            actor=Actor(device=request.device),
            idempotency_key=key_of(request),
        )
    except CodeUnknown as refused:
        typed = code if len(code) <= CODE_LENGTH + 1 else ""
        return show(request, "code", {"error": "unknown", "refused": refused, "typed": typed})
    except AlreadyCheckedIn:
        return _show_number_again(request, code)
    except Refused as refused:
        return show_answer(request, answer_to(refused))
    return redirect("kiosk_ticket", visit.pk)


def _limit_guesses(request: DeviceRequest, code: str) -> None:
    """Eight digits can be guessed, the id in a QR code cannot."""
    if not arrivals.UUID_IN_TEXT.search(code):
        count_attempt("kiosk-code", str(request.device.pk), limit=CODES_PER_MINUTE)


def _show_number_again(request: DeviceRequest, code: str) -> HttpResponse:
    visit = arrivals.visit_of_code(request.device.office, code)
    here = visit.office_id == request.device.office_id and visit.state in visit.OPEN
    return show_answer(request, already_checked_in(visit), visit=visit if here else None)


def show_answer(request: DeviceRequest, answer: Answer, **context: object) -> HttpResponse:
    """A full-screen answer; a ticket is offered only where one can be drawn now."""
    state = state_of(request.device.office)
    context |= {"answer": answer, "tickets": state.tickets_refused is None, "state": state}
    return show(request, "answer", context)


@kiosk_page("GET", "POST")
def services(request: DeviceRequest) -> HttpResponse:
    """Choose what one has come for, and draw a ticket."""
    if request.method == "POST":
        return _draw(request)
    state = state_of(request.device.office)
    if state.tickets_refused is not None:
        return show_answer(request, answer_to(state.tickets_refused))
    offerings = request.device.office.offerings.filter(walk_in=True).select_related("service")
    page = _page_of(offerings, request.GET.get("page"))
    return show(request, "services", {"page": page, "state": state})


def _page_of(offerings: object, number: str | None) -> object:
    """Twelve tiles; where there are more, eleven and one that leads on."""
    count = offerings.count()
    return Paginator(offerings, TILES if count <= TILES else TILES - 1).get_page(number)


@kiosk_page("GET")
def quantity(request: DeviceRequest, offering_id: UUID) -> HttpResponse:
    """For how many persons. One tap draws the ticket."""
    offering = get_object_or_404(
        Offering.objects.select_related("service"),
        pk=offering_id,
        office=request.device.office,
        walk_in=True,
    )
    return show(
        request,
        "quantity",
        {"offering": offering, "quantities": range(1, offering.max_quantity + 1)},
    )


def _draw(request: DeviceRequest) -> HttpResponse:
    office = request.device.office
    try:
        items = choose_items(
            office,
            [(offering, _quantity(request)) for offering in request.POST.getlist("offering")],
        )
        visit = arrivals.draw_ticket(
            office=office,
            items=items,
            actor=Actor(device=request.device),
            idempotency_key=key_of(request),
        )
    except Refused as refused:
        return show_answer(request, answer_to(refused))
    return redirect("kiosk_ticket", visit.pk)


def _quantity(request: DeviceRequest) -> int:
    """As sent; nonsense becomes 0, which the domain refuses in its own words."""
    text = request.POST.get("quantity", "1")
    return int(text) if text.isdecimal() and len(text) <= 3 else 0
