"""Which client asks, for limits alone. Its address is kept by nobody, only keyed hashes."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac


def client_of(request: HttpRequest) -> str:
    """A keyed hash of the client's address; empty for programs on this machine.

    These are either our own or a proxy that does not say for whom it asks.
    """
    address = _address(request)
    if _is_this_machine(address):
        return ""
    return salted_hmac("client", _subscriber(address), algorithm="sha256").hexdigest()


def network_key(request: HttpRequest) -> str:
    """A keyed hash of ``network_of``, for the cache."""
    network = network_of(request)
    return network and salted_hmac("network", network, algorithm="sha256").hexdigest()


def network_of(request: HttpRequest) -> str:
    """The network of the client's address; empty for programs on this machine.

    With IPv4 the 1,024 addresses around it, with IPv6 what one customer or branch is given.
    For limits that store no more than a keyed hash of it.
    """
    address = _address(request)
    if _is_this_machine(address):
        return ""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is None:
            return str(ip_network((parsed, 48), strict=False))
        parsed = parsed.ipv4_mapped
    return str(ip_network((parsed, 22), strict=False))


def _address(request: HttpRequest) -> str:
    """Behind our own proxy the last address it forwarded; whatever stands before is hearsay."""
    if settings.HTTPS and (forwarded := request.headers.get("X-Forwarded-For")):
        return forwarded.rpartition(",")[2].strip()
    return request.META.get("REMOTE_ADDR") or ""


def _subscriber(address: str) -> str:
    """With IPv6 the network of 64 bits: whoever has one address has all of it."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(ip_network((parsed, 64), strict=False))
    return address


def _is_this_machine(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:  # a socket file has no address
        return not address
