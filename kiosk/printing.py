"""Each ticket is printed once, whatever is tapped twice or loaded again."""

import logging

from django.core.cache import cache
from redis.exceptions import RedisError

from booking.models import Device, Visit

from .receipt_printer import PrinterDown, print_slip
from .slip import slip_of

logger = logging.getLogger(__name__)

# What is said about a ticket's print. BROWSER: the kiosk's browser shall print it now.
BROWSER, PRINTING, DONE, FAILED, NONE = "browser", "printing", "done", "failed", "none"

KEPT_SECONDS = 24 * 60 * 60
FAULT_SECONDS = 15 * 60


def print_once(visit: Visit, device: Device) -> str:
    """Print the ticket unless that was already asked for; say how it stands."""
    if device.printer == Device.Printer.NONE:
        return NONE
    return _claim(visit) or _print(visit, device)


def allow_again(visit: Visit) -> None:
    """The visitor asked for the paper again: the next ``print_once`` prints."""
    try:
        cache.delete(_ticket_key(visit))
    except RedisError:
        logger.warning("no cache: the state of a print is not kept")


def _print(visit: Visit, device: Device) -> str:
    if device.printer == Device.Printer.BROWSER:
        _note(_ticket_key(visit), DONE, KEPT_SECONDS)
        return BROWSER
    try:
        print_slip(device, slip_of(visit))
    except PrinterDown:
        _note(_fault_key(device), True, FAULT_SECONDS)
        _note(_ticket_key(visit), FAILED, KEPT_SECONDS)
        return FAILED
    _note(_fault_key(device), False, FAULT_SECONDS)
    _note(_ticket_key(visit), DONE, KEPT_SECONDS)
    return DONE


def printer_fault(device: Device) -> bool:
    """Whether the device's printer failed when it was last needed, a short while ago."""
    if device.printer != Device.Printer.NETWORK:
        return False
    try:
        return bool(cache.get(_fault_key(device)))
    except RedisError:
        return False


def _claim(visit: Visit) -> str | None:
    """Nothing for whoever asks first; the others learn how far the print has come."""
    key = _ticket_key(visit)
    try:
        return None if cache.add(key, PRINTING, KEPT_SECONDS) else cache.get(key, DONE)
    except RedisError:
        logger.warning("no cache: a ticket may be printed twice")
        return None


def _note(key: str, value: object, seconds: int) -> None:
    try:
        cache.set(key, value, seconds)
    except RedisError:
        logger.warning("no cache: the state of a printer is not kept")


def _ticket_key(visit: Visit) -> str:
    return f"kiosk:print:{visit.pk}"


def _fault_key(device: Device) -> str:
    return f"kiosk:printer-fault:{device.pk}"
