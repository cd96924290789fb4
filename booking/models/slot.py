"""Opening hours, and the slots that are made of them."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .office import Office
from .service import Offering


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class OpeningHours(models.Model):
    """A weekly series of opening hours with a validity, in the office's local time.

    Changed only through :mod:`booking.domain.hours`, which rebuilds the slots.
    """

    office = models.ForeignKey(
        Office, models.CASCADE, related_name="opening_hours", verbose_name=_("office")
    )
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    opens = models.TimeField(_("from"))
    closes = models.TimeField(_("to"))
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    unit_minutes = models.PositiveSmallIntegerField(
        _("unit in minutes"),
        default=10,
        validators=[MinValueValidator(5), MaxValueValidator(120)],
    )
    counters = models.PositiveSmallIntegerField(
        _("counters staffed"), validators=[MinValueValidator(1)]
    )
    online_counters = models.PositiveSmallIntegerField(
        _("of these bookable online"), help_text=_("The others stay free for walk-ins.")
    )
    short_notice_counters = models.PositiveSmallIntegerField(
        _("of these released at short notice"), default=0
    )
    short_notice_hours = models.PositiveSmallIntegerField(
        _("short notice: hours ahead"), default=24
    )
    wish_counters = models.PositiveSmallIntegerField(
        _("more counters for the waiting list"),
        default=0,
        db_default=0,
        help_text=_("Beside those bookable online; only wishes get them."),
    )
    offerings = models.ManyToManyField(
        Offering,
        blank=True,
        related_name="opening_hours",
        verbose_name=_("services"),
        help_text=_("Empty: every service of the office."),
    )
    published_until = models.DateField(null=True, editable=False)

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")),
                name="hours_close_after_they_open",
                violation_error_message=_("Opening hours must end after they begin."),
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="hours_end_after_they_begin",
                violation_error_message=_("“Valid until” must not be before “valid from”."),
            ),
            models.CheckConstraint(
                condition=Q(unit_minutes__gte=5, unit_minutes__lte=120),
                name="hours_unit_in_range",
                violation_error_message=_("A unit lasts 5 to 120 minutes."),
            ),
            models.CheckConstraint(
                condition=Q(counters__gte=F("online_counters")),
                name="hours_online_within_counters",
                violation_error_message=_(
                    "No more counters can be bookable online than are staffed."
                ),
            ),
            models.CheckConstraint(
                condition=Q(counters__gte=F("online_counters") + F("wish_counters")),
                name="hours_wishes_within_counters",
                violation_error_message=_(
                    "No more counters can be bookable online and for the waiting list than are "
                    "staffed."
                ),
            ),
            models.CheckConstraint(
                condition=Q(online_counters__gte=F("short_notice_counters")),
                name="hours_short_notice_within_online",
                violation_error_message=_(
                    "No more counters can be released at short notice than are bookable online."
                ),
            ),
            models.CheckConstraint(
                condition=Q(weekday__gte=0, weekday__lte=6), name="hours_weekday_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


class Slot(models.Model):
    """One unit of one series: how many can be served then, and how many places are taken.

    An appointment holds every slot of its series that overlaps its time, so ``booked`` is
    always the number of live appointments of the series that overlap the slot.
    """

    series = models.ForeignKey(OpeningHours, models.CASCADE, related_name="slots", db_index=False)
    start = models.DateTimeField()
    capacity = models.PositiveSmallIntegerField()
    booked = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        constraints = [
            models.UniqueConstraint(fields=["series", "start"], name="slot_once_per_series"),
            models.CheckConstraint(
                condition=Q(booked__gte=0, booked__lte=F("capacity")),
                name="slot_booked_within_capacity",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d %H:%M} {self.booked}/{self.capacity}"


class SlotGrid(models.Model):
    """The version of what is free at an office: it rises with every change of a slot.

    A row of its own, because a form that saves an office must not set it back.
    """

    office = models.OneToOneField(
        Office, models.CASCADE, primary_key=True, related_name="slot_grid"
    )
    version = models.PositiveBigIntegerField(default=0)
    # From when on there may be places that a wish waits for; null when all are offered.
    wishes_due_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("slot grid")
        verbose_name_plural = _("slot grids")

    def __str__(self) -> str:
        return f"{self.office_id} v{self.version}"
