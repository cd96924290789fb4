"""Kiosks and displays: their names, what they show and sound like, and switching them off."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Field, Model, Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy, ngettext

from booking.domain.devices import revoke_device, settings_changed
from booking.models import Device, Office

from .base import ScopedAdmin
from .scope import rights_of, visible

# Where receipt printers listen. On any other port of the network a ticket might be a command.
FIRST_PORT, LAST_PORT = 9100, 9109
OTHER_PORT = gettext_lazy(
    "Receipt printers use a port from 9100 to 9109. For another one please ask the operator."
)


WHAT_IT_IS = (
    None,
    {"fields": ("name", "kind", "office", "is_on", "last_seen_at", "paired_at", "revoked_at")},
)
OF_A_KIOSK = (
    (gettext_lazy("Printer"), {"fields": ("printer", "printer_host", "printer_port")}),
    (gettext_lazy("Screen"), {"fields": ("screen_bottom_cm", "screen_top_cm")}),
    (
        gettext_lazy("Reading aloud"),
        {
            "fields": ("voice_volume",),
            "description": gettext_lazy("At 0 the kiosk does not offer to read its pages aloud."),
        },
    ),
)
OF_A_DISPLAY = (
    (gettext_lazy("What it shows"), {"fields": ("layout", "also_shows", "call_seconds")}),
    (
        gettext_lazy("Screen"),
        {
            "fields": ("diagonal_inches", "distance_cm"),
            "description": gettext_lazy(
                "Open the address /display/test/ on the screen to see and hear whether it is right."
            ),
        },
    ),
    (
        gettext_lazy("Sound"),
        {"fields": ("gong_volume", "voice_volume", "quiet_from", "quiet_until")},
    ),
)


@admin.register(Device)
class DeviceAdmin(ScopedAdmin):
    """Devices come by pairing and stay in the list when they are revoked."""

    readonly_fields = ("kind", "office", "is_on", "last_seen_at", "paired_at", "revoked_at")
    list_display = ("__str__", "kind", "office", "is_on", "last_seen_at", "task")
    list_filter = (("office", admin.RelatedOnlyFieldListFilter), "kind")
    list_select_related = ("office",)
    search_fields = ("name", "office__name_de", "office__name_en")
    actions = ("revoke",)

    @admin.display(boolean=True, description=gettext_lazy("may be used"))
    def is_on(self, device: Device) -> bool:
        return device.revoked_at is None

    @admin.display(description=gettext_lazy("shows or prints"))
    def task(self, device: Device) -> str:
        if device.kind == Device.Kind.DISPLAY:
            return device.get_layout_display()
        return device.get_printer_display()

    @admin.action(description=gettext_lazy("Revoke: these devices show nothing any more"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[Device]) -> None:
        devices = list(queryset)
        for device in devices:
            revoke_device(device)
        done = ngettext(
            "%(count)s device is revoked.", "%(count)s devices are revoked.", len(devices)
        )
        self.message_user(request, done % {"count": len(devices)}, messages.SUCCESS)

    def get_form(
        self, request: HttpRequest, obj: Device | None = None, **kwargs: Any
    ) -> type[ModelForm]:
        form = super().get_form(request, obj, **kwargs)
        rooms = form.base_fields.get("also_shows")
        if rooms is not None and obj is not None and obj.office is not None:
            # With those that somebody else has chosen: they must not vanish with the next save.
            mine = Q(pk__in=visible(Office, request.user)) | Q(pk__in=obj.also_shows.all())
            town = Office.objects.filter(authority=obj.office.authority_id)
            rooms.queryset = town.filter(mine).exclude(pk=obj.office_id)
        port = form.base_fields.get("printer_port")
        if port is not None and not rights_of(request).is_operator:
            port.validators += [
                MinValueValidator(FIRST_PORT, OTHER_PORT),
                MaxValueValidator(LAST_PORT, OTHER_PORT),
            ]
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Device | None = None) -> Any:
        """What this kind of device has."""
        is_display = obj is not None and obj.kind == Device.Kind.DISPLAY
        return (WHAT_IT_IS, *(OF_A_DISPLAY if is_display else OF_A_KIOSK))

    def formfield_for_manytomany(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        return db_field.formfield(widget=forms.CheckboxSelectMultiple)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Device, form: Any, change: bool) -> None:
        # The device itself writes that it was seen meanwhile.
        many = {field.name for field in obj._meta.many_to_many}
        obj.save(update_fields=sorted(set(form.cleaned_data) - many))

    def save_related(self, request: HttpRequest, form: Any, formsets: list, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        settings_changed(form.instance)
