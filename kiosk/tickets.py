"""The ticket: shown in huge type, and printed once."""

from contextlib import suppress
from uuid import UUID

from csp.constants import SELF
from csp.decorators import csp_replace
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.views.decorators.clickjacking import xframe_options_sameorigin

from booking import clock
from booking.domain.errors import TooManyAttempts
from booking.models import Device, Visit
from booking.pairing.device import DeviceRequest
from booking.throttle import count_attempt

from . import printing
from .page import kiosk_page, show
from .paper import answer_print, slip_page
from .slip import qr_image, slip_of
from .ticket_pdf import ticket_pdf as make_pdf

# A visitor may ask for the paper again, but not for a roll of it.
REPRINTS = 3


def _visit(request: DeviceRequest, visit_id: UUID) -> Visit:
    """Today's visit at the office of the device; any other is not found."""
    office = request.device.office
    visits = Visit.objects.select_related("office__authority", "counter")
    return get_object_or_404(visits, pk=visit_id, office=office, day=clock.today(office.zone))


@kiosk_page("GET")
def ticket(request: DeviceRequest, visit_id: UUID) -> HttpResponse:
    """The number, where to wait and how many come before."""
    visit = _visit(request, visit_id)
    slip = slip_of(visit)
    context = {
        "visit": visit,
        "slip": slip,
        "qr": qr_image(slip.link),
        "prints": request.device.printer != Device.Printer.NONE,
    }
    return show(request, "ticket", context)


@kiosk_page("POST")
def print_ticket(request: DeviceRequest, visit_id: UUID) -> HttpResponse:
    """Print the ticket, once; the kiosk's script gets JSON, a plain form the ticket."""
    visit = _visit(request, visit_id)
    return answer_print(
        request, visit.pk, lambda: slip_of(visit), page="kiosk_ticket", own="kiosk_ticket_pdf"
    )


@kiosk_page("POST")
def print_again(request: DeviceRequest, visit_id: UUID) -> HttpResponse:
    """The visitor asks for the paper once more: back to the ticket, which prints itself."""
    visit = _visit(request, visit_id)
    with suppress(TooManyAttempts):
        count_attempt("kiosk-reprint", str(visit.pk), limit=REPRINTS, seconds=60 * 60)
        printing.allow_again(visit.pk)
    return redirect("kiosk_ticket", visit.pk)


@csp_replace({"frame-ancestors": [SELF]})
@xframe_options_sameorigin
@kiosk_page("GET")
def slip(request: DeviceRequest, visit_id: UUID) -> HttpResponse:
    """The ticket as a page for the browser's kiosk printing: it prints itself."""
    return slip_page(request, slip_of(_visit(request, visit_id)))


@kiosk_page("GET")
def ticket_pdf(request: DeviceRequest, visit_id: UUID) -> HttpResponse:
    """The ticket as a PDF for 80 mm paper."""
    content = slip_of(_visit(request, visit_id))
    response = HttpResponse(
        make_pdf(content, language=get_language() or "de"), content_type="application/pdf"
    )
    response["Content-Disposition"] = f'inline; filename="{content.big}.pdf"'
    return response
