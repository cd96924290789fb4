"""The catalogues: what `bin/translations check` cannot know of a sentence."""

import re
from collections import Counter

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language_info, gettext, ngettext, to_locale

LOCALES = [to_locale(code) for code, _name in settings.LANGUAGES if code != "en"]
# Filled in by Python, by a template or by a script; and the elements around words.
KEPT = re.compile(r"%\(\w+\)[sd]|\{\w+\}|</?\w+[^>]*>")
# One, two or none of them needs no figure in Arabic.
COUNTED = re.compile(r"%\((?:count|counter|days|hours|minutes|number)\)[sd]")


def messages(locale: str) -> list[Message]:
    path = settings.BASE_DIR / "locale" / locale / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        return [message for message in read_po(file) if message.id]


def forms(message: Message) -> list[tuple[str, str]]:
    """Each translation, with the English sentence it stands for."""
    if not message.pluralizable:
        return [(message.id, message.string)]
    one, many = message.id
    return [(one if form == 0 else many, text) for form, text in enumerate(message.string)]


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_filled_in_is_the_same_in_every_translation(locale):
    wrong = []
    for message in messages(locale):
        for form, (english, text) in enumerate(forms(message)):
            wanted, found = (Counter(KEPT.findall(one)) for one in (english, text))
            if locale == "ar" and message.pluralizable and form < 3:
                for figure in COUNTED.findall(english):
                    wanted[figure] = found[figure] = 0
            if +wanted != +found:
                wrong.append(text)
    assert wrong == []


@pytest.mark.parametrize(
    ("language", "forms"), [("uk", 3), ("ar", 6), ("tr", 2), ("ru", 3), ("de-simple", 2)]
)
def test_every_number_has_its_form(language, forms):
    assert {len(one.string) for one in messages(to_locale(language)) if one.pluralizable} == {forms}


def test_a_number_stands_with_the_form_that_belongs_to_it():
    def persons(language: str, count: int) -> str:
        with translation.override(language):
            return ngettext("%(count)s person", "%(count)s persons", count) % {"count": count}

    assert [persons("ru", count) for count in (1, 2, 5, 11, 21)] == [
        "1 человек", "2 человека", "5 человек", "11 человек", "21 человек",
    ]  # fmt: skip
    # With the number, which stands on the kiosk's buttons, also where Arabic could do without.
    assert [persons("ar", count) for count in (1, 2, 3, 11, 100)] == [
        "1 شخص", "2 شخصان", "3 أشخاص", "11 شخصًا", "100 شخص",
    ]  # fmt: skip


def test_what_is_not_translated_is_german():
    with translation.override("ar"):
        assert gettext("Front desk") == "Empfang"


def test_leichte_sprache_is_a_language_of_its_own():
    assert get_language_info("de-simple")["name_local"] == "Leichte Sprache"
    with translation.override("de-simple"):
        assert gettext("Draw a ticket") == "Nummer ziehen"
