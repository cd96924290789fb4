"""What all pages of the kiosk have in common: the paired device, the clock, the way home."""

import re
import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from booking import clock
from booking.models import Device
from booking.pairing.device import DeviceRequest, device_required

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
    frame = {
        "office": office,
        "authority": office.authority,
        "home": home(),
        "key": secrets.token_urlsafe(16),
        "now_ms": int(now.timestamp() * 1000),
        "now_text": f"{now:%H:%M}",
    }
    return render(request, f"kiosk/{template}.html", frame | context, status=status)


def home() -> str:
    """The start page in the town's own language: the next visitor begins there."""
    with translation.override(settings.LANGUAGE_CODE):
        return reverse("kiosk")


def key_of(request: DeviceRequest) -> str | None:
    """The idempotency key of the form, bound to the device; none where it was tampered with."""
    key = request.POST.get("key", "")
    return f"{request.device.pk.hex}-{key}" if KEY.fullmatch(key) else None
