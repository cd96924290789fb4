"""Texts in several languages: German and English at hand, the others folded."""

from django.conf import settings
from django.db.models import Model
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext
from modeltranslation.admin import TranslationAdmin

Parts = list[tuple[str | None, dict]]


class TranslatedAdmin(TranslationAdmin):
    """Each language that staff are not offered has a folded part of its own, below the others.

    Where one of its fields is left empty, citizens read the German text. What only staff and
    displays show is not asked for in those languages.
    """

    for_citizens = True

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Parts:
        parts = super().get_fieldsets(request, obj)
        open_parts = [(title, self._in_language("", part)) for title, part in parts]
        return [*open_parts, *(self._folded(parts) if self.for_citizens else [])]

    def _folded(self, parts: Parts) -> Parts:
        return [
            (
                capfirst(gettext(name)),
                {
                    "fields": [
                        field
                        for _title, part in parts
                        for field in self._in_language(code, part)["fields"]
                    ],
                    "classes": ["collapse"],
                },
            )
            for code, name in settings.LANGUAGES
            if code not in settings.STAFF_LANGUAGES
        ]

    def _in_language(self, code: str, part: dict) -> dict:
        """The part with the fields of one folded language alone, or for "" with all others."""
        folded = {
            column.name: column.language
            for columns in self.trans_opts.all_fields.values()
            for column in columns
            if column.language not in settings.STAFF_LANGUAGES
        }
        fields = [name for name in part["fields"] if folded.get(name, "") == code]
        return {**part, "fields": fields}
