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
LEADING = 1.3
# Between two languages, at full size; and the parts of it at which many find room.
GAP = 8 * mm
SCALES = [part / 20 for part in range(20, 7, -1)]


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
    scale = _scale(languages, y - MARGIN)
    for language in languages:
        with translation.override(language):
            y -= GAP * scale
            for text, size, bold in _steps(scale):
                y = _line(canvas, y, text, size, bold=bold)
    canvas.save()
    return buffer.getvalue()


def _scale(languages: Sequence[str], room: float) -> float:
    """The greatest part of the full size at which all languages fit."""
    return next((one for one in SCALES if _height(languages, one) <= room), SCALES[-1])


def _height(languages: Sequence[str], scale: float) -> float:
    height = 0.0
    for language in languages:
        with translation.override(language):
            height += GAP * scale
            for text, size, bold in _steps(scale):
                height += len(_lines(text, size, bold=bold)) * size * LEADING
    return height


def _steps(scale: float) -> list[tuple[str, float, bool]]:
    """What to do in the active language: text, size, bold."""
    scan = _("Scan the code with your phone’s camera and press “Check in”.")
    without = _("Without a phone: at the kiosk or at the front desk, with your check-in code.")
    return [(scan, 19 * scale, True), (without, 14 * scale, False)]


def _lines(text: str, size: float, *, bold: bool) -> list[str]:
    return seen_lines(text, font=font(bold=bold), size=size, width=WIDTH - 2 * MARGIN)


def _line(canvas: Canvas, y: float, text: str, size: float, *, bold: bool = False) -> float:
    """Centred text from ``y`` down, wrapped; where it ends."""
    for line in _lines(text, size, bold=bold):
        y -= size * LEADING
        canvas.setFont(font(bold=bold), size)
        canvas.drawCentredString(WIDTH / 2, y, line)
    return y
