"""Fields of the model that each authority fills in several languages; German is the fallback."""

from modeltranslation.translator import TranslationOptions, register

from .models import Counter, Notice, Office, Service


@register(Service)
class ServiceTranslation(TranslationOptions):
    fields = ("name", "summary", "documents", "keywords")


@register(Office)
class OfficeTranslation(TranslationOptions):
    fields = ("name", "directions", "notice")


@register(Counter)
class CounterTranslation(TranslationOptions):
    fields = ("place",)


@register(Notice)
class NoticeTranslation(TranslationOptions):
    fields = ("heading", "text", "picture_text")
