"""What a town tells people who wait: on displays that show notices."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .office import Office


class Notice(models.Model):
    """A text, a picture or both, shown beside the calls of an office.

    The picture is kept in the database: it is small, and then a backup has it, and every
    process of an installation.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    office = models.ForeignKey(
        Office, models.CASCADE, related_name="notices", verbose_name=_("office")
    )
    heading = models.CharField(_("heading"), max_length=80)
    text = models.TextField(_("text"), max_length=300, blank=True)
    # WebP, made by booking.domain.notices. The digest is its address, and empty without a picture.
    picture = models.BinaryField(_("picture"), default=b"", editable=False)
    picture_digest = models.CharField(max_length=16, blank=True, editable=False)
    picture_text = models.CharField(
        _("what the picture says"),
        max_length=200,
        blank=True,
        help_text=_("For those who cannot see it."),
    )
    first_day = models.DateField(_("first day"), null=True, blank=True)
    last_day = models.DateField(_("last day"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    changed_at = models.DateTimeField(_("changed at"), editable=False)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["position", "changed_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_day__isnull=True)
                | Q(last_day__isnull=True)
                | Q(last_day__gte=F("first_day")),
                name="notice_ends_after_it_begins",
                violation_error_message=_("The last day must not be before the first day."),
            )
        ]

    def __str__(self) -> str:
        return self.heading
