"""The calendar address of somebody who has several appointments."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from .authority import Authority
from .personal import Kept, Until


class CalendarSubscription(models.Model):
    """All appointments of one mail address at one authority, as a calendar to subscribe to.

    Changed only through :mod:`booking.domain.subscriptions`. Its secret is derived from the id:
    to end a subscription is to delete it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    authority = models.ForeignKey(Authority, models.CASCADE, related_name="+", db_index=False)
    # In small letters.
    email = models.EmailField(_("e-mail"))
    created_at = models.DateTimeField(_("made at"))

    personal_data: ClassVar[dict[str, Kept]] = {
        "email": Kept(
            _("your e-mail address, if you subscribe to a calendar"),
            _("to show all your appointments in it"),
            Until.SUBSCRIPTION,
        ),
    }

    class Meta:
        verbose_name = _("calendar subscription")
        verbose_name_plural = _("calendar subscriptions")
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "email"], name="subscription_once_per_address"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)
