"""Paper from the kiosk, of a visit or an appointment: asked for once, and a page to print."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from booking.pairing.device import DeviceRequest

from . import printing
from .slip import Slip, qr_image


def answer_print(
    request: DeviceRequest, paper: UUID, make_slip: Callable[[], Slip], *, page: str, own: str
) -> HttpResponse:
    """Print it, once. The kiosk's script gets JSON; a plain form the page again, or where the
    browser prints what it shall print.

    ``page`` and ``own`` are names of addresses that take the id of the ``paper``.
    """
    state = printing.print_once(paper, make_slip, request.device)
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"state": state})
    return redirect(own if state == printing.BROWSER else page, paper)


def slip_page(request: DeviceRequest, slip: Slip) -> HttpResponse:
    """A page for the browser's kiosk printing: it prints itself."""
    return render(request, "kiosk/slip.html", {"slip": slip, "qr": qr_image(slip.link)})
