"""Words of an authority that are German on a page of another language."""

from django.conf import settings
from django.db.models import Model
from django.template import Library
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from modeltranslation.utils import build_localized_fieldname

register = Library()


@register.filter
def lang_of(thing: Model, field: str) -> SafeString:
    """The attribute ``lang`` for an element with this field, where German stands in.

    So that a screen reader reads German words with a German voice (WCAG 3.1.2).
    """
    main, language = settings.MODELTRANSLATION_DEFAULT_LANGUAGE, get_language()
    own = language and getattr(thing, build_localized_fieldname(field, language), "")
    stands_in = not own and language not in (None, main)
    return format_html(' lang="{}"' if stands_in else "", main)
