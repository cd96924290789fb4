"""Shortcuts that only the demo has: a kiosk and a display that need no pairing."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from booking.domain.devices import device_of_token, make_device
from booking.models import Office
from booking.pairing.device import cookie_name, token_of

from . import town


@never_cache
def demo_device(request: HttpRequest, kind: str) -> HttpResponse:
    """Make this browser a paired device of the citizen office and open its page.

    Not found outside the demo. The page itself renews the cookie.
    """
    office = Office.objects.filter(name_de=town.CITIZEN_OFFICE.name_de).first()
    if not settings.DEMO or office is None:
        raise Http404
    response = redirect(kind)
    if device_of_token(token_of(request, kind), kind=kind) is None:
        _device, token = make_device(kind=kind, office=office, name="Demo")
        response.set_cookie(cookie_name(kind), token, httponly=True, samesite="Lax")
    return response
