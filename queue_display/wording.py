"""How a counter is called in sentences, and how a call is spoken."""

import re
from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

# A label with a word in it, such as "Empfang" or "Zimmer 12", is a name by itself; "3" and
# "Z 12" are not.
WORD = re.compile(r"[^\W\d_]{3}")
# A ticket number: its letter and at least three digits.
NUMBER = re.compile(r"[A-Z]\d{3,5}")


def is_name(label: str) -> bool:
    """Whether a counter is called by its label alone."""
    return bool(WORD.search(label))


def counter_name(label: str) -> str:
    """“Counter 3” for the label 3, and “Empfang” for the label Empfang; empty for none."""
    if not label or is_name(label):
        return label
    return _("Counter %(label)s") % {"label": label}


def spoken_number(number: str) -> str:
    """“A 17” for A017, so that no voice reads the zeros."""
    return re.sub(r"^(\D*)0*(\d+)$", r"\1 \2", number)


def call_patterns() -> dict[str, str]:
    """The sentences of a call in the active language, to be filled by a display's script."""
    return {
        # Translators: shown and spoken; {label} is the label of the counter, such as 3.
        "counter": _("Counter {label}"),
        # Translators: spoken by the display; {counter} is “Counter 3”.
        "call": _("Number {number}, please go to {counter}."),
        # Translators: spoken by the display; {counter} is a name, such as “Reception”.
        "callToName": _("Number {number}, please come: {counter}."),
        # Translators: {sentence} is a call with its full stop, {place} is “first floor”.
        "withPlace": _("{sentence} {place}."),
    }


def all_call_patterns() -> dict[str, dict[str, str]]:
    """:func:`call_patterns` by language: a call is repeated in that of the visitor."""
    patterns = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            patterns[language] = call_patterns()
    return patterns


def spoken_call(number: str, label: str, places: Mapping[str, str], language: str) -> str:
    """The whole sentence as a voice of the server says it, in the given language."""
    with override(language):
        patterns = call_patterns()
    name = label if is_name(label) else patterns["counter"].format(label=label)
    pattern = patterns["callToName" if is_name(label) else "call"]
    sentence = pattern.format(number=spoken_number(number), counter=name)
    # Leichte Sprache, de-simple, is spoken by a German voice.
    place = places.get(language) or places.get(language.partition("-")[0])
    return patterns["withPlace"].format(sentence=sentence, place=place) if place else sentence
