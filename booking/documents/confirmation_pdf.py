"""The confirmation on one sheet of A4: when, where, what to bring, and the code.

It names nobody: whoever finds it on a printer learns no more than the number.
"""

from collections.abc import Sequence
from io import BytesIO

import segno
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from booking.local_time import day_text, time_text
from booking.models import Appointment, AppointmentItem

from .type import font, seen_lines

LEFT, RIGHT, BOTTOM = 25 * mm, A4[0] - 25 * mm, 20 * mm
QR_SIZE = 42 * mm


def confirmation_pdf(
    appointment: Appointment, items: Sequence[AppointmentItem], *, link: str
) -> bytes:
    """The sheet in the active language; the QR code holds ``link``."""
    office = appointment.office
    start = appointment.start.astimezone(office.zone)
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=A4, lang=get_language())
    canvas.setTitle(
        _("Appointment on %(day)s at %(time)s") % {"day": day_text(start), "time": time_text(start)}
    )
    canvas.setAuthor(office.authority.name)
    sheet = _Sheet(canvas)
    sheet.write(office.authority.name, size=11)
    sheet.write(_("Your appointment"), size=20, bold=True, gap=12)
    sheet.write(day_text(start), size=15, bold=True, gap=8)
    sheet.write(time_text(start), size=24, bold=True)

    top = sheet.y
    width = RIGHT - LEFT - QR_SIZE - 8 * mm
    sheet.label(_("Place"))
    for line in (office.name, office.address, office.directions):
        sheet.write(line, width=width)
    sheet.label(_("Service"))
    for item in items:
        sheet.write(_quantified(item), width=width)
    sheet.label(_("Your code for checking in at the kiosk"))
    sheet.write(appointment.code_in_halves, size=24, bold=True)
    beside = LEFT if get_language_bidi() else RIGHT - QR_SIZE
    draw_qr(canvas, link, beside, top - QR_SIZE - 6 * mm, QR_SIZE)
    sheet.y = min(sheet.y, top - QR_SIZE - 6 * mm)

    for item in items:
        documents = item.offering.service.document_list
        if documents:
            name = item.offering.service.name
            heading = _("Please bring for %(service)s") % {"service": name}
            sheet.write(heading if len(items) > 1 else _("Please bring"), bold=True, gap=14)
        for document in documents:
            sheet.write(document, bullet=True)
    sheet.write(_on_arrival(appointment), size=10, gap=16)
    canvas.save()
    return buffer.getvalue()


def _on_arrival(appointment: Appointment) -> str:
    """Whoever booked on the phone without an e-mail address has no link to cancel with."""
    if appointment.email:
        return _(
            "Please type the code in at the kiosk when you arrive, or hold the QR code in front"
            " of its scanner. You cannot come? Please cancel with the link in your e-mail."
        )
    return _(
        "Please type the code in at the kiosk when you arrive, or hold the QR code in front"
        " of its scanner. You cannot come? Please call us, then somebody else gets the time."
    )


def draw_qr(canvas: Canvas, text: str, x: float, y: float, size: float) -> None:
    """A QR code as one filled path, its lower left corner at ``x``, ``y``, without margin."""
    rows = segno.make(text, error="m").matrix
    module = size / len(rows)
    path = canvas.beginPath()
    for number, row in enumerate(rows):
        for column, dark in enumerate(row):
            if dark:
                path.rect(x + column * module, y + size - (number + 1) * module, module, module)
    canvas.drawPath(path, stroke=0, fill=1)


def _quantified(item: AppointmentItem) -> str:
    name = item.offering.service.name
    return f"{item.quantity} × {name}" if item.quantity > 1 else name


class _Sheet:
    """Writes downwards, wraps lines, and begins a new page where one is full.

    In Arabic every line begins at the right margin.
    """

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.y = A4[1] - 22 * mm

    def label(self, text: str) -> None:
        self.canvas.setFillGray(0.35)
        self.write(text, size=9, gap=12)
        self.canvas.setFillGray(0)

    def write(
        self,
        text: str,
        *,
        size: float = 12,
        bold: bool = False,
        gap: float = 0,
        width: float = RIGHT - LEFT,
        bullet: bool = False,
    ) -> None:
        """One paragraph, ``gap`` points below the one before. Nothing for an empty text."""
        face = font(bold=bold)
        indent = 12 if bullet else 0
        self.y -= gap
        lines = seen_lines(text or "", font=face, size=size, width=width - indent)
        for number, line in enumerate(lines):
            self.y -= size * 1.4
            if self.y < BOTTOM:
                self.canvas.showPage()
                self.y = A4[1] - 22 * mm - size * 1.4
            self.canvas.setFont(face, size)
            if bullet and number == 0:
                self._draw("•")
            self._draw(line, indent)

    def _draw(self, line: str, indent: float = 0) -> None:
        if get_language_bidi():
            self.canvas.drawRightString(RIGHT - indent, self.y, line)
        else:
            self.canvas.drawString(LEFT + indent, self.y, line)
