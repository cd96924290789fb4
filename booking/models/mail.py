"""The outbox: mails noted in the transaction they tell about, written and sent by the worker."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .appointment import Appointment
from .wish import Wish


class OutboxMail(models.Model):
    """One mail about an appointment or a wish: what it tells, and to whom.

    Changed only through :mod:`booking.domain.outbox`. Its text is made when it is sent; the
    recipient is blanked with that.
    """

    class Kind(models.TextChoices):
        CONFIRMATION = "confirmation", _("confirmation")
        CANCELLATION = "cancellation", _("cancellation")
        WISH_MADE = "wish_made", _("wish to be confirmed")
        WISH_OFFER = "wish_offer", _("offer")
        WISH_ENDED = "wish_ended", _("end of a wish")

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
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PENDING)
    # As they were then: the appointment may change, or forget who it was, before this is sent.
    recipient = models.EmailField(_("recipient"), blank=True)
    language = models.CharField(_("language"), max_length=8)
    sequence = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(_("written at"))
    next_attempt_at = models.DateTimeField(_("next attempt"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.CharField(_("last error"), max_length=200, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)

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
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.id}"
