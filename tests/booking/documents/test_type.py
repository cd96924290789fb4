"""Every letter of every sentence has a form on paper and on screens."""

import re

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import translation
from django.utils.translation import to_locale
from reportlab.pdfbase import pdfmetrics

from booking.documents.type import font, seen_lines

LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]
RANGE = re.compile(r"U\+([0-9A-F]{4})(?:-([0-9A-F]{4}))?")


def words(language: str) -> str:
    path = settings.BASE_DIR / "locale" / to_locale(language) / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        told = [message.string for message in read_po(file) if message.id]
    forms = [form for one in told for form in ([one] if isinstance(one, str) else one)]
    return " ".join(sorted(set(" ".join(forms).split())))


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_is_in_the_font_of_the_paper(language, bold):
    with translation.override(language):
        face = font(bold=bold)
        lines = seen_lines(words(language), font=face, size=10, width=400)
    known = pdfmetrics.getFont(face).face.charToGlyph
    assert {letter for line in lines for letter in line if ord(letter) not in known} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_is_in_a_font_of_the_screen(language):
    css = (settings.BASE_DIR / "static/css/fonts.css").read_text()
    ranges = [
        range(int(first, 16), int(last or first, 16) + 1) for first, last in RANGE.findall(css)
    ]
    missing = {one for one in words(language) if not any(ord(one) in span for span in ranges)}
    assert missing == set()


def test_arabic_is_written_from_the_right_with_joined_letters():
    with translation.override("ar"):
        (line,) = seen_lines("رقم A 17 (جديد)", font=font(), size=10, width=400)
    # Joined forms, the last letter first; what is Latin stays as it is, brackets are turned.
    assert line == "(\ufeaa\ufef3\ufeaa\ufe9f) A 17 \ufee2\ufed7\ufead"


def test_what_has_no_arabic_letter_is_written_from_the_left():
    with translation.override("ar"):
        for text in ("1035 1006", "Markt 1 (Hof)", "10:20"):
            assert seen_lines(text, font=font(), size=10, width=400) == [text]
