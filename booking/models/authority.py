"""The authority: the town that uses the product, and the boundary of every permission."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

# First path segments of the site itself; no town may take one as its address.
RESERVED_SLUGS = frozenset(
    "admin api appointment book calendar demo desk display health here kiosk reception setup staff "
    "static ticket wish ws".split()
) | frozenset(code for code, _name in settings.LANGUAGES)


def validate_slug_is_free(slug: str) -> None:
    """Raise ``ValidationError`` for a slug that would hide a page of the site."""
    if slug in RESERVED_SLUGS:
        raise ValidationError(_("This address is used by the site itself."), code="reserved")


def default_languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


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


class Conformance(models.TextChoices):
    """How far the pages keep the accessibility rules, in the words of the model statement of
    Commission Implementing Decision (EU) 2018/1523.
    """

    FULL = "full", _("fully compliant")
    PARTIAL = "partial", _("partially compliant")
    NONE = "none", _("not compliant")


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
    # Those that its citizens are offered.
    languages = models.JSONField(_("languages"), default=default_languages)
    privacy_contact = models.EmailField(_("data protection contact"), blank=True)
    retention_days = models.PositiveSmallIntegerField(
        _("days until personal data is blanked"), default=2
    )
    sign_language_url = models.URLField(
        _("address of the sign language video"), blank=True, default="", db_default=""
    )
    easy_language_url = models.URLField(
        _("address of the page in easy language"), blank=True, default="", db_default=""
    )
    conformance = models.CharField(
        _("accessibility of these pages"),
        max_length=7,
        choices=Conformance,
        default=Conformance.PARTIAL,
        db_default=Conformance.PARTIAL,
    )
    inaccessible = models.TextField(
        _("what is not accessible, and why"),
        blank=True,
        default="",
        db_default="",
        help_text=_("One per line."),
    )
    accessibility_reviewed = models.DateField(
        _("accessibility last reviewed on"), null=True, blank=True
    )
    accessibility_email = models.EmailField(
        _("address for reporting barriers"), blank=True, default="", db_default=""
    )
    accessibility_url = models.URLField(
        _("page for reporting barriers"), blank=True, default="", db_default=""
    )
    enforcement_body = models.TextField(
        _("enforcement body"),
        blank=True,
        default="",
        db_default="",
        help_text=_("Name and address of whom to turn to without a satisfactory answer."),
    )

    class Meta:
        verbose_name = _("authority")
        verbose_name_plural = _("authorities")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(subdivision__in=["", *Land.values]),
                name="authority_land_exists",
            ),
            models.CheckConstraint(
                condition=models.Q(conformance__in=Conformance.values),
                name="authority_conformance_exists",
            ),
        ]

    def __str__(self) -> str:
        return self.name
