"""The authority: the town that uses the product, and the boundary of every permission."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

# First path segments of the site itself; no town may take one as its address.
RESERVED_SLUGS = frozenset(
    "admin api appointment book demo desk display en health kiosk setup staff static ticket "
    "ws".split()
)


def validate_slug_is_free(slug: str) -> None:
    """Raise ``ValidationError`` for a slug that would hide a page of the site."""
    if slug in RESERVED_SLUGS:
        raise ValidationError(_("This address is used by the site itself."), code="reserved")


def default_languages() -> list[str]:
    return ["de", "en"]


class Authority(models.Model):
    """A town or district: the tenant."""

    slug = models.SlugField(_("address"), unique=True, validators=[validate_slug_is_free])
    name = models.CharField(_("name"), max_length=120)
    subdivision = models.CharField(
        _("federal state"),
        max_length=2,
        blank=True,
        help_text=_("Two letters, such as ST; its public holidays are closed days."),
    )
    languages = models.JSONField(_("languages"), default=default_languages)
    privacy_contact = models.EmailField(_("data protection contact"), blank=True)
    retention_days = models.PositiveSmallIntegerField(
        _("days until personal data is blanked"), default=2
    )

    class Meta:
        verbose_name = _("authority")
        verbose_name_plural = _("authorities")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
