"""The authority: the town that uses the product, and the boundary of every permission."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

# First path segments of the site itself; no town may take one as its address.
RESERVED_SLUGS = frozenset(
    "admin api appointment book demo desk display en health kiosk reception setup staff static "
    "ticket wish ws".split()
)


def validate_slug_is_free(slug: str) -> None:
    """Raise ``ValidationError`` for a slug that would hide a page of the site."""
    if slug in RESERVED_SLUGS:
        raise ValidationError(_("This address is used by the site itself."), code="reserved")


def default_languages() -> list[str]:
    return ["de", "en"]


class Land(models.TextChoices):
    """The federal states, by the codes of ISO 3166-2:DE. Their names are the same everywhere."""

    BADEN_WUERTTEMBERG = "BW", "Baden-Württemberg"
    BAYERN = "BY", "Bayern"
    BERLIN = "BE", "Berlin"
    BRANDENBURG = "BB", "Brandenburg"
    BREMEN = "HB", "Bremen"
    HAMBURG = "HH", "Hamburg"
    HESSEN = "HE", "Hessen"
    MECKLENBURG_VORPOMMERN = "MV", "Mecklenburg-Vorpommern"
    NIEDERSACHSEN = "NI", "Niedersachsen"
    NORDRHEIN_WESTFALEN = "NW", "Nordrhein-Westfalen"
    RHEINLAND_PFALZ = "RP", "Rheinland-Pfalz"
    SAARLAND = "SL", "Saarland"
    SACHSEN = "SN", "Sachsen"
    SACHSEN_ANHALT = "ST", "Sachsen-Anhalt"
    SCHLESWIG_HOLSTEIN = "SH", "Schleswig-Holstein"
    THUERINGEN = "TH", "Thüringen"


class Authority(models.Model):
    """A town or district: the tenant."""

    slug = models.SlugField(_("address"), unique=True, validators=[validate_slug_is_free])
    name = models.CharField(_("name"), max_length=120)
    subdivision = models.CharField(
        _("federal state"),
        max_length=2,
        choices=Land,
        blank=True,
        help_text=_("Its public holidays are closed days."),
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
        constraints = [
            models.CheckConstraint(
                condition=models.Q(subdivision__in=["", *Land.values]),
                name="authority_land_exists",
            )
        ]

    def __str__(self) -> str:
        return self.name
