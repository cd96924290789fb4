"""A limit on holds per address, for the pages and the API alike: nobody takes all the times."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from .throttle import count_attempt


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
