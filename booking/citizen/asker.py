"""From where somebody books: the network, and the browser where a limit needs to know it."""

from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from booking.client import network_of
from booking.domain.items import Item
from booking.domain.limits import Asker, counts_devices
from booking.models import Office
from booking.security import new_token

from .flow import PLAUSIBLE

COOKIE = "schalter_device"


def asker_of(request: HttpRequest) -> Asker:
    """A browser that has no cookie yet is a new one."""
    token = request.COOKIES.get(COOKIE, "")
    device = token if PLAUSIBLE.fullmatch(token) else new_token()
    return Asker(device=device, network=network_of(request))


def remember_device(
    response: HttpResponse, asker: Asker, office: Office, items: Sequence[Item]
) -> None:
    """Let the browser be known again for as long as a limit counts; none, no cookie."""
    offerings = [item.offering for item in items]
    if counts_devices(office, offerings):
        limited = [one.limit_days for one in offerings if one.limit is not None]
        days = max([office.limit_days, *limited])
        response.set_cookie(
            COOKIE,
            asker.device,
            max_age=days * 86400,
            httponly=True,
            samesite="Lax",
            secure=settings.HTTPS,
        )
