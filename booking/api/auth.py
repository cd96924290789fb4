"""Who is asking: a member of staff or a device by its token, a citizen by their secret.

Nothing here reads a cookie, so a foreign page can do nothing in somebody's name.
"""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from ninja.security import APIKeyHeader
from ninja.security.http import HttpAuthBase

from booking.domain.actor import Actor
from booking.domain.devices import device_of_token, mark_seen
from booking.domain.errors import NotPermitted
from booking.domain.permissions import staff_of_token
from booking.models import User
from booking.throttle import count_attempt

from .problems import Unauthorized

__all__ = ["AppointmentSecret", "BearerToken", "limit_holds", "staff_of", "token_holder"]


class BearerToken(HttpAuthBase):
    """``Authorization: Bearer <token>`` of a member of staff or a paired device."""

    openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> Actor:
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            raise Unauthorized('Bearer realm="schalter"')
        if staff := staff_of_token(token):
            return Actor(staff=staff)
        device = device_of_token(token)
        if device is None or device.office is None:
            raise Unauthorized('Bearer realm="schalter", error="invalid_token"')
        mark_seen(device)
        return Actor(device=device)


class AppointmentSecret(APIKeyHeader):
    """The secret that came with the appointment. Whether it fits is for the operation to say."""

    param_name = "X-Appointment-Secret"

    def authenticate(self, request: HttpRequest, key: str | None) -> str:
        if not key:
            raise Unauthorized('X-Appointment-Secret realm="schalter"')
        return key


def staff_of(request: HttpRequest) -> User:
    """The member of staff who asks. Raises ``NotPermitted`` for a device."""
    if request.auth.staff is None:
        raise NotPermitted
    return request.auth.staff


def token_holder(actor: Actor) -> str:
    """Names whoever holds the token: for limits, and to keep their keys apart."""
    return f"device-{actor.device.pk}" if actor.device else f"staff-{actor.staff.pk}"


def limit_holds(request: HttpRequest) -> None:
    """Count one hold by the client's address; raise ``TooManyAttempts`` beyond the limit.

    The address is kept for a minute, as a keyed hash. Programs on this machine are not
    limited: they are either our own or a proxy that does not say for whom it asks.
    """
    address = _client_address(request)
    if not settings.HOLDS_PER_MINUTE or _is_this_machine(address):
        return
    whose = salted_hmac("hold", address, algorithm="sha256").hexdigest()
    count_attempt("holds", whose, limit=settings.HOLDS_PER_MINUTE)


def _client_address(request: HttpRequest) -> str:
    """Behind our own proxy the last address it forwarded; whatever stands before is hearsay."""
    if settings.HTTPS and (forwarded := request.headers.get("X-Forwarded-For")):
        return forwarded.rpartition(",")[2].strip()
    return request.META.get("REMOTE_ADDR") or ""


def _is_this_machine(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:  # a socket file has no address
        return not address
