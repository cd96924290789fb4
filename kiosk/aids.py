"""Large type, high contrast and reading aloud: chosen by a visitor, gone with the next one.

They stand in a cookie of the kiosk's browser; "Finish", and leaving without it, takes it away.
"""

from enum import StrEnum

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext_lazy

from booking.models import Device
from booking.pairing.device import DeviceRequest

COOKIE = "kiosk_aids"
# Whoever uses an aid gets so many times the time before a page closes.
PATIENCE = 3


class Aid(StrEnum):
    """The value is a class of the page, and stands in the cookie."""

    LARGE = "large"
    CONTRAST = "contrast"
    ALOUD = "aloud"


NAMES = {
    Aid.LARGE: gettext_lazy("Larger type"),
    Aid.CONTRAST: gettext_lazy("High contrast"),
    Aid.ALOUD: gettext_lazy("Read aloud"),
}


def aids_of(request: DeviceRequest) -> list[Aid]:
    """Those switched on, as far as this kiosk has them."""
    chosen = request.COOKIES.get(COOKIE, "").split("-")
    return [aid for aid in offered_aids(request.device) if aid in chosen]


def offered_aids(device: Device) -> list[Aid]:
    """A kiosk whose voice is off does not read aloud."""
    return [aid for aid in Aid if aid != Aid.ALOUD or device.voice_volume]


def switch_aid(request: DeviceRequest) -> HttpResponse:
    """Switch one on or off, and show the same page again."""
    chosen = set(aids_of(request)) ^ {aid for aid in Aid if aid == request.POST.get("aid")}
    response = redirect(_page_again(request))
    if chosen:
        value = "-".join(aid for aid in Aid if aid in chosen)
        response.set_cookie(COOKIE, value, httponly=True, samesite="Strict")
    else:
        forget_aids(response)
    return response


def forget_aids(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, samesite="Strict")


def _page_again(request: HttpRequest) -> str:
    """The page that was shown, or the start where that is none of the kiosk's."""
    address = request.POST.get("page", "")
    try:
        match = resolve(address.partition("?")[0])
    except Resolver404:
        return reverse("kiosk")
    is_ours = (match.url_name or "").startswith("kiosk") and address.startswith("/")
    return address if is_ours else reverse("kiosk")
