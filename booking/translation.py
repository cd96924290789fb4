"""Fields of the model that each authority fills in several languages; German is the fallback."""

from django.db.models import Model
from modeltranslation.translator import TranslationOptions, register, translator

from .models import Authority, Counter, Notice, Office, Service, Situation


@register(Service)
class ServiceTranslation(TranslationOptions):
    fields = ("name", "summary", "documents", "keywords", "costs", "representation", "children")


@register(Situation)
class SituationTranslation(TranslationOptions):
    fields = ("name",)


@register(Authority)
class AuthorityTranslation(TranslationOptions):
    fields = ("inaccessible", "enforcement_body")


@register(Office)
class OfficeTranslation(TranslationOptions):
    fields = ("name", "directions", "notice")


@register(Counter)
class CounterTranslation(TranslationOptions):
    fields = ("place",)


@register(Notice)
class NoticeTranslation(TranslationOptions):
    fields = ("heading", "text", "picture_text")


def texts_of(model: type[Model], prefix: str = "") -> list[str]:
    """The fields of a model that are filled in several languages, as a query set names them.

    They are most of what is in some rows; where people wait in a rush they are not read.
    """
    fields = translator.get_options_for_model(model).all_fields.values()
    return [f"{prefix}{field.name}" for languages in fields for field in languages]
