"""What the town offers, and how each office offers it."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modeltranslation.admin import TranslationAdmin

from booking.models import Offering, Service

from .base import CheckedForm, ScopedAdmin, ScopedInline


class OfferingForm(CheckedForm):
    def clean(self) -> dict[str, Any]:
        """An office offers its own authority's services."""
        cleaned = super().clean()
        office, service = cleaned.get("office"), cleaned.get("service")
        if office and service and office.authority_id != service.authority_id:
            self.add_error("service", _("This service belongs to another authority."))
        return cleaned


class OfficesInline(ScopedInline):
    model = Offering
    form = OfferingForm
    fields = ("office", "minutes", "max_quantity", "letter", "online", "walk_in", "position")
    can_delete = False


@admin.register(Service)
class ServiceAdmin(ScopedAdmin, TranslationAdmin):
    fixed_fields = ("authority",)
    list_display = ("name", "summary", "leika")
    list_filter = (
        ("authority", admin.RelatedOnlyFieldListFilter),
        ("offerings__office", admin.RelatedOnlyFieldListFilter),
    )
    search_fields = ("name_de", "name_en", "keywords_de", "keywords_en", "slug", "leika")
    inlines = (OfficesInline,)
    fieldsets = (
        (None, {"fields": ("authority", "name", "summary")}),
        (gettext_lazy("For citizens"), {"fields": ("documents", "keywords")}),
        (gettext_lazy("For other systems"), {"fields": ("slug", "leika")}),
    )


@admin.register(Offering)
class OfferingAdmin(ScopedAdmin):
    form = OfferingForm
    fixed_fields = ("office", "service")
    fields = (
        "office", "service", "minutes", "max_quantity", "letter", "online", "walk_in", "limit",
        "limit_days", "position",
    )  # fmt: skip
    list_display = ("service", "office", "minutes", "max_quantity", "letter", "online", "walk_in")
    list_filter = (("office", admin.RelatedOnlyFieldListFilter), "letter", "online", "walk_in")
    list_select_related = ("service", "office")
    search_fields = (
        "service__name_de", "service__name_en", "service__keywords_de", "service__keywords_en",
    )  # fmt: skip
    ordering = ("office__name_de", "position")
