"""Appointments and visits, to look at. Names appear at the desk and nowhere else."""

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy

from booking.models import Appointment, OutboxMail, Visit

from .base import ReadOnlyAdmin


@admin.register(Appointment)
class AppointmentAdmin(ReadOnlyAdmin):
    fields = ("office", "start_local", "end", "state", "services", "mail", "created_at",
              "booked_at", "cancelled_at")  # fmt: skip
    list_display = ("start_local", "office", "services", "state", "mail")
    list_filter = ("state", "mails__state", ("office", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("office",)
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
    list_filter = ("state", ("office", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("office", "counter")
    date_hierarchy = "day"
    ordering = ("-arrived_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Visit]:
        return super().get_queryset(request).prefetch_related("items__offering__service")

    @admin.display(description=gettext_lazy("services"))
    def services(self, visit: Visit) -> str:
        return ", ".join(str(item) for item in visit.items.all())
