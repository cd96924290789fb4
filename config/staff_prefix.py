"""Pages for staff: in fewer languages than those for citizens."""

from django.conf import settings
from django.urls import LocalePrefixPattern, URLPattern, URLResolver
from django.utils.translation import get_language


class StaffPrefix(LocalePrefixPattern):
    """The language in the path, where it is one of ``STAFF_LANGUAGES``.

    From a page in another language the way to a staff page leads to the German one.
    """

    @property
    def language_prefix(self) -> str:
        if get_language() in settings.STAFF_LANGUAGES:
            return super().language_prefix
        return ""


def staff_patterns(*patterns: URLPattern | URLResolver) -> list[URLResolver]:
    """As Django's ``i18n_patterns``."""
    return [URLResolver(StaffPrefix(prefix_default_language=False), list(patterns))]
