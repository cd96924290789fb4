"""A text as a picture, for a receipt printer that has no code for its letters.

Hardly any has them for Arabic, joined and from right to left; for Cyrillic and Turkish it depends
on the model, and the wrong code page prints other letters without a word.
"""

from PIL import Image, ImageDraw, ImageFont

from booking.documents.type import FONTS, font, seen_lines

# Western Europe, with dashes and quotation marks: a printer sold in Germany has that.
CODE_PAGE = "cp1252"
# Dots: 64 mm of 80 mm paper at 8 dots to the millimetre, with letters as high as the printer's.
WIDTH, SIZE, LINE = 512, 28, 38


def is_printable(text: str) -> bool:
    """Whether the printer's own letters suffice."""
    try:
        text.encode(CODE_PAGE)
    except UnicodeEncodeError:
        return False
    return True


def picture(text: str, *, bold: bool = False) -> Image.Image:
    """The text in the active language, centred, black on white."""
    face = font(bold=bold)
    letters = ImageFont.truetype(FONTS / f"{face}.ttf", SIZE, layout_engine=ImageFont.Layout.BASIC)
    lines = seen_lines(text, font=face, size=SIZE, width=WIDTH - 16)
    drawn = Image.new("1", (WIDTH, LINE * len(lines)), 1)
    pencil = ImageDraw.Draw(drawn)
    for number, line in enumerate(lines):
        place = (WIDTH / 2, LINE * (number + 0.75))
        pencil.text(place, line, font=letters, fill=0, anchor="ms")
    return drawn
