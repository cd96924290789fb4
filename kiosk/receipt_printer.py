"""Tickets on a receipt printer in the network, in ESC/POS.

The printer is asked first whether it is ready; one that does not answer questions prints
all the same. The ticket is sent as a whole, so that half a ticket is never followed by
another one.
"""

import logging
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from textwrap import wrap

from escpos.constants import RT_MASK_NOPAPER, RT_MASK_ONLINE, RT_STATUS_ONLINE, RT_STATUS_PAPER
from escpos.exceptions import Error as PrinterError
from escpos.printer import Dummy, Network

from booking.models import Device

from .receipt_picture import is_printable, picture
from .slip import Slip

logger = logging.getLogger(__name__)

# Seconds: for each step with the printer, and for all of them including its name's look-up.
STEP_SECONDS = 1.0
ALL_SECONDS = 2.5

# Letters on a line of 80 mm paper, with some to spare.
COLUMNS = 42

# Threads, because a name's look-up cannot be given a time limit.
_printing = ThreadPoolExecutor(max_workers=8, thread_name_prefix="printer")


class PrinterDown(Exception):  # noqa: N818 - reads as what happened
    """Out of paper, offline, or not reachable."""


def print_slip(device: Device, slip: Slip) -> None:
    """Print within ``ALL_SECONDS``; raise ``PrinterDown`` where that fails."""
    job = _printing.submit(_send, device.printer_host, device.printer_port, receipt(slip))
    try:
        job.result(timeout=ALL_SECONDS)
    except (OSError, PrinterError, TookTooLong) as error:
        job.cancel()
        logger.warning("ticket not printed on %s: %s", device.printer_host, error)
        raise PrinterDown from error


def _send(host: str, port: int, ticket: bytes) -> None:
    printer = Network(host, port=port, timeout=STEP_SECONDS)
    try:
        printer.open()
        _require_ready(printer)
        printer._raw(ticket)
    finally:
        printer.close()


def _require_ready(printer: Network) -> None:
    for question, trouble in (
        (RT_STATUS_ONLINE, RT_MASK_ONLINE),
        (RT_STATUS_PAPER, RT_MASK_NOPAPER),
    ):
        try:
            answer = printer.query_status(question)
        except TimeoutError:
            return
        if answer and answer[0] & trouble == trouble:
            raise PrinterDown


def receipt(slip: Slip) -> bytes:
    """The ticket as ESC/POS."""
    paper = Dummy()
    paper.hw("INIT")
    paper.set(align="center", normal_textsize=True, bold=False)
    _write(paper, slip.town)
    _write(paper, slip.office, bold=True)
    paper.set(custom_size=True, width=6, height=6, bold=True)
    paper.text(f"\n{_plain(slip.big)}\n")
    paper.set(normal_textsize=True)
    paper.text("\n")
    _write(paper, *slip.services, bold=True)
    _write(paper, *slip.says, slip.directions)
    paper.text("\n")
    paper.qr(slip.link, size=6, native=True)
    paper.text("\n")
    _write(paper, slip.hint, slip.drawn)
    paper.cut()
    return paper.output


def _write(paper: Dummy, *texts: str, bold: bool = False) -> None:
    """Each on lines of its own."""
    paper.set(bold=bold)
    for text in map(_plain, filter(None, texts)):
        if is_printable(text):
            paper.text("".join(f"{line}\n" for line in wrap(text, COLUMNS)))
        else:
            paper.image(picture(text, bold=bold))


def _plain(text: str) -> str:
    """Without control characters: a printer obeys them."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
