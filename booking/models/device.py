"""Kiosks and displays: paired once, then known by a token."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .office import Office


class Device(models.Model):
    """A kiosk or a display, bound to one office once the lead has confirmed its code."""

    class Kind(models.TextChoices):
        KIOSK = "kiosk", _("kiosk")
        DISPLAY = "display", _("display")

    class Printer(models.TextChoices):
        BROWSER = "browser", _("printer of the kiosk's browser")
        NETWORK = "network", _("receipt printer in the network (ESC/POS)")
        NONE = "none", _("no printer")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    office = models.ForeignKey(
        Office,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="devices",
        verbose_name=_("office"),
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    name = models.CharField(_("name"), max_length=80, blank=True)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    # Shown on the unpaired device, typed in by the lead.
    pairing_code = models.CharField(  # noqa: DJ001
        _("pairing code"), max_length=6, null=True, unique=True, editable=False
    )
    created_at = models.DateTimeField(_("made at"), editable=False)
    paired_at = models.DateTimeField(_("paired at"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)
    last_seen_at = models.DateTimeField(_("last seen"), null=True, editable=False)

    printer = models.CharField(_("printer"), max_length=8, choices=Printer, default=Printer.BROWSER)
    printer_host = models.CharField(_("address of the printer"), max_length=120, blank=True)
    printer_port = models.PositiveIntegerField(
        _("port of the printer"),
        default=9100,
        validators=[MinValueValidator(1), MaxValueValidator(65535)],
    )

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        ordering = ["office", "kind", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(paired_at__isnull=True, office__isnull=True)
                | Q(paired_at__isnull=False, office__isnull=False, pairing_code__isnull=True),
                name="device_bound_when_paired",
            ),
            models.CheckConstraint(
                condition=~Q(printer="network") | ~Q(printer_host=""),
                name="device_network_printer_has_address",
                violation_error_message=_("A printer in the network needs an address."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.get_kind_display()
