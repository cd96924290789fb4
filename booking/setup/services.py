"""What the town offers, and how each office offers it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Field, Model
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from booking.models import Offering, Service, Situation

from .base import CheckedForm, ScopedAdmin, ScopedInline
from .scope import visible
from .translated import TranslatedAdmin


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
    fields = (
        "office", "minutes", "max_quantity", "letter", "online", "walk_in", "checklist_required",
        "target_wait_minutes", "position",
    )  # fmt: skip
    can_delete = False


@admin.register(Service)
class ServiceAdmin(ScopedAdmin, TranslatedAdmin):
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
        (
            gettext_lazy("Before booking"),
            {"fields": ("costs", "online_url", "representation", "children")},
        ),
        (gettext_lazy("For other systems"), {"fields": ("slug", "leika")}),
    )


class ServicesField(forms.ModelMultipleChoiceField):
    """Boxes to tick; a town has some dozens."""

    widget = forms.CheckboxSelectMultiple


class SituationForm(CheckedForm):
    def clean(self) -> dict[str, Any]:
        """Its own authority's services."""
        cleaned = super().clean()
        authority, chosen = cleaned.get("authority"), cleaned.get("services") or ()
        if authority and any(one.authority_id != authority.pk for one in chosen):
            self.add_error("services", _("This service belongs to another authority."))
        return cleaned


@admin.register(Situation)
class SituationAdmin(ScopedAdmin, TranslatedAdmin):
    """Groups on the citizens' start page."""

    form = SituationForm
    fixed_fields = ("authority",)
    fields = ("authority", "name", "slug", "position", "services")
    list_display = ("name", "authority", "position")
    list_filter = (("authority", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("authority",)
    search_fields = ("name_de", "name_en")

    def formfield_for_manytomany(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        offered = visible(Service, request.user).order_by("name_de")
        return db_field.formfield(form_class=ServicesField, queryset=offered)

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm]:
        form = super().get_form(request, obj, change=change, **kwargs)
        field = form.base_fields.get("services")
        if change and field is not None:
            field.queryset = field.queryset.filter(authority=obj.authority_id)
        return form


@admin.register(Offering)
class OfferingAdmin(ScopedAdmin):
    form = OfferingForm
    fixed_fields = ("office", "service")
    fields = (
        "office", "service", "minutes", "max_quantity", "letter", "online", "walk_in",
        "checklist_required", "target_wait_minutes", "limit", "limit_days", "position",
    )  # fmt: skip
    list_display = ("service", "office", "minutes", "max_quantity", "letter", "online", "walk_in")
    list_filter = (("office", admin.RelatedOnlyFieldListFilter), "letter", "online", "walk_in")
    list_select_related = ("service", "office")
    search_fields = (
        "service__name_de", "service__name_en", "service__keywords_de", "service__keywords_en",
    )  # fmt: skip
    ordering = ("office__name_de", "position")
