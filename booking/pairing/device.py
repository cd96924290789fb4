"""How a paired kiosk or display is known: by an HttpOnly cookie whose token is stored hashed."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from booking.domain import devices
from booking.models import Device

# Browsers keep a cookie for 400 days at most; it is renewed with every page of the device.
COOKIE_SECONDS = 400 * 24 * 60 * 60

View = Callable[..., HttpResponse]


class DeviceRequest(HttpRequest):
    """A request of a paired device."""

    device: Device


def cookie_name(kind: str) -> str:
    return f"schalter_{kind}"


def token_of(request: HttpRequest, kind: str) -> str:
    """The device token the browser holds, or nothing."""
    return request.COOKIES.get(cookie_name(kind), "")


def device_required(kind: str) -> Callable[[View], View]:
    """Let only paired devices of a kind in, as ``request.device``; send others to be paired."""

    def decorate(view: View) -> View:
        @wraps(view)
        def with_device(request: DeviceRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            token = token_of(request, kind)
            device = devices.device_of_token(token, kind=kind) if token else None
            if device is None:
                return redirect(f"{kind}_pairing")
            devices.mark_seen(device)
            request.device = device
            response = view(request, *args, **kwargs)
            remember(response, kind, token)
            return response

        return with_device

    return decorate


def remember(response: HttpResponse, kind: str, token: str) -> None:
    """Keep the token in the browser; renewed with every page of the device."""
    response.set_cookie(
        cookie_name(kind),
        token,
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
    )
