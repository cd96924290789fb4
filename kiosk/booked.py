"""An appointment that was booked here a moment ago: its code on the screen, and on paper."""

from datetime import timedelta
from uuid import UUID

from csp.constants import SELF
from csp.decorators import csp_replace
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.clickjacking import xframe_options_sameorigin

from booking import clock
from booking.models import Appointment, Device
from booking.pairing.device import DeviceRequest

from .page import key_prefix, kiosk_page, show
from .paper import answer_print, slip_page
from .slip import appointment_slip, qr_image

# As long as its visitor may stand before the screen.
SHOWN = timedelta(minutes=15)


def _appointment(request: DeviceRequest, booked_id: UUID) -> Appointment:
    """One that this very kiosk has booked just now; any other is not found."""
    return get_object_or_404(
        Appointment.objects.select_related("office__authority"),
        pk=booked_id,
        office=request.device.office,
        state=Appointment.State.BOOKED,
        idempotency_key__startswith=key_prefix(request.device),
        booked_at__gte=clock.now() - SHOWN,
    )


@kiosk_page("GET")
def booked(request: DeviceRequest, booked_id: UUID) -> HttpResponse:
    """Day, time and code."""
    appointment = _appointment(request, booked_id)
    slip = appointment_slip(appointment)
    context = {
        "appointment": appointment,
        "slip": slip,
        "qr": qr_image(slip.link),
        "prints": request.device.printer != Device.Printer.NONE,
    }
    return show(request, "booked", context)


@kiosk_page("POST")
def print_booked(request: DeviceRequest, booked_id: UUID) -> HttpResponse:
    """Print it, once; the kiosk's script gets JSON, a plain form the page again."""
    appointment = _appointment(request, booked_id)
    return answer_print(
        request,
        appointment.pk,
        lambda: appointment_slip(appointment),
        page="kiosk_booked",
        own="kiosk_booked_slip",
    )


@csp_replace({"frame-ancestors": [SELF]})
@xframe_options_sameorigin
@kiosk_page("GET")
def booked_slip(request: DeviceRequest, booked_id: UUID) -> HttpResponse:
    """The paper as a page for the browser's kiosk printing: it prints itself."""
    return slip_page(request, appointment_slip(_appointment(request, booked_id)))
