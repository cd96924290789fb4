"""A visit: somebody who is at the office, with a ticket number, from arrival to the end."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .appointment import Appointment
from .device import Device
from .office import Counter, Office
from .personal import LANGUAGE, Kept, Until, Whose
from .service import Offering


class Visit(models.Model):
    """Somebody at the office. Changed only through :mod:`booking.domain.visits`.

    Holds no personal data: the number is all a visitor is known by. What a clerk notes may be
    personal all the same, and is blanked with the personal data.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        CALLED = "called", _("called")
        SERVING = "serving", _("serving")
        PARKED = "parked", _("parked")
        DONE = "done", _("done")
        MISSED = "missed", _("did not come")
        LEFT = "left", _("left")

    class Priority(models.TextChoices):
        """Set by the staff, and *assisted* at the kiosk where the office lets it ask."""

        URGENT = "urgent", _("urgent")
        ASSISTED = "assisted", _("reduced mobility or with small child")
        NORMAL = "normal", _("normal")

    class DueRule(models.TextChoices):
        """Which rule of :mod:`booking.domain.call_order` set the due time."""

        ON_TIME = "on_time", _("start of the appointment")
        LATE = "late", _("late check-in plus a wait")
        TARGET = "target", _("arrival plus the target wait")
        SERVICE = "service", _("arrival plus the target wait of the service")
        ASSISTED = "assisted", _("arrival plus the wait with reduced mobility or small child")
        URGENT = "urgent", _("arrival plus the wait of the urgent")
        RETURNED = "returned", _("put back plus a wait")

    # States in which a visit occupies its counter.
    AT_COUNTER = (State.CALLED, State.SERVING)
    OPEN = (State.WAITING, State.CALLED, State.SERVING, State.PARKED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    office = models.ForeignKey(Office, models.PROTECT, related_name="visits", db_index=False)
    # The office's local day on which the number was drawn.
    day = models.DateField(_("day"))
    letter = models.CharField(max_length=1)
    serial = models.PositiveSmallIntegerField()
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    counter = models.ForeignKey(
        Counter, models.PROTECT, null=True, blank=True, related_name="visits"
    )
    appointment = models.OneToOneField(
        Appointment, models.PROTECT, null=True, blank=True, related_name="visit"
    )
    arrived_at = models.DateTimeField(_("arrived at"))
    due_at = models.DateTimeField(_("due at"))
    due_rule = models.CharField(
        max_length=8, choices=DueRule, default=DueRule.TARGET, db_default=DueRule.TARGET
    )
    priority = models.CharField(
        _("priority"),
        max_length=8,
        choices=Priority,
        default=Priority.NORMAL,
        db_default=Priority.NORMAL,
    )
    called_at = models.DateTimeField(_("called at"), null=True, blank=True)
    recalled = models.BooleanField(default=False)
    language = models.CharField(_("language"), max_length=12, default="de")
    idempotency_key = models.CharField(max_length=100, null=True)  # noqa: DJ001
    note = models.CharField(_("note"), max_length=500, blank=True, default="", db_default="")

    personal_data: ClassVar[dict[str, Kept]] = {
        "serial": Kept(_("your ticket number"), _("to call you"), Until.ANONYMOUS),
        "arrived_at": Kept(
            _("when you came, were called and were served"),
            _("to call people in order, and for the figures"),
            Until.ANONYMOUS,
        ),
        "priority": Kept(
            _("whether you are to be called sooner, with reduced mobility or a small child"),
            _("to call you sooner"),
            Until.ANONYMOUS,
        ),
        "note": Kept(
            _("what a clerk notes about your visit"),
            _("for whoever serves you next"),
            Until.RETENTION,
        ),
        "language": LANGUAGE,
    }

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering = ["due_at", "arrived_at", "id"]
        indexes = [
            models.Index(
                fields=["office", "due_at"],
                condition=Q(state__in=["waiting", "called", "serving", "parked"]),
                name="visit_open_in_order",
            ),
            models.Index(fields=["day"], condition=~Q(note=""), name="visit_noted"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "day", "letter", "serial"], name="visit_number_once_a_day"
            ),
            models.UniqueConstraint(
                fields=["counter"],
                condition=Q(state__in=["called", "serving"]),
                name="visit_one_at_a_counter",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["called", "serving"], counter__isnull=False)
                | (~Q(state__in=["called", "serving"]) & Q(counter__isnull=True)),
                name="visit_at_counter_only_when_called",
            ),
            models.UniqueConstraint(
                fields=["office", "idempotency_key"], name="visit_once_per_key"
            ),
            models.CheckConstraint(
                condition=Q(priority__in=["urgent", "assisted", "normal"]),
                name="visit_priority_known",
            ),
            # What a desk says of somebody's turn cannot contradict what is known of them.
            models.CheckConstraint(
                condition=Q(due_rule__in=["target", "service", "returned"])
                | Q(due_rule__in=["on_time", "late"], appointment__isnull=False)
                | Q(due_rule="urgent", priority="urgent")
                | Q(due_rule="assisted", priority="assisted"),
                name="visit_due_rule_fits",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The ticket number as printed, shown and spoken: letter and three digits."""
        return f"{self.letter}{self.serial:03d}"


class VisitItem(models.Model):
    """One offering of a visit, for so many persons."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="items", db_index=False)
    offering = models.ForeignKey(Offering, models.PROTECT, related_name="+")
    quantity = models.PositiveSmallIntegerField(default=1)
    # When a clerk ticked it off; with the last one, or by "finish", the visit is done.
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)

    class Meta:
        verbose_name = _("service of a visit")
        verbose_name_plural = _("services of a visit")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "offering"], name="visit_offering_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="visit_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.offering}"


class VisitEvent(models.Model):
    """What happened to a visit, when, where and by whom. Written once, never changed.

    All figures are derived from this log alone.
    """

    class Kind(models.TextChoices):
        CHECKED_IN = "checked_in", _("checked in")
        DRAWN = "drawn", _("ticket drawn")
        CALLED = "called", _("called")
        RECALLED = "recalled", _("called again")
        RETURNED = "returned", _("put back")
        BEGUN = "begun", _("begun")
        FINISHED = "finished", _("finished")
        MISSED = "missed", _("did not come")
        PARKED = "parked", _("parked")
        UNPARKED = "unparked", _("back from parking")
        TRANSFERRED = "transferred", _("transferred")
        LEFT = "left", _("left")
        FORGOTTEN = "forgotten", _("ended with the day")
        PRIORITISED = "prioritised", _("priority changed")
        ITEM_DONE = "item_done", _("one service done")
        PASSED_ON = "passed_on", _("on to another counter")
        # It and the event of the visit before it count for nothing.
        UNDONE = "undone", _("undone")

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="events")
    # Where it happened; a transfer is logged at the office the visit comes from.
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(_("what"), max_length=12, choices=Kind)
    at = models.DateTimeField(_("when"))
    # The class of priority somebody was given, or came with.
    priority = models.CharField(
        _("priority"), max_length=8, choices=Visit.Priority, blank=True, default="", db_default=""
    )
    counter = models.ForeignKey(Counter, models.PROTECT, null=True, related_name="+")
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    device = models.ForeignKey(Device, models.SET_NULL, null=True, related_name="+")
    # At arrivals and transfers: what the visit is for from then on. Without an offering but
    # with a quantity: several services. With neither: as before. Else the service that was done.
    offering = models.ForeignKey(
        Offering, models.PROTECT, null=True, related_name="+", db_index=False
    )
    quantity = models.PositiveSmallIntegerField(null=True)
    # At arrivals: the wait that was told, in minutes: 10th, 50th and 90th percentile.
    told_low = models.PositiveSmallIntegerField(null=True)
    told_median = models.PositiveSmallIntegerField(null=True)
    told_high = models.PositiveSmallIntegerField(null=True)

    personal_data: ClassVar[dict[str, Kept]] = {
        "staff": Kept(
            _("which number you called and served, and when"),
            _("to answer complaints; no figure reads it"),
            Until.NAMES_NOBODY,
            Whose.STAFF,
        ),
    }

    class Meta:
        verbose_name = _("event of a visit")
        verbose_name_plural = _("events of visits")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["office", "at"], name="event_by_time"),
            # Both hold few of the rows.
            models.Index(
                fields=["office", "at"], condition=Q(kind="transferred"), name="event_transfers"
            ),
            models.Index(
                fields=["offering"],
                condition=Q(offering__isnull=False),
                name="event_by_offering",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(offering__isnull=True, quantity__isnull=True) | Q(quantity__gte=1),
                name="event_offering_with_quantity",
            ),
            models.CheckConstraint(
                condition=Q(told_low__isnull=True, told_median__isnull=True, told_high__isnull=True)
                | Q(
                    told_low__isnull=False,
                    told_high__isnull=False,
                    told_median__gte=F("told_low"),
                    told_median__lte=F("told_high"),
                ),
                name="event_told_wait_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S} {self.kind}"


class CounterEvent(models.Model):
    """When a counter opened, paused and closed. Written once, never changed.

    Names nobody on purpose: how many counters were open is asked of it, not who sat there.
    """

    class Kind(models.TextChoices):
        OPENED = "opened", _("opened")
        PAUSED = "paused", _("paused")
        RESUMED = "resumed", _("pause ended")
        CLOSED = "closed", _("closed")

    office = models.ForeignKey(Office, models.CASCADE, related_name="+", db_index=False)
    counter = models.ForeignKey(Counter, models.CASCADE, related_name="+")
    kind = models.CharField(_("what"), max_length=8, choices=Kind)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("event of a counter")
        verbose_name_plural = _("events of counters")
        ordering = ["id"]
        indexes = [models.Index(fields=["office", "at"], name="counter_event_by_time")]

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S} {self.kind}"


class LastAction(models.Model):
    """What a member of staff did last with visits, and how it was before: for the undo."""

    staff = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="last_action"
    )
    at = models.DateTimeField()
    # One object a visit: its id, its event, and the fields that the action changed.
    before = models.JSONField()

    personal_data: ClassVar[dict[str, Kept]] = dict.fromkeys(
        ("staff", "before"),
        Kept(
            _("what you did last with a visit: numbers, states, times"),
            _("to undo it, for ten seconds"),
            Until.NEXT_ACTION,
            Whose.STAFF,
        ),
    )

    class Meta:
        verbose_name = _("last action")
        verbose_name_plural = _("last actions")

    def __str__(self) -> str:
        return f"{self.staff_id} {self.at:%H:%M:%S}"


class TicketSeries(models.Model):
    """The last serial drawn for a letter at an office on a day; incremented atomically."""

    office = models.ForeignKey(Office, models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    letter = models.CharField(max_length=1)
    last = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("ticket series")
        verbose_name_plural = _("ticket series")
        constraints = [
            models.UniqueConstraint(fields=["office", "day", "letter"], name="ticket_series_once")
        ]

    def __str__(self) -> str:
        return f"{self.letter}{self.last:03d}"


class Queue(models.Model):
    """The version of an office's queue: it rises with every change that others can see.

    A row of its own, because a form that saves an office must not set it back.
    """

    office = models.OneToOneField(Office, models.CASCADE, primary_key=True, related_name="queue")
    version = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("queue")
        verbose_name_plural = _("queues")

    def __str__(self) -> str:
        return f"{self.office_id} v{self.version}"
