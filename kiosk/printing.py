"""Each paper is printed once, whatever is tapped twice or loaded again."""

import logging
from collections.abc import Callable
from uuid import UUID

from django.core.cache import cache
from redis.exceptions import RedisError

from booking.models import Device

from .receipt_printer import PrinterDown, print_slip
from .slip import Slip

logger = logging.getLogger(__name__)

# What is said about a ticket's print. BROWSER: the kiosk's browser shall print it now.
BROWSER, PRINTING, DONE, FAILED, NONE = "browser", "printing", "done", "failed", "none"

KEPT_SECONDS = 24 * 60 * 60
FAULT_SECONDS = 15 * 60


def print_once(paper: UUID, make_slip: Callable[[], Slip], device: Device) -> str:
    """Print the slip unless that was already asked for; say how it stands.

    ``paper`` is the id of the visit or appointment it is for.
    """
    if device.printer == Device.Printer.NONE:
        return NONE
    return _claim(paper) or _print(paper, make_slip, device)


def allow_again(paper: UUID) -> None:
    """The visitor asked for the paper again: the next ``print_once`` prints."""
    try:
        cache.delete(_paper_key(paper))
    except RedisError:
        logger.warning("no cache: the state of a print is not kept")


def _print(paper: UUID, make_slip: Callable[[], Slip], device: Device) -> str:
    if device.printer == Device.Printer.BROWSER:
        _note(_paper_key(paper), DONE, KEPT_SECONDS)
        return BROWSER
    try:
        print_slip(device, make_slip())
    except PrinterDown:
        _note(_fault_key(device), True, FAULT_SECONDS)
        _note(_paper_key(paper), FAILED, KEPT_SECONDS)
        return FAILED
    _note(_fault_key(device), False, FAULT_SECONDS)
    _note(_paper_key(paper), DONE, KEPT_SECONDS)
    return DONE


def printer_fault(device: Device) -> bool:
    """Whether the device's printer failed when it was last needed, a short while ago."""
    if device.printer != Device.Printer.NETWORK:
        return False
    try:
        return bool(cache.get(_fault_key(device)))
    except RedisError:
        return False


def _claim(paper: UUID) -> str | None:
    """Nothing for whoever asks first; the others learn how far the print has come."""
    key = _paper_key(paper)
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


def _paper_key(paper: UUID) -> str:
    return f"kiosk:print:{paper}"


def _fault_key(device: Device) -> str:
    return f"kiosk:printer-fault:{device.pk}"
