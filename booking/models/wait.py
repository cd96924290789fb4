"""The forecast of an office's waits, as it was computed last."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .office import Office


class WaitForecast(models.Model):
    """How long everybody waits, worked out by the worker so that no page has to.

    Written by :mod:`booking.domain.waits` alone. ``waits`` holds minutes by visit, by
    offering and by letter; nothing personal.
    """

    office = models.OneToOneField(
        Office, models.CASCADE, primary_key=True, related_name="wait_forecast"
    )
    # The version of the queue it was made of.
    version = models.PositiveBigIntegerField()
    made_at = models.DateTimeField()
    waits = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("wait forecast")
        verbose_name_plural = _("wait forecasts")

    def __str__(self) -> str:
        return f"{self.office_id} v{self.version}"
