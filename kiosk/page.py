"""What all pages of the kiosk have in common: the paired device, the clock, the way home."""

import re
import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from booking import clock
from booking.models import Device
from booking.pairing.device import DeviceRequest, device_required

from .aids import NAMES, PATIENCE, Aid, aids_of, forget_aids, offered_aids, switch_aid
from .reach import reached_percent

# Made for each rendered page and sent with its form: pressing twice is one request.
KEY = re.compile(r"[A-Za-z0-9_-]{16,40}")

View = Callable[..., HttpResponse]


def kiosk_page(*methods: str) -> Callable[[View], View]:
    """A page for paired kiosks alone, never cached: every page carries a fresh key."""

    def decorate(view: View) -> View:
        return never_cache(require_http_methods(methods)(device_required(Device.Kind.KIOSK)(view)))

    return decorate


def show(
    request: DeviceRequest, template: str, context: dict[str, object], status: int = 200
) -> HttpResponse:
    """Render a page in the kiosk's frame."""
    office = request.device.office
    now = clock.now().astimezone(office.zone)
    chosen = aids_of(request)
    frame = {
        "office": office,
        "authority": office.authority,
        "home": reverse("kiosk_finish"),
        "key": secrets.token_urlsafe(16),
        "now_ms": int(now.timestamp() * 1000),
        "now_text": f"{now:%H:%M}",
        "aids": [(aid, NAMES[aid], aid in chosen) for aid in offered_aids(request.device)],
        "chosen_aids": chosen,
        "reads_aloud": Aid.ALOUD in chosen,
        "patience": PATIENCE if chosen else 1,
        # Nobody has touched anything: neither the language nor an aid.
        "is_fresh": not chosen and get_language() == settings.LANGUAGE_CODE,
        "reach": reached_percent(request.device),
        "volume": request.device.voice_volume / 100,
        "page_address": request.get_full_path(),
    }
    return render(request, f"kiosk/{template}.html", frame | context, status=status)


@kiosk_page("GET")
def finish(request: DeviceRequest) -> HttpResponse:
    """To the start page as the next visitor finds it: in the town's own language, without aids."""
    with translation.override(settings.LANGUAGE_CODE):
        response = redirect("kiosk")
    forget_aids(response)
    return response


@kiosk_page("POST")
def aid(request: DeviceRequest) -> HttpResponse:
    """Switch an aid on or off."""
    return switch_aid(request)


def key_of(request: DeviceRequest) -> str | None:
    """The idempotency key of the form, bound to the device; none where it was tampered with."""
    key = request.POST.get("key", "")
    return key_prefix(request.device) + key if KEY.fullmatch(key) else None


def new_key(request: DeviceRequest) -> str:
    """One for a request that came without."""
    return key_prefix(request.device) + secrets.token_urlsafe(16)


def key_prefix(device: Device) -> str:
    """By it what a kiosk has made is known as its own."""
    return f"{device.pk.hex}-"
