"""The poster for the entrance: one sheet of A4 that lets people check in on their own phone."""

from collections.abc import Sequence
from io import BytesIO

from django.utils import translation
from django.utils.translation import gettext as _
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from booking.models import Office

from .confirmation_pdf import draw_qr
from .type import font, seen_lines

WIDTH, HEIGHT = A4
MARGIN = 18 * mm
# A tenth of the distance from which it is read, by a rule of thumb: one metre.
QR_SIDE = 100 * mm


def poster_pdf(office: Office, *, link: str, languages: Sequence[str]) -> bytes:
    """The sheet, with the same in each language; the QR code holds ``link``."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=A4, lang=languages[0])
    with translation.override(languages[0]):
        canvas.setTitle(_("Check in: %(office)s") % {"office": office.name})
        canvas.setAuthor(office.authority.name)
        y = _line(canvas, HEIGHT - MARGIN, f"{office.authority.name} · {office.name}", 14)
        y = _line(canvas, y - 8 * mm, _("With an appointment?"), 40, bold=True)
        y = _line(canvas, y, _("Check in here"), 40, bold=True)
    draw_qr(canvas, link, (WIDTH - QR_SIDE) / 2, y - QR_SIDE - 10 * mm, QR_SIDE)
    y -= QR_SIDE + 16 * mm
    for language in languages:
        with translation.override(language):
            y = _steps(canvas, y - 8 * mm)
    canvas.save()
    return buffer.getvalue()


def _steps(canvas: Canvas, y: float) -> float:
    scan = _("Scan the code with your phone’s camera and press “Check in”.")
    without = _("Without a phone: at the kiosk or at the front desk, with your check-in code.")
    return _line(canvas, _line(canvas, y, scan, 19, bold=True) - 2 * mm, without, 14)


def _line(canvas: Canvas, y: float, text: str, size: float, *, bold: bool = False) -> float:
    """Centred text from ``y`` down, wrapped; where it ends."""
    name = font(bold=bold)
    for line in seen_lines(text, font=name, size=size, width=WIDTH - 2 * MARGIN):
        y -= size * 1.3
        canvas.setFont(name, size)
        canvas.drawCentredString(WIDTH / 2, y, line)
    return y
