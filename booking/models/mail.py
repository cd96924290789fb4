"""The outbox: mails noted in the transaction they tell about, written and sent by the worker."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .appointment import Appointment
from .personal import LANGUAGE, Kept, Until
from .wish import Wish


class OutboxMail(models.Model):
    """One mail about an appointment or a wish: what it tells, and to whom.

    Changed only through :mod:`booking.domain.outbox`. Its text is made when it is sent; the
    recipient is blanked with that.
    """

    class Kind(models.TextChoices):
        CONFIRMATION = "confirmation", _("confirmation")
        CANCELLATION = "cancellation", _("cancellation")
        QUESTION = "question", _("question whether the address is right")
        DAY_BEFORE = "day_before", _("reminder the day before")
        HOUR_BEFORE = "hour_before", _("reminder an hour before")
        CALENDAR = "calendar", _("calendar subscription")
        WISH_MADE = "wish_made", _("wish to be confirmed")
        WISH_OFFER = "wish_offer", _("offer")
        WISH_ENDED = "wish_ended", _("end of a wish")

    class Channel(models.TextChoices):
        MAIL = "mail", _("e-mail")
        SMS = "sms", _("SMS")

    REMINDERS = (Kind.DAY_BEFORE, Kind.HOUR_BEFORE)

    class State(models.TextChoices):
        PENDING = "pending", _("waiting to be sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("given up")

    # Rare among those that were sent; what has been given up waits for the retention.
    UNSENT = (State.PENDING, State.FAILED)

    # Also the left part of the Message-ID, so that a mail sent twice can be recognised.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    appointment = models.ForeignKey(Appointment, models.CASCADE, null=True, related_name="mails")
    wish = models.ForeignKey(Wish, models.CASCADE, null=True, related_name="mails")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    channel = models.CharField(
        _("way"),
        max_length=4,
        choices=Channel,
        default=Channel.MAIL,
        db_default=Channel.MAIL,
    )
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PENDING)
    # As they were then: the appointment may change, or forget who it was, before this is sent.
    # A mail address, or for an SMS a phone number as in E.164.
    recipient = models.CharField(_("recipient"), max_length=254, blank=True)
    language = models.CharField(_("language"), max_length=12)
    sequence = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(_("written at"))
    next_attempt_at = models.DateTimeField(_("next attempt"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.CharField(_("last error"), max_length=200, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)

    personal_data: ClassVar[dict[str, Kept]] = {
        "recipient": Kept(
            _("where a message to you goes: e-mail address, or number for an SMS"),
            _("to send it"),
            Until.SENT,
        ),
        "language": LANGUAGE,
    }

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["created_at"]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(state__in=["pending", "failed"]),
                name="mail_unsent",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(appointment__isnull=True, wish__isnull=False)
                | Q(appointment__isnull=False, wish__isnull=True),
                name="mail_is_about_one_thing",
            ),
            models.CheckConstraint(
                condition=~Q(state="pending") | ~Q(recipient=""), name="mail_pending_has_recipient"
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(recipient="", sent_at__isnull=False),
                name="mail_sent_is_blanked",
            ),
            models.UniqueConstraint(
                fields=["appointment", "kind", "sequence", "channel"],
                condition=Q(kind__in=["day_before", "hour_before"]),
                name="mail_reminder_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.id}"
