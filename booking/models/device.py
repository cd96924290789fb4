"""Kiosks and displays: paired once, then known by a token."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .office import Office

# So many centimetres of distance a screen of one inch is good for: farther away a number and its
# counter no longer fit beside each other in letters of the height that EN 301 549 asks for.
CENTIMETRES_PER_INCH = 12
# The highest control that can be reached from a wheelchair (EN 301 549 V3.2.1, 8.3.2.2).
REACHED_CM = 122


class Device(models.Model):
    """A kiosk or a display, bound to one office once the lead has confirmed its code."""

    class Kind(models.TextChoices):
        KIOSK = "kiosk", _("kiosk")
        DISPLAY = "display", _("display")

    class Printer(models.TextChoices):
        BROWSER = "browser", _("printer of the kiosk's browser")
        NETWORK = "network", _("receipt printer in the network (ESC/POS)")
        NONE = "none", _("no printer")

    class Layout(models.TextChoices):
        CALLS = "calls", _("calls alone")
        WAITS = "waits", _("calls, and how long one waits")
        NOTICES = "notices", _("calls, and the town's notices")

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

    # Of a kiosk in portrait: where on the screen controls can be reached, see ``kiosk.reach``.
    screen_bottom_cm = models.PositiveSmallIntegerField(
        _("lower edge of the screen, centimetres above the floor"),
        default=75,
        db_default=75,
        validators=[MinValueValidator(38), MaxValueValidator(120)],
    )
    screen_top_cm = models.PositiveSmallIntegerField(
        _("upper edge of the screen, centimetres above the floor"),
        default=145,
        db_default=145,
        help_text=_(
            "Measured without the frame. What is tapped stays below 122 cm, so that it is reached"
            " from a wheelchair as well."
        ),
        validators=[MaxValueValidator(250)],
    )

    # Of a display. A change reloads its page: see ``booking.domain.devices.save_settings``.
    revision = models.PositiveIntegerField(default=0, editable=False)
    layout = models.CharField(_("shows"), max_length=8, choices=Layout, default=Layout.CALLS)
    also_shows = models.ManyToManyField(
        Office,
        blank=True,
        related_name="+",
        verbose_name=_("other offices in the same room"),
        help_text=_("Their calls are shown here as well."),
    )
    call_seconds = models.PositiveSmallIntegerField(
        _("seconds that every call is shown at least"),
        default=6,
        validators=[MinValueValidator(3), MaxValueValidator(60)],
    )
    diagonal_inches = models.PositiveSmallIntegerField(
        _("diagonal of the screen, inches"),
        default=55,
        validators=[MinValueValidator(20), MaxValueValidator(150)],
    )
    distance_cm = models.PositiveSmallIntegerField(
        _("distance of the farthest seat, centimetres"),
        default=500,
        help_text=_("Numbers, counters and waits are made large enough for it."),
        validators=[MinValueValidator(100), MaxValueValidator(1800)],
    )
    gong_volume = models.PositiveSmallIntegerField(
        _("volume of the gong, percent"), default=100, validators=[MaxValueValidator(100)]
    )
    voice_volume = models.PositiveSmallIntegerField(
        _("volume of the voice, percent"),
        default=100,
        help_text=_("0: calls are not spoken."),
        validators=[MaxValueValidator(100)],
    )
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(
        _("quiet until"),
        null=True,
        blank=True,
        help_text=_("Between these times calls are shown and not heard. Empty: always heard."),
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
            models.CheckConstraint(
                condition=Q(distance_cm__lte=F("diagonal_inches") * CENTIMETRES_PER_INCH),
                name="device_screen_large_enough",
                violation_error_message=_(
                    "The screen is too small to be read from there. It needs one inch of its"
                    " diagonal for every 12 centimetres of distance."
                ),
            ),
            models.CheckConstraint(
                condition=Q(screen_top_cm__gte=F("screen_bottom_cm") + 20)
                & Q(screen_top_cm__lte=2 * REACHED_CM - F("screen_bottom_cm")),
                name="device_half_of_the_screen_is_reached",
                violation_error_message=_(
                    "Half of a kiosk's screen at least must lie below 122 centimetres, and it must"
                    " be 20 centimetres high."
                ),
            ),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="device_quiet_from_and_until",
                violation_error_message=_("Quiet hours need a beginning and an end."),
            ),
            models.CheckConstraint(
                condition=Q(gong_volume__lte=100, voice_volume__lte=100),
                name="device_volume_in_percent",
            ),
            models.CheckConstraint(
                condition=Q(call_seconds__gte=3, call_seconds__lte=60),
                name="device_calls_are_shown_for_seconds",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.get_kind_display()
