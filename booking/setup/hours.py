"""Opening hours and closures. Whom a change would leave standing is shown before it is made."""

import copy
from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from booking.domain.hours import (
    affected_appointments,
    remove_closure,
    remove_opening_hours,
    save_closure,
    save_opening_hours,
)
from booking.models import Appointment, Closure, Office, OpeningHours

from .base import CheckedForm, ScopedAdmin
from .offerings import OfferingsAdmin, OfferingsForm

NAMED_AT_MOST = 20


class KeepingForm(CheckedForm):
    """A change that leaves appointments without opening hours needs a second look.

    The change is made, looked at and taken back; what the form says is what would happen.
    """

    keep = forms.BooleanField(
        label=gettext_lazy("Keep appointments outside opening hours"),
        required=False,
        help_text=gettext_lazy(
            "Only needed where people have already booked: their appointments stay valid."
        ),
    )

    def save_in_domain(self) -> None:
        """Make the change through the domain."""
        raise NotImplementedError

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.errors or self.cleaned_data.get("keep") or self.instance.office_id is None:
            return
        left = self._left_standing()
        if left:
            self.add_error("keep", [sentence_about(len(left)), *names_of(left)])

    def _left_standing(self) -> list[Appointment]:
        form = copy.copy(self)
        form.instance = copy.copy(self.instance)
        return left_standing(form.instance.office, form.save_in_domain)


class OpeningHoursForm(OfferingsForm, KeepingForm):
    def save_in_domain(self) -> None:
        save_opening_hours(self.instance, offerings=list(self.cleaned_data["offerings"]))


class ClosureForm(KeepingForm):
    def save_in_domain(self) -> None:
        save_closure(self.instance)


def left_standing(office: Office, change: Any) -> list[Appointment]:
    """Which appointments would stand outside opening hours after a change and not before."""
    with transaction.atomic():
        before = set(affected_appointments(office).values_list("pk", flat=True))
        change()
        after = affected_appointments(office).select_related("office")
        left = [one for one in after if one.pk not in before]
        transaction.set_rollback(True)
    return left


def sentence_about(count: int) -> str:
    return ngettext(
        "%(count)s appointment would stand outside opening hours. Tick “keep” to save anyway; "
        "the person will still come.",
        "%(count)s appointments would stand outside opening hours. Tick “keep” to save anyway; "
        "these people will still come.",
        count,
    ) % {"count": count}


def names_of(appointments: list[Appointment]) -> list[str]:
    """Day and time of each; whose they are is nobody's business here."""
    shown = []
    for one in appointments[:NAMED_AT_MOST]:
        start = one.start.astimezone(one.office.zone)
        shown.append(f"{date_format(start, 'D')} {date_format(start, 'SHORT_DATETIME_FORMAT')}")
    more = len(appointments) - NAMED_AT_MOST
    return [*shown, _("and %(count)s more") % {"count": more}] if more > 0 else shown


class DomainAdmin(ScopedAdmin):
    """Saves and deletes through the domain, so that slots and appointments stay in step."""

    fixed_fields = ("office",)

    def remove(self, obj: Any) -> None:
        raise NotImplementedError

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        form.save_in_domain()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.remove(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        with transaction.atomic():
            for obj in queryset:
                self.remove(obj)

    def describe_deletion(self, obj: Any) -> list:
        left = left_standing(obj.office, lambda: self.remove(copy.copy(obj)))
        if not left:
            return [str(obj)]
        return [str(obj), [sentence_without_choice(len(left)), names_of(left)]]


def sentence_without_choice(count: int) -> str:
    return ngettext(
        "%(count)s appointment would stand outside opening hours; the person will still come.",
        "%(count)s appointments would stand outside opening hours; these people will still come.",
        count,
    ) % {"count": count}


@admin.register(OpeningHours)
class OpeningHoursAdmin(OfferingsAdmin, DomainAdmin):
    form = OpeningHoursForm
    list_display = (
        "office", "weekday", "opens", "closes", "counters", "online_counters", "valid_from",
        "valid_until",
    )  # fmt: skip
    list_display_links = ("office", "weekday")
    list_filter = (("office", admin.RelatedOnlyFieldListFilter), "weekday")
    list_select_related = ("office",)
    search_fields = ("office__name_de", "office__name_en")
    ordering = ("office__name_de", "weekday", "opens")
    save_as = True
    fieldsets = (
        (None, {"fields": ("office", "weekday", ("opens", "closes"))}),
        (gettext_lazy("Validity"), {"fields": (("valid_from", "valid_until"),)}),
        (
            gettext_lazy("Places"),
            {
                "fields": (
                    "unit_minutes",
                    "counters",
                    "online_counters",
                    "short_notice_counters",
                    "short_notice_hours",
                    "wish_counters",
                )
            },
        ),
        (gettext_lazy("Only for some services"), {"fields": ("offerings",)}),
        (gettext_lazy("Appointments already booked"), {"fields": ("keep",)}),
    )

    def remove(self, obj: OpeningHours) -> None:
        remove_opening_hours(obj)


@admin.register(Closure)
class ClosureAdmin(DomainAdmin):
    form = ClosureForm
    fields = ("office", ("first_day", "last_day"), "reason", "keep")
    list_display = ("first_day", "last_day", "office", "reason")
    list_filter = (("office", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("office",)
    search_fields = ("reason", "office__name_de", "office__name_en")
    date_hierarchy = "first_day"

    def remove(self, obj: Closure) -> None:
        remove_closure(obj)
