"""What every page knows."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, get_language_info

from . import clock


def page(request: HttpRequest) -> dict[str, object]:
    """Context processor: the demo's clock and this page's address in the other languages."""
    return {
        "demo_now": clock.now() if settings.DEMO else None,
        # Parts of pages show no languages: looked up by those that do.
        "other_languages": SimpleLazyObject(lambda: _other_languages(request)),
    }


def _other_languages(request: HttpRequest) -> list[dict[str, str | bool]]:
    """Those in which this page is to be had."""
    here, current = request.get_full_path(), get_language()
    addresses = {code: translate_url(here, code) for code, _name in settings.LANGUAGES}
    german = addresses[settings.LANGUAGE_CODE]
    return [
        {
            "code": code,
            "name": get_language_info(code)["name_local"],
            "url": address,
            "is_main": code == settings.LANGUAGE_CODE,
        }
        for code, address in addresses.items()
        # What is no page has the same address in all; a staff page has the German one in those
        # that staff are not offered.
        if code != current
        and address != here
        and (address != german or code == settings.LANGUAGE_CODE)
    ]
