"""What every page knows."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.translation import get_language, get_language_info

from . import clock


def page(request: HttpRequest) -> dict[str, object]:
    """Context processor: the demo's clock and this page's address in the other languages."""
    current = get_language()
    address = request.get_full_path()
    return {
        "demo_now": clock.now() if settings.DEMO else None,
        "other_languages": [
            {
                "code": code,
                "name": get_language_info(code)["name_local"],
                "url": translate_url(address, code),
            }
            for code, _name in settings.LANGUAGES
            if code != current
        ],
    }
