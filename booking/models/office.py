"""An office, its counters and its closed days."""

import uuid
from typing import ClassVar
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from .authority import Authority
from .personal import Kept, Until, Whose


def validate_time_zone(name: str) -> None:
    """Raise ``ValidationError`` unless ``name`` is an IANA time zone."""
    if name not in available_timezones():
        raise ValidationError(_("This is not a time zone."), code="time_zone")


class Office(models.Model):
    """A place citizens come to: one queue, one waiting room, its own opening hours."""

    class PhoneCheckIn(models.TextChoices):
        """How somebody with an appointment may say on the own phone to be here."""

        NO = "", _("no: only at the kiosk or the front desk")
        POSTER = "poster", _("yes, by scanning the poster at the entrance")
        PAGE = "page", _("yes, on the appointment’s own page, from anywhere")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    authority = models.ForeignKey(
        Authority, models.PROTECT, related_name="offices", verbose_name=_("authority")
    )
    name = models.CharField(_("name"), max_length=120)
    address = models.CharField(_("address"), max_length=200)
    directions = models.CharField(
        _("where to wait"), max_length=200, blank=True, help_text=_("Floor, room, entrance.")
    )
    step_free = models.BooleanField(
        _("reachable with a wheelchair"), default=False, db_default=False
    )
    spoken_languages = models.JSONField(
        _("languages spoken"), default=list, db_default=Value([], models.JSONField()), blank=True
    )
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="Europe/Berlin", validators=[validate_time_zone]
    )
    notice = models.CharField(_("notice on the displays"), max_length=200, blank=True)
    ask_phone = models.BooleanField(_("ask for a phone number"), default=True)

    horizon_days = models.PositiveSmallIntegerField(_("days bookable ahead"), default=62)
    hold_minutes = models.PositiveSmallIntegerField(_("minutes a chosen time is held"), default=15)
    confirm_by_mail = models.BooleanField(
        _("appointments are confirmed by mail"),
        default=False,
        db_default=False,
        help_text=_("Booked once the link in a mail was followed; until then the time is held."),
    )
    confirm_minutes = models.PositiveSmallIntegerField(
        _("minutes to confirm by mail"), default=60, db_default=60
    )
    limit_days = models.PositiveSmallIntegerField(
        _("period of the limits, days"), default=30, db_default=30
    )
    email_limit = models.PositiveSmallIntegerField(
        _("appointments per e-mail address"),
        null=True,
        blank=True,
        help_text=_("Empty: no limit. A family books for several: five is a good beginning."),
    )
    device_limit = models.PositiveSmallIntegerField(
        _("appointments per device"),
        null=True,
        blank=True,
        help_text=_("Empty: no limit. A device is a browser, known by a cookie."),
    )
    network_limit = models.PositiveSmallIntegerField(
        _("appointments per network and day"),
        null=True,
        blank=True,
        help_text=_(
            "Empty: no limit. Against programs: many people share a network, and most of a town"
            " may have the same provider. Half of what is booked in a day is a good beginning."
        ),
    )

    takes_wishes = models.BooleanField(
        _("waiting list"),
        default=True,
        db_default=True,
        help_text=_("Whoever finds no time is offered one that becomes free."),
    )
    wish_reply_hours = models.PositiveSmallIntegerField(
        _("hours to answer an offer"),
        default=24,
        db_default=24,
        help_text=_("Less the closer the date."),
    )
    wish_lead_minutes = models.PositiveSmallIntegerField(
        _("an offer is answered so many minutes before the start at the latest"),
        default=120,
        db_default=120,
    )
    check_in_opens_minutes = models.PositiveSmallIntegerField(
        _("check-in opens, minutes before the appointment"), default=60
    )
    check_in_closes_minutes = models.PositiveSmallIntegerField(
        _("check-in closes, minutes after the appointment"), default=60
    )
    grace_minutes = models.PositiveSmallIntegerField(
        _("minutes late that still count as on time"), default=10
    )
    late_wait_minutes = models.PositiveSmallIntegerField(
        _("wait after a late check-in, minutes"), default=15
    )
    target_wait_minutes = models.PositiveSmallIntegerField(
        _("target wait without appointment, minutes"), default=30
    )
    assisted_wait_minutes = models.PositiveSmallIntegerField(
        _("target wait with reduced mobility or small child, minutes"), default=10, db_default=10
    )
    urgent_wait_minutes = models.PositiveSmallIntegerField(
        _("target wait of the urgent, minutes"), default=0, db_default=0
    )
    returned_wait_minutes = models.PositiveSmallIntegerField(
        _("wait after being put back, minutes"),
        default=5,
        db_default=5,
        help_text=_("For whoever was called and did not come: others are called first."),
    )
    kiosk_asks_assistance = models.BooleanField(
        _("the kiosk offers priority with reduced mobility or small child"),
        default=False,
        db_default=False,
    )
    remind_day_before = models.BooleanField(
        _("remind a day before the appointment"), default=True, db_default=True
    )
    remind_hour_before = models.BooleanField(
        _("remind an hour before the appointment"), default=True, db_default=True
    )
    remind_by_sms = models.BooleanField(
        _("offer reminders by SMS"),
        default=False,
        db_default=False,
        help_text=_("Costs money; only where the operator has set up a gateway."),
    )
    phone_check_in = models.CharField(
        _("check-in on the own phone"),
        max_length=6,
        choices=PhoneCheckIn,
        blank=True,
        default=PhoneCheckIn.NO,
        db_default=PhoneCheckIn.NO,
    )
    # Rises when a new poster is to make the old ones void.
    poster_version = models.PositiveSmallIntegerField(default=1, db_default=1, editable=False)
    last_ticket_minutes = models.PositiveSmallIntegerField(
        _("last ticket, minutes before closing"), default=30
    )
    daily_tickets = models.PositiveSmallIntegerField(
        _("tickets without appointment per day"),
        null=True,
        blank=True,
        help_text=_("Empty: no limit."),
    )

    class Meta:
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(hold_minutes__gte=1),
                name="office_holds_for_a_minute_at_least",
                violation_error_message=_("A chosen time must be held for one minute at least."),
            ),
            models.CheckConstraint(
                condition=Q(wish_reply_hours__gte=1, wish_lead_minutes__gte=1),
                name="office_offers_can_be_answered",
                violation_error_message=_(
                    "People need an hour at least to answer an offer, which ends a minute before "
                    "the start at the latest."
                ),
            ),
            models.CheckConstraint(
                condition=Q(horizon_days__gte=1, horizon_days__lte=400),
                name="office_horizon_in_range",
                violation_error_message=_("Citizens can book 1 to 400 days ahead."),
            ),
            models.CheckConstraint(
                condition=Q(confirm_minutes__gte=5, confirm_minutes__lte=2880),
                name="office_confirm_minutes_in_range",
                violation_error_message=_("Confirming by mail may take 5 to 2880 minutes."),
            ),
            models.CheckConstraint(
                condition=Q(limit_days__gte=2, limit_days__lte=400),
                name="office_limit_days_in_range",
                violation_error_message=_("Limits can count the bookings of 2 to 400 days."),
            ),
            models.CheckConstraint(
                condition=(Q(email_limit__isnull=True) | Q(email_limit__gte=1))
                & (Q(device_limit__isnull=True) | Q(device_limit__gte=1))
                & (Q(network_limit__isnull=True) | Q(network_limit__gte=1)),
                name="office_limits_let_one_book",
                violation_error_message=_("A limit is at least 1; leave it empty for none."),
            ),
            models.CheckConstraint(
                condition=Q(urgent_wait_minutes__lte=F("assisted_wait_minutes"))
                & Q(assisted_wait_minutes__lte=F("target_wait_minutes")),
                name="office_priorities_wait_less",
                violation_error_message=_(
                    "The urgent must not wait longer than people with reduced mobility or small"
                    " child, and these not longer than everybody else."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class Counter(models.Model):
    """A desk, window or room where one clerk serves one person at a time."""

    class State(models.TextChoices):
        CLOSED = "closed", _("closed")
        OPEN = "open", _("open")
        PAUSED = "paused", _("paused")

    class PauseReason(models.TextChoices):
        BREAK = "break", _("break")
        PHONE = "phone", _("telephone")
        PAPERWORK = "paperwork", _("paperwork")
        MEETING = "meeting", _("meeting")
        FAULT = "fault", _("technical fault")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    office = models.ForeignKey(
        Office, models.CASCADE, related_name="counters", verbose_name=_("office")
    )
    label = models.CharField(
        _("label"), max_length=12, help_text=_("As shown and spoken: 3, or Z 12.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    place = models.CharField(
        _("where it is"),
        max_length=60,
        blank=True,
        help_text=_("Shown and spoken with a call: first floor, on the left."),
    )
    offerings = models.ManyToManyField(
        "booking.Offering",
        blank=True,
        related_name="counters",
        verbose_name=_("services"),
        help_text=_("Empty: every service of the office."),
    )
    state = models.CharField(
        _("state"), max_length=8, choices=State, default=State.CLOSED, editable=False
    )
    pause_reason = models.CharField(
        _("reason of the pause"),
        max_length=9,
        choices=PauseReason,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )
    staff = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="counter",
        verbose_name=_("staffed by"),
    )

    personal_data: ClassVar[dict[str, Kept]] = {
        "staff": Kept(
            _("at which counter you work now"),
            _("to call people to it"),
            Until.NEXT_ACTION,
            Whose.STAFF,
        ),
    }

    class Meta:
        verbose_name = _("counter")
        verbose_name_plural = _("counters")
        ordering = ["position", "label"]
        constraints = [
            models.UniqueConstraint(fields=["office", "label"], name="counter_label_once"),
            models.CheckConstraint(
                condition=Q(state="closed", staff__isnull=True)
                | Q(state__in=["open", "paused"], staff__isnull=False),
                name="counter_closed_without_staff",
            ),
            models.CheckConstraint(
                condition=Q(pause_reason="") | Q(state="paused"),
                name="counter_reason_only_in_a_pause",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class KioskClosing(models.Model):
    """No more tickets at an office on one local day. The next day opens by itself.

    Changed only through :mod:`booking.domain.kiosk_closing`.
    """

    office = models.ForeignKey(
        Office,
        models.CASCADE,
        related_name="kiosk_closings",
        verbose_name=_("office"),
        db_index=False,
    )
    day = models.DateField(_("day"))
    closed_at = models.DateTimeField(_("closed at"))

    class Meta:
        verbose_name = _("end of tickets")
        verbose_name_plural = _("ends of tickets")
        constraints = [
            models.UniqueConstraint(fields=["office", "day"], name="kiosk_closed_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.office_id} {self.day}"


class Closure(models.Model):
    """Days, first and last included, on which an office is closed."""

    office = models.ForeignKey(
        Office, models.CASCADE, related_name="closures", verbose_name=_("office")
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("closure")
        verbose_name_plural = _("closures")
        ordering = ["first_day"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="closure_ends_after_it_begins",
                violation_error_message=_("The last day must not be before the first day."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_day} – {self.last_day}"
