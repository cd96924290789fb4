"""Who is asking: a member of staff or a device by its token, a citizen by their secret.

Nothing here reads a cookie, so a foreign page can do nothing in somebody's name.
"""

from django.http import HttpRequest
from ninja.security import APIKeyHeader
from ninja.security.http import HttpAuthBase

from booking.domain.actor import Actor
from booking.domain.devices import device_of_token, mark_seen
from booking.domain.errors import NotPermitted
from booking.domain.permissions import staff_of_token
from booking.models import User

from .problems import Unauthorized

__all__ = ["AppointmentSecret", "BearerToken", "staff_of", "token_holder"]


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
