"""What a town offers, and how one office offers it."""

import uuid

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .authority import Authority
from .office import Office


class Service(models.Model):
    """A matter citizens come for, described once for the whole town."""

    authority = models.ForeignKey(
        Authority, models.CASCADE, related_name="services", verbose_name=_("authority")
    )
    slug = models.SlugField(_("short name"))
    name = models.CharField(_("name"), max_length=120)
    summary = models.CharField(_("in one sentence"), max_length=250, blank=True)
    documents = models.TextField(_("what to bring"), blank=True, help_text=_("One per line."))
    keywords = models.CharField(
        _("search words"), max_length=250, blank=True, help_text=_("Words citizens use for it.")
    )
    costs = models.CharField(_("costs"), max_length=250, blank=True, default="", db_default="")
    online_url = models.URLField(
        _("address of the online application"),
        blank=True,
        default="",
        db_default="",
        help_text=_("For what can be done without a visit. Empty: it cannot."),
    )
    representation = models.TextField(
        _("who may come instead"), blank=True, default="", db_default=""
    )
    children = models.TextField(
        _("what is needed for children"), blank=True, default="", db_default=""
    )
    leika = models.CharField(
        _("Leistungsschlüssel"),
        max_length=14,
        blank=True,
        validators=[RegexValidator(r"^\d{14}$", _("Fourteen digits."))],
    )

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "slug"], name="service_slug_once")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def document_list(self) -> list[str]:
        return [line.strip() for line in (self.documents or "").splitlines() if line.strip()]

    @property
    def has_facts(self) -> bool:
        return bool(self.costs or self.representation or self.children)


class Offering(models.Model):
    """A service as one office offers it: minutes, ticket letter, online or walk-in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    office = models.ForeignKey(
        Office, models.CASCADE, related_name="offerings", verbose_name=_("office")
    )
    service = models.ForeignKey(
        Service, models.CASCADE, related_name="offerings", verbose_name=_("service")
    )
    minutes = models.PositiveSmallIntegerField(_("minutes per person"))
    max_quantity = models.PositiveSmallIntegerField(_("persons at most"), default=1)
    letter = models.CharField(
        _("ticket letter"), max_length=1, validators=[RegexValidator(r"^[A-Z]$", _("A to Z."))]
    )
    online = models.BooleanField(_("bookable online"), default=True)
    walk_in = models.BooleanField(_("without appointment"), default=True)
    target_wait_minutes = models.PositiveSmallIntegerField(
        _("target wait without appointment, minutes"),
        null=True,
        blank=True,
        help_text=_("Empty: the office’s."),
    )
    checklist_required = models.BooleanField(
        _("citizens tick what to bring"),
        default=False,
        db_default=False,
        help_text=_("They can book only once every document is ticked."),
    )
    limit = models.PositiveSmallIntegerField(
        _("appointments per e-mail address and per device"),
        null=True,
        blank=True,
        help_text=_("For this service, beside the office's limits. Empty: no limit."),
    )
    limit_days = models.PositiveSmallIntegerField(
        _("period of this limit, days"), default=30, db_default=30
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("offering")
        verbose_name_plural = _("offerings")
        ordering = ["position", "service__name"]
        constraints = [
            models.UniqueConstraint(fields=["office", "service"], name="offering_once_per_office"),
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=480),
                name="offering_minutes_in_range",
                violation_error_message=_("Please enter 1 to 480 minutes."),
            ),
            models.CheckConstraint(
                condition=Q(max_quantity__gte=1, max_quantity__lte=20),
                name="offering_quantity_in_range",
                violation_error_message=_("Please enter 1 to 20 persons."),
            ),
            models.CheckConstraint(
                condition=(Q(limit__isnull=True) | Q(limit__gte=1))
                & Q(limit_days__gte=2, limit_days__lte=400),
                name="offering_limit_in_range",
                violation_error_message=_(
                    "A limit is at least 1, or empty for none, and counts 2 to 400 days."
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.service)


class Situation(models.Model):
    """A situation in life that brings people to the town: moving, a birth, a new school year."""

    authority = models.ForeignKey(
        Authority, models.CASCADE, related_name="situations", verbose_name=_("authority")
    )
    slug = models.SlugField(_("short name"))
    name = models.CharField(_("name"), max_length=60)
    services = models.ManyToManyField(
        Service, related_name="situations", verbose_name=_("services")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("situation in life")
        verbose_name_plural = _("situations in life")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "slug"], name="situation_slug_once")
        ]

    def __str__(self) -> str:
        return self.name
