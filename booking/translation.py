"""Fields of the model that each authority fills in several languages; German is the fallback."""

from modeltranslation.translator import TranslationOptions, register

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
