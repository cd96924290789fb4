"""The languages the staff of an office may speak beside German."""

from django.conf.locale import LANG_INFO
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

# ISO 639-3; Django knows no sign language.
GERMAN_SIGN_LANGUAGE = "gsg"
CODES = (
    "ar", "bg", "ckb", "el", "en", "es", "fa", "fr", "hr", "it", "nl", "pl", "pt", "ro", "ru",
    "sk", "sr", "tr", "uk", "vi", GERMAN_SIGN_LANGUAGE,
)  # fmt: skip


def language_name(code: str) -> str:
    """In the active language; a code that is none stands for itself."""
    if code == GERMAN_SIGN_LANGUAGE:
        return _("German Sign Language")
    return get_language_info(code)["name_translated"] if code in LANG_INFO else code


def language_choices() -> list[tuple[str, str]]:
    """Codes and names, by name."""
    return sorted(((code, language_name(code)) for code in CODES), key=lambda one: one[1])
