"""Kiosks and displays: what they are called, where they print, and switching them off."""

from typing import Any

from django.contrib import admin, messages
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy, ngettext

from booking.domain.devices import revoke_device
from booking.models import Device

from .base import ScopedAdmin
from .scope import rights_of

# Where receipt printers listen. On any other port of the network a ticket might be a command.
FIRST_PORT, LAST_PORT = 9100, 9109
OTHER_PORT = gettext_lazy(
    "Receipt printers use a port from 9100 to 9109. For another one please ask the operator."
)


@admin.register(Device)
class DeviceAdmin(ScopedAdmin):
    """Devices come by pairing and stay in the list when they are revoked."""

    fields = (
        "name", "kind", "office", "is_on", "last_seen_at", "paired_at", "revoked_at",
        "printer", "printer_host", "printer_port",
    )  # fmt: skip
    readonly_fields = ("kind", "office", "is_on", "last_seen_at", "paired_at", "revoked_at")
    list_display = ("__str__", "kind", "office", "is_on", "last_seen_at", "printer")
    list_filter = (("office", admin.RelatedOnlyFieldListFilter), "kind")
    list_select_related = ("office",)
    search_fields = ("name", "office__name_de", "office__name_en")
    actions = ("revoke",)

    @admin.display(boolean=True, description=gettext_lazy("may be used"))
    def is_on(self, device: Device) -> bool:
        return device.revoked_at is None

    @admin.action(description=gettext_lazy("Revoke: these devices show nothing any more"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[Device]) -> None:
        devices = list(queryset)
        for device in devices:
            revoke_device(device)
        done = ngettext(
            "%(count)s device is revoked.", "%(count)s devices are revoked.", len(devices)
        )
        self.message_user(request, done % {"count": len(devices)}, messages.SUCCESS)

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> type[ModelForm]:
        form = super().get_form(request, *args, **kwargs)
        port = form.base_fields.get("printer_port")
        if port is not None and not rights_of(request).is_operator:
            port.validators += [
                MinValueValidator(FIRST_PORT, OTHER_PORT),
                MaxValueValidator(LAST_PORT, OTHER_PORT),
            ]
        return form

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Device, form: Any, change: bool) -> None:
        # The device itself writes that it was seen meanwhile.
        obj.save(update_fields=["name", "printer", "printer_host", "printer_port"])
