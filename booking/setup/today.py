"""Appointments and visits, to look at. Names appear at the desk and nowhere else."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy

from booking import clock
from booking.domain.slot_grid import local_day_bounds
from booking.models import Appointment, AppointmentItem, Offering, OutboxMail, Visit

from .base import ReadOnlyAdmin, VisibleOffices
from .scope import visible


class When(admin.SimpleListFilter):
    """Today, unless something else is chosen: all would be years of what is past.

    Whoever comes by the address of a month or a day gets what it says.
    """

    title = gettext_lazy("when")
    parameter_name = "when"
    DEFAULT = "today"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple]:
        return [
            ("today", gettext_lazy("Today")),
            ("later", gettext_lazy("From tomorrow on")),
            ("all", gettext_lazy("All")),
        ]

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, Any]]:
        """Without the one that stands for no choice."""
        choices = super().choices(changelist)
        next(choices)
        yield from choices

    def value(self) -> str:
        return super().value() or self.DEFAULT

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        dated = any(name.startswith(("start__", "day__")) for name in request.GET)
        if self.value() == "all" or (dated and self.parameter_name not in request.GET):
            return queryset
        return self.of_days(queryset, later=self.value() == "later")

    def of_days(self, queryset: QuerySet, *, later: bool) -> QuerySet:
        """The rows of today or of the days after it."""
        raise NotImplementedError


class WhenItStarts(When):
    """For appointments."""

    def of_days(self, queryset: QuerySet, *, later: bool) -> QuerySet:
        zone = timezone.get_default_timezone()
        begins, ends = local_day_bounds(clock.today(zone), zone)
        if later:
            return queryset.filter(start__gte=ends)
        return queryset.filter(start__gte=begins, start__lt=ends)


class WhenTheyCame(When):
    """For visits; none comes from tomorrow on."""

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple]:
        return [one for one in super().lookups(request, model_admin) if one[0] != "later"]

    def of_days(self, queryset: QuerySet, *, later: bool) -> QuerySet:
        return queryset.filter(day=clock.today(timezone.get_default_timezone()))


@admin.register(Appointment)
class AppointmentAdmin(ReadOnlyAdmin):
    fields = ("office", "start_local", "end", "state", "services", "mail", "created_at",
              "booked_at", "cancelled_at")  # fmt: skip
    list_display = ("start_local", "office", "services", "state", "mail")
    list_filter = (WhenItStarts, "state", "mails__state", ("office", VisibleOffices))
    list_select_related = ("office",)
    # Shows the field; what is searched stands below.
    search_fields = ("items__offering__service__name_de", "items__offering__service__name_en")
    search_help_text = gettext_lazy("Searches services. Names are shown at the desk alone.")
    date_hierarchy = "start"
    ordering = ("start",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Appointment]:
        """Names are not even fetched."""
        rows = super().get_queryset(request).defer("name", "email", "phone", "code")
        mails = OutboxMail.objects.only("state", "appointment").order_by("created_at")
        return rows.prefetch_related("items__offering__service", Prefetch("mails", queryset=mails))

    @admin.display(description=gettext_lazy("mail"))
    def mail(self, appointment: Appointment) -> str:
        """What became of the last mail: an address that was typed wrong shows here."""
        mails = list(appointment.mails.all())
        return mails[-1].get_state_display() if mails else ""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """By way of the offerings: they are few, and no row has to be made unique again."""
        if not search_term:
            return queryset, False
        offerings = visible(Offering, request.user)
        for word in search_term.split():
            offerings = offerings.filter(
                Q(service__name_de__icontains=word) | Q(service__name_en__icontains=word)
            )
        found = list(offerings.order_by().values_list("pk", flat=True))
        items = AppointmentItem.objects.filter(appointment=OuterRef("pk"), offering__in=found)
        return queryset.filter(Exists(items)), False

    @admin.display(description=gettext_lazy("start"), ordering="start")
    def start_local(self, appointment: Appointment) -> str:
        start = appointment.start.astimezone(appointment.office.zone)
        return date_format(start, "SHORT_DATETIME_FORMAT")

    @admin.display(description=gettext_lazy("services"))
    def services(self, appointment: Appointment) -> str:
        return ", ".join(str(item) for item in appointment.items.all())


@admin.register(Visit)
class VisitAdmin(ReadOnlyAdmin):
    fields = ("number", "office", "day", "state", "counter", "services", "arrived_at", "due_at",
              "called_at")  # fmt: skip
    list_display = ("number", "office", "day", "state", "counter", "services", "arrived_at")
    list_filter = (WhenTheyCame, "state", ("office", VisibleOffices))
    list_select_related = ("office", "counter")
    date_hierarchy = "day"
    ordering = ("-arrived_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Visit]:
        return super().get_queryset(request).prefetch_related("items__offering__service")

    @admin.display(description=gettext_lazy("services"))
    def services(self, visit: Visit) -> str:
        return ", ".join(str(item) for item in visit.items.all())
