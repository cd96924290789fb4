"""The town, its offices and their counters."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.forms import BaseModelFormSet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from booking.domain.announcements import announce
from booking.domain.hours import rebuild_slots, remove_closure
from booking.models import Authority, Closure, Counter, Offering, Office

from .access import ACCESS_FIELDSETS, SpokenLanguagesForm
from .base import CheckedForm, ScopedAdmin, ScopedInline
from .hours import ClosureForm
from .offerings import OfferingsAdmin, OfferingsForm
from .scope import rights_of
from .services import OfferingForm
from .translated import TranslatedAdmin


class AuthorityForm(CheckedForm):
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("languages"),
        choices=settings.LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
    )


@admin.register(Authority)
class AuthorityAdmin(ScopedAdmin, TranslatedAdmin):
    form = AuthorityForm
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "name", "slug", "subdivision", "languages", "privacy_contact", "retention_days",
                )
            },
        ),
        *ACCESS_FIELDSETS,
    )  # fmt: skip
    list_display = ("name", "slug", "subdivision", "retention_days")
    search_fields = ("name", "slug")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple:
        """The address is in links and mails that are already out: an operator's matter."""
        return () if rights_of(request).is_operator else ("slug",)

    def save_model(self, request: HttpRequest, obj: Authority, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "subdivision" in form.changed_data:
            for office in obj.offices.order_by("pk"):
                rebuild_slots(office)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return rights_of(request).is_operator and super().has_delete_permission(request, obj)


class CounterInline(ScopedInline):
    model = Counter
    fields = ("label", "position")
    can_delete = False


class OfferingInline(ScopedInline):
    model = Offering
    form = OfferingForm
    fields = (
        "service", "minutes", "max_quantity", "letter", "online", "walk_in", "checklist_required",
        "position",
    )  # fmt: skip
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Offering]:
        return super().get_queryset(request).select_related("service")


class ClosureInline(ScopedInline):
    model = Closure
    form = ClosureForm
    fields = ("first_day", "last_day", "reason", "keep")


@admin.register(Office)
class OfficeAdmin(ScopedAdmin, TranslatedAdmin):
    form = SpokenLanguagesForm
    fixed_fields = ("authority",)
    list_display = ("name", "address", "authority", "notice")
    list_filter = (("authority", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("authority",)
    search_fields = ("name_de", "name_en", "address")
    inlines = (CounterInline, OfferingInline, ClosureInline)
    fieldsets = (
        (None, {"fields": ("authority", "name", "address", "directions", "time_zone")}),
        (gettext_lazy("For citizens"), {"fields": ("step_free", "spoken_languages")}),
        (gettext_lazy("Waiting room"), {"fields": ("notice",)}),
        (
            gettext_lazy("Booking online"),
            {
                "fields": (
                    "horizon_days",
                    "hold_minutes",
                    "ask_phone",
                    "confirm_by_mail",
                    "confirm_minutes",
                )
            },
        ),
        (
            gettext_lazy("Limits against hoarding"),
            {"fields": ("limit_days", "email_limit", "device_limit", "network_limit")},
        ),
        (
            gettext_lazy("Reminders"),
            {"fields": ("remind_day_before", "remind_hour_before", "remind_by_sms")},
        ),
        (
            gettext_lazy("Waiting list"),
            {"fields": ("takes_wishes", "wish_reply_hours", "wish_lead_minutes")},
        ),
        (
            gettext_lazy("Check-in"),
            {
                "fields": (
                    "phone_check_in",
                    "check_in_opens_minutes",
                    "check_in_closes_minutes",
                    "grace_minutes",
                    "late_wait_minutes",
                )
            },
        ),
        (
            gettext_lazy("Without appointment"),
            {"fields": ("target_wait_minutes", "last_ticket_minutes", "daily_tickets")},
        ),
        (
            gettext_lazy("Order of calling"),
            {
                "fields": (
                    "assisted_wait_minutes",
                    "urgent_wait_minutes",
                    "kiosk_asks_assistance",
                    "returned_wait_minutes",
                )
            },
        ),
    )

    def save_related(self, request: HttpRequest, form: Any, formsets: list, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if change and "time_zone" in form.changed_data:
            rebuild_slots(form.instance)
        # Name and notice are on the displays. Announced last: see ``announce``.
        announce(form.instance.pk)

    def save_formset(
        self, request: HttpRequest, form: Any, formset: BaseModelFormSet, change: bool
    ) -> None:
        if formset.model is not Closure:
            formset.save()
            return
        formset.save(commit=False)
        for closure in formset.deleted_objects:
            remove_closure(closure)
        for row in formset.forms:
            if row.has_changed() and row not in formset.deleted_forms:
                row.save_in_domain()


class CounterForm(OfferingsForm, CheckedForm):
    """A counter serves what its own office offers."""


@admin.register(Counter)
class CounterAdmin(OfferingsAdmin, ScopedAdmin, TranslatedAdmin):
    form = CounterForm
    fixed_fields = ("office",)
    fields = ("office", "label", "place", "position", "offerings")
    list_display = ("label", "office", "place", "state", "staff")
    list_filter = (("office", admin.RelatedOnlyFieldListFilter), "state")
    list_select_related = ("office", "staff")
    search_fields = ("label", "office__name_de", "office__name_en")
    ordering = ("office__name_de", "position", "label")

    def save_model(self, request: HttpRequest, obj: Counter, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        announce(obj.office_id)
