"""A wish: somebody waits for a time, and is offered the first that suits."""

import uuid
from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .appointment import Appointment
from .authority import Authority
from .office import Office
from .personal import LANGUAGE, Kept, Until
from .service import Service

EVERY_DAY = 0b1111111


class Wish(models.Model):
    """What somebody comes for, where and when it would suit, and until which day.

    Changed only through :mod:`booking.domain.wishes` and :mod:`booking.domain.offers`. The
    e-mail address is all that is personal; it is blanked as soon as nobody waits any more.
    """

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed", _("not confirmed")
        WAITING = "waiting", _("waiting")
        OFFERED = "offered", _("has an offer")
        SERVED = "served", _("served")
        WITHDRAWN = "withdrawn", _("withdrawn")
        ENDED = "ended", _("ended")

    # Confirmed, and not over yet.
    LISTED = (State.WAITING, State.OFFERED)
    # May still become a time, so somebody may have to be written to.
    LIVE = (State.UNCONFIRMED, *LISTED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    authority = models.ForeignKey(Authority, models.CASCADE, related_name="wishes", db_index=False)
    state = models.CharField(_("state"), max_length=11, choices=State, default=State.UNCONFIRMED)
    created_at = models.DateTimeField(_("made at"))
    # The order in which wishes are served.
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=12, default="de")

    offices = models.ManyToManyField(Office, related_name="wishes", verbose_name=_("offices"))
    # One bit for each day of the week, Monday the lowest.
    weekdays = models.PositiveSmallIntegerField(_("weekdays"), default=EVERY_DAY)
    # Local time of the office: the appointment lies between the two.
    from_time = models.TimeField(_("from"))
    until_time = models.TimeField(_("to"))
    latest_day = models.DateField(_("latest day"))

    # The appointment that is given up for an earlier one.
    appointment = models.ForeignKey(Appointment, models.SET_NULL, null=True, related_name="wishes")
    # Offers in a row that nobody answered.
    unanswered = models.PositiveSmallIntegerField(default=0)

    personal_data: ClassVar[dict[str, Kept]] = {
        "email": Kept(
            _("your e-mail address, if you are on the waiting list"),
            _("to offer you a time"),
            Until.WISH,
        ),
        **dict.fromkeys(
            ("weekdays", "from_time", "until_time", "latest_day"),
            Kept(
                _("which days and times would suit you, if you are on the waiting list"),
                _("to look for a time for you"),
                Until.LISTED,
            ),
        ),
        "language": LANGUAGE,
    }

    class Meta:
        verbose_name = _("wish")
        verbose_name_plural = _("wishes")
        ordering = ["confirmed_at", "id"]
        indexes = [
            models.Index(
                fields=["authority", "confirmed_at", "id"],
                condition=Q(state__in=["waiting", "offered"]),
                name="wish_in_order",
            ),
            models.Index(
                fields=["ended_at"], condition=Q(ended_at__isnull=False), name="wish_ended"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(weekdays__gte=1, weekdays__lte=EVERY_DAY), name="wish_for_some_weekday"
            ),
            models.CheckConstraint(
                condition=Q(until_time__gt=F("from_time")), name="wish_hours_end_after_they_begin"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["unconfirmed", "withdrawn", "ended"])
                | Q(confirmed_at__isnull=False),
                name="wish_listed_when_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["unconfirmed", "waiting", "offered"], ended_at__isnull=True)
                & ~Q(email="")
                | Q(state__in=["served", "withdrawn", "ended"], ended_at__isnull=False, email=""),
                name="wish_over_holds_no_personal_data",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.id}"

    @property
    def is_live(self) -> bool:
        return self.state in self.LIVE

    @property
    def is_listed(self) -> bool:
        return self.state in self.LISTED

    @property
    def days(self) -> list[int]:
        """The weekdays that suit, Monday 0."""
        return [day for day in range(7) if self.weekdays >> day & 1]

    def is_past(self, today: date) -> bool:
        return self.latest_day < today


class WishItem(models.Model):
    """One service of a wish, for so many persons; each office offers it in its own way."""

    wish = models.ForeignKey(Wish, models.CASCADE, related_name="items", db_index=False)
    service = models.ForeignKey(Service, models.CASCADE, related_name="+")
    quantity = models.PositiveSmallIntegerField(default=1)

    class Meta:
        verbose_name = _("service of a wish")
        verbose_name_plural = _("services of a wish")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["wish", "service"], name="wish_service_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="wish_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.service}"


class Offer(models.Model):
    """A place held for one wish until it is answered.

    Changed only through :mod:`booking.domain.offers`. The place is an appointment's hold, so
    what holds of capacity holds of offers; the hold is pruned some time after it has ended.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        LAPSED = "lapsed", _("lapsed")
        WITHDRAWN = "withdrawn", _("withdrawn")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wish = models.ForeignKey(Wish, models.CASCADE, related_name="offers", db_index=False)
    appointment = models.OneToOneField(
        Appointment, models.SET_NULL, null=True, related_name="offer"
    )
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.OPEN)
    office = models.ForeignKey(Office, models.CASCADE, related_name="+", db_index=False)
    start = models.DateTimeField(_("start"))
    made_at = models.DateTimeField(_("made at"))
    reply_by = models.DateTimeField(_("reply by"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering = ["made_at"]
        indexes = [models.Index(fields=["office", "made_at"], name="offer_by_office")]
        constraints = [
            models.UniqueConstraint(
                fields=["wish", "office", "start"], name="offer_once_per_wish_and_time"
            ),
            models.UniqueConstraint(
                fields=["wish"], condition=Q(state="open"), name="offer_one_open_per_wish"
            ),
            models.CheckConstraint(
                condition=Q(made_at__lt=F("reply_by"), reply_by__lt=F("start")),
                name="offer_answered_before_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True)
                | ~Q(state="open") & Q(ended_at__isnull=False),
                name="offer_open_or_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.start:%Y-%m-%d %H:%M}"
