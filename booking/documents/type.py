"""The letters of PDF documents: Latin and Cyrillic in Fira Sans, Arabic in Vazirmatn.

PDF knows neither directions nor joined letters: a line of Arabic is wrapped as it is read, then
turned into the forms and the order in which it is seen (Unicode's bidirectional algorithm).
"""

import unicodedata
from functools import cache
from pathlib import Path

from arabic_reshaper import ArabicReshaper
from bidi.algorithm import get_display
from django.utils.translation import get_language_bidi
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

FONTS = Path(__file__).parent / "fonts"
# The ligature is in hardly any font; its letters are.
_joined = ArabicReshaper({"ARABIC LIGATURE ALLAH": False})


def font(*, bold: bool = False) -> str:
    """The registered name of the face that has the letters of the active language."""
    family = "Vazirmatn" if get_language_bidi() else "FiraSans"
    return _registered(f"{family}-SemiBold" if bold else f"{family}-Regular")


@cache
def _registered(name: str) -> str:
    pdfmetrics.registerFont(TTFont(name, FONTS / f"{name}.ttf"))
    return name


def seen_lines(text: str, *, font: str, size: float, width: float) -> list[str]:
    """The text in lines of at most ``width`` points, each as ``drawString`` wants it."""
    if not get_language_bidi():
        return simpleSplit(text, font, size, width)
    lines = simpleSplit(_joined.reshape(text), font, size, width)
    return [get_display(line, base_dir=_direction(text)) for line in lines]


def _direction(text: str) -> str:
    """That of the first letter: a German name stays as it is, and so do the figures of a code."""
    directions = (unicodedata.bidirectional(letter) for letter in text)
    first = next((one for one in directions if one in ("L", "R", "AL")), "L")
    return "L" if first == "L" else "R"
