"""The ticket as a PDF for 80 mm paper, as long as its text needs."""

from io import BytesIO

import segno
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from booking.documents.type import font, seen_lines

from .slip import Slip

WIDTH, MARGIN = 80 * mm, 5 * mm
QR_SIDE = 30 * mm
BOLD, PLAIN = True, False

# weight, size in points, space above in points
TOWN = (PLAIN, 10, 0)
OFFICE = (BOLD, 13, 2)
NUMBER = (BOLD, 62, 8)
SERVICE = (BOLD, 12, 8)
WAIT = (PLAIN, 12, 8)
WAIT_BELOW = (PLAIN, 10, 2)
SMALL = (PLAIN, 9, 6)


def ticket_pdf(slip: Slip, *, language: str) -> bytes:
    """The ticket on one page of 80 mm width."""
    above, below = _lines(slip)
    height = 2 * MARGIN + sum(map(_line_height, above + below)) + QR_SIDE + 10
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDTH, height), lang=language)
    canvas.setTitle(slip.big)
    canvas.setAuthor(slip.town)
    y = _write(canvas, above, height - MARGIN) - 10
    _draw_qr(canvas, slip.link, (WIDTH - QR_SIDE) / 2, y)
    _write(canvas, below, y - QR_SIDE)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


Line = tuple[str, str, int, int]


def _lines(slip: Slip) -> tuple[list[Line], list[Line]]:
    """What stands above and below the QR code, wrapped."""
    above = [*_wrap(slip.town, *TOWN), *_wrap(slip.office, *OFFICE), *_wrap(slip.big, *NUMBER)]
    for service in slip.services:
        above += _wrap(service, *SERVICE)
    for index, words in enumerate(slip.says):
        above += _wrap(words, *(WAIT_BELOW if index else WAIT))
    above += _wrap(slip.directions, *SMALL)
    return above, [*_wrap(slip.hint, *SMALL), *_wrap(slip.drawn, *SMALL)]


def _wrap(text: str, bold: bool, size: int, space: int) -> list[Line]:
    face = font(bold=bold)
    lines = seen_lines(text, font=face, size=size, width=WIDTH - 2 * MARGIN)
    return [(line, face, size, space if index == 0 else 0) for index, line in enumerate(lines)]


def _line_height(line: Line) -> float:
    _text, _font, size, space = line
    return size * 1.2 + space


def _write(canvas: Canvas, lines: list[Line], top: float) -> float:
    for line in lines:
        text, face, size, _space = line
        top -= _line_height(line)
        canvas.setFont(face, size)
        canvas.drawCentredString(WIDTH / 2, top + size * 0.25, text)
    return top


def _draw_qr(canvas: Canvas, link: str, x: float, top: float) -> None:
    """One path for all dark modules: small and quick, and without seams."""
    matrix = segno.make(link, error="m", micro=False).matrix
    module = QR_SIDE / len(matrix)
    path = canvas.beginPath()
    for row, modules in enumerate(matrix):
        for column, dark in enumerate(modules):
            if dark:
                path.rect(x + column * module, top - (row + 1) * module, module, module)
    canvas.drawPath(path, stroke=0, fill=1)
