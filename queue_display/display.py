"""The waiting-room display: one page that a paired screen keeps open for months."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from booking import clock
from booking.domain.office_hours import current_span, next_opening
from booking.local_time import day_text, time_text
from booking.models import Device, Office
from booking.pairing.device import DeviceRequest, device_required

from .snapshot import display_message

# A display that hears nothing for so long says so; the server speaks every ten seconds.
STALE_SECONDS = 15


@never_cache
@require_safe
@device_required(Device.Kind.DISPLAY)
def display(request: DeviceRequest) -> HttpResponse:
    """The board with its present state; from then on the socket brings the changes."""
    office = request.device.office
    context = {
        "authority": office.authority,
        "office": office,
        "settings": {
            "zone": office.time_zone,
            "staleAfter": STALE_SECONDS * 1000,
            "socket": "/ws/display/",
            "time": reverse("display_time"),
            **_time_and_hours(office),
        },
        "words": {
            # Translators: shown and spoken; {label} is the label of the counter, such as 3.
            "counter": _("Counter {label}"),
            # Translators: spoken by the display; {counter} is “Counter 3”.
            "call": _("Number {number}, please go to {counter}."),
            # Translators: spoken by the display; {counter} is a name, such as “Reception”.
            "callToName": _("Number {number}, please come: {counter}."),
            "wait": _("Please wait until your number is shown here."),
            # Translators: {time} is when the display last heard from the server.
            "stale": _("No connection since {time}. Please listen for your number in the room."),
        },
        "snapshot": display_message(office.pk),
    }
    return render(request, "display/board.html", context)


@never_cache
@require_safe
@device_required(Device.Kind.DISPLAY)
def display_time(request: DeviceRequest) -> JsonResponse:
    """The server's time, by which the display sets its clock, and whether the office is open."""
    return JsonResponse(_time_and_hours(request.device.office))


def _time_and_hours(office: Office) -> dict[str, object]:
    """``now`` in milliseconds; ``closed`` is a sentence, empty while the office is open."""
    return {"now": round(clock.now().timestamp() * 1000), "closed": _closed(office)}


def _closed(office: Office) -> str:
    if current_span(office):
        return ""
    opening = next_opening(office)
    if opening is None:
        return _("The office is closed.")
    if opening.date() == clock.today(office.zone):
        return _("The office is closed. It opens at %(time)s.") % {"time": time_text(opening)}
    return _("The office is closed. It opens on %(day)s at %(time)s.") % {
        "day": day_text(opening.date()),
        "time": time_text(opening),
    }
