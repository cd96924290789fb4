"""“Book a time instead”: where the wait is long, or no more tickets are drawn."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from booking.citizen.selection import parse_start
from booking.domain.errors import Refused, SlotTaken, TooManyAttempts
from booking.domain.items import Item
from booking.domain.links import office_link
from booking.domain.paper_booking import book_on_paper, bookable_offerings, times_instead
from booking.pairing.device import DeviceRequest
from booking.throttle import count_attempt

from .answers import Answer, answer_to
from .choices import page_of, quantities, quantity_in
from .page import key_of, kiosk_page, new_key, show
from .slip import qr_image
from .views import show_answer

# A queue of people books less; a joker no more.
BOOKINGS_PER_HOUR = 40


@kiosk_page("GET")
def times_for(request: DeviceRequest) -> HttpResponse:
    """What the time shall be for."""
    page = page_of(request, bookable_offerings(request.device.office))
    return show(request, "times_for", {"page": page})


@kiosk_page("GET", "POST")
def times(request: DeviceRequest, offering_id: UUID) -> HttpResponse:
    """The next times; one tap books one."""
    offerings = bookable_offerings(request.device.office)
    offering = get_object_or_404(offerings, pk=offering_id)
    sent = request.POST if request.method == "POST" else request.GET
    quantity = quantity_in(sent.get("quantity"))
    items = [Item(offering, quantity if quantity in quantities(offering) else 1)]
    if request.method == "POST":
        return _book(request, items)
    return _show(request, items)


def _show(request: DeviceRequest, items: list[Item], *, was_taken: bool = False) -> HttpResponse:
    office = request.device.office
    context = {
        "offering": items[0].offering,
        "quantity": items[0].quantity,
        "quantities": quantities(items[0].offering),
        "days": times_instead(office, items),
        "was_taken": was_taken,
        "qr": qr_image(office_link(office)),
    }
    return show(request, "times", context)


def _book(request: DeviceRequest, items: list[Item]) -> HttpResponse:
    start = parse_start(request.POST.get("start"))
    if start is None:
        return _show(request, items)
    # Its device stands in the key: by that the page of what was booked is found.
    key = key_of(request) or new_key(request)
    try:
        count_attempt(
            "kiosk-booking", str(request.device.pk), limit=BOOKINGS_PER_HOUR, seconds=60 * 60
        )
        booked = book_on_paper(
            office=request.device.office, items=items, start=start, idempotency_key=key
        )
    except SlotTaken:
        return _show(request, items, was_taken=True)
    except TooManyAttempts:
        return show_answer(request, _enough_for_now())
    except Refused as refused:
        return show_answer(request, answer_to(refused))
    return redirect("kiosk_booked", booked.pk)


def _enough_for_now() -> Answer:
    return Answer(
        heading=_("No more appointments at this device for now"),
        sentence=_("Please book online, or ask our staff."),
        kind="warning",
    )
