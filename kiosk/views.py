"""From the start page to a ticket: with an appointment, or without."""

from contextlib import suppress
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect

from booking.domain import arrivals
from booking.domain.actor import Actor
from booking.domain.errors import AlreadyCheckedIn, CodeUnknown, Refused, TooManyAttempts
from booking.domain.items import choose_items
from booking.domain.paper_booking import bookable_offerings
from booking.models import Offering, Visit
from booking.pairing.device import DeviceRequest
from booking.throttle import count_attempt, require_attempts_left

from .answers import Answer, answer_to, number_again
from .choices import choices_of, page_of, quantities, quantity_in
from .office_state import state_of
from .page import key_of, kiosk_page, show
from .printing import printer_fault

CODE_LENGTH = 8
# Longer than any address a QR code of ours holds.
LONGEST_SCAN = 300
WRONG_CODES_PER_MINUTE = 20


@kiosk_page("GET")
def start(request: DeviceRequest) -> HttpResponse:
    """Two big choices, or why there are fewer."""
    office = request.device.office
    context = {
        "state": state_of(office),
        "printer_fault": printer_fault(request.device),
        "bookable": bookable_offerings(office).exists(),
    }
    return show(request, "start", context)


@kiosk_page("GET", "POST")
def check_in(request: DeviceRequest) -> HttpResponse:
    """Type or scan the code of an appointment."""
    if request.method == "GET":
        return _show_code(request)
    office, code = request.device.office, request.POST.get("code", "")[:LONGEST_SCAN].strip()
    if not code:
        return _show_code(request, error="empty")
    try:
        _require_guesses_left(request, code)
        visit = arrivals.check_in(
            office=office,
            code=code,
            actor=Actor(device=request.device),
            idempotency_key=key_of(request),
            priority=_priority(request),
        )
    except CodeUnknown as refused:
        _count_guess(request, code)
        return _known_or_not(request, code, refused)
    except AlreadyCheckedIn as refused:
        return _known_or_not(request, code, refused)
    except Refused as refused:
        return show_answer(request, answer_to(refused))
    return redirect("kiosk_ticket", visit.pk)


def _show_code(request: DeviceRequest, **context: object) -> HttpResponse:
    return show(request, "code", {"assisted": _needs_assistance(request, request.POST)} | context)


def _priority(request: DeviceRequest) -> Visit.Priority:
    assisted = _needs_assistance(request, request.POST)
    return Visit.Priority.ASSISTED if assisted else Visit.Priority.NORMAL


def _guesses(request: DeviceRequest) -> tuple[str, str]:
    return "kiosk-code", str(request.device.pk)


def _require_guesses_left(request: DeviceRequest, code: str) -> None:
    """After too many wrong codes a right one has to wait as well, or guessing would go on.

    Eight digits can be guessed, the id in a QR code cannot: whoever scans always passes.
    """
    if not arrivals.UUID_IN_TEXT.search(code):
        require_attempts_left(*_guesses(request), limit=WRONG_CODES_PER_MINUTE)


def _count_guess(request: DeviceRequest, code: str) -> None:
    if not arrivals.UUID_IN_TEXT.search(code):
        with suppress(TooManyAttempts):  # the next one is told
            count_attempt(*_guesses(request), limit=WRONG_CODES_PER_MINUTE)


def _known_or_not(request: DeviceRequest, code: str, refused: Refused) -> HttpResponse:
    """The number again, for the code or the ticket of a visit; else the code to be corrected."""
    visit = arrivals.find_visit(request.device.office, code)
    if visit is None:
        typed = code if len(code) <= CODE_LENGTH + 1 else ""
        return _show_code(request, error="unknown", refused=refused, typed=typed)
    here = visit.office_id == request.device.office_id and visit.state in visit.OPEN
    return show_answer(request, number_again(visit), visit=visit if here else None)


def show_answer(request: DeviceRequest, answer: Answer, **context: object) -> HttpResponse:
    """A full-screen answer; a ticket is offered only where one can be drawn now."""
    office = request.device.office
    state = state_of(office)
    context |= {
        "answer": answer,
        "tickets": state.tickets_refused is None,
        "state": state,
        "bookable": answer.offers_time and bookable_offerings(office).exists(),
    }
    return show(request, "answer", context)


@kiosk_page("GET", "POST")
def services(request: DeviceRequest) -> HttpResponse:
    """Choose what one has come for, and draw a ticket."""
    if request.method == "POST":
        return _draw(request)
    state = state_of(request.device.office)
    if state.tickets_refused is not None:
        return show_answer(request, answer_to(state.tickets_refused))
    page = page_of(request, _walk_in(request))
    context = {
        "page": page,
        "choices": choices_of(request.device.office, page),
        "state": state,
        "assisted": _needs_assistance(request, request.GET),
    }
    return show(request, "services", context)


@kiosk_page("GET")
def several(request: DeviceRequest) -> HttpResponse:
    """Several services on one ticket."""
    choices = [(offering, quantities(offering)) for offering in _walk_in(request)]
    context = {"choices": choices, "assisted": _needs_assistance(request, request.GET)}
    return show(request, "several", context)


def _needs_assistance(request: DeviceRequest, sent: QueryDict) -> bool:
    """Whether somebody said so, at an office whose kiosk asks."""
    return request.device.office.kiosk_asks_assistance and sent.get("assisted") == "1"


def _walk_in(request: DeviceRequest) -> QuerySet[Offering]:
    return request.device.office.offerings.filter(walk_in=True).select_related("service")


@kiosk_page("GET")
def quantity(request: DeviceRequest, offering_id: UUID) -> HttpResponse:
    """For how many persons, or rather a time. One tap draws the ticket."""
    offering = get_object_or_404(_walk_in(request), pk=offering_id)
    (choice,) = choices_of(request.device.office, [offering])
    context = {
        "choice": choice,
        "offering": offering,
        "quantities": quantities(offering),
        "assisted": _needs_assistance(request, request.GET),
    }
    return show(request, "quantity", context)


def _draw(request: DeviceRequest) -> HttpResponse:
    office = request.device.office
    try:
        items = choose_items(office, _chosen(request))
        visit = arrivals.draw_ticket(
            office=office,
            items=items,
            actor=Actor(device=request.device),
            idempotency_key=key_of(request),
            priority=_priority(request),
        )
    except Refused as refused:
        return show_answer(request, answer_to(refused))
    return redirect("kiosk_ticket", visit.pk)


def _chosen(request: DeviceRequest) -> list[tuple[str, int]]:
    """Offerings with quantities, as sent."""
    sent = request.POST
    return [
        (offering, quantity_in(sent.get(f"quantity-{offering}", sent.get("quantity"))))
        for offering in sent.getlist("offering")
    ]
