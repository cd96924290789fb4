"""Staff: who they are, what they may do and where."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .authority import Authority
from .office import Office
from .personal import Kept, Until, Whose


class User(AbstractUser):
    """Somebody who works here. What they may do follows from their roles alone."""

    # Shown to colleagues at the desk; the login name where it is empty.
    display_name = models.CharField(_("name shown to colleagues"), max_length=80, blank=True)

    personal_data: ClassVar[dict[str, Kept]] = {
        **dict.fromkeys(
            ("username", "first_name", "last_name", "display_name", "email"),
            Kept(
                _("your login name, and the name and address given with it"),
                _("so that you can work here and colleagues know you"),
                Until.ACCOUNT,
                Whose.STAFF,
            ),
        ),
        "password": Kept(
            _("your password, as a hash"), _("to let nobody else in"), Until.ACCOUNT, Whose.STAFF
        ),
        "last_login": Kept(
            _("when you signed in last"),
            _("to find accounts nobody uses"),
            Until.ACCOUNT,
            Whose.STAFF,
        ),
    }

    class Meta(AbstractUser.Meta):
        verbose_name = _("member of staff")
        verbose_name_plural = _("members of staff")

    def __str__(self) -> str:
        return self.display_name or self.username


class StaffRole(models.Model):
    """A role at one office, or at every office of an authority, or everywhere (operator)."""

    class Role(models.TextChoices):
        CLERK = "clerk", _("clerk")
        FRONT_DESK = "front_desk", _("front desk")
        LEAD = "lead", _("office lead")
        OPERATOR = "operator", _("operator")

    user = models.ForeignKey(User, models.CASCADE, related_name="roles", verbose_name=_("user"))
    role = models.CharField(_("role"), max_length=12, choices=Role)
    authority = models.ForeignKey(
        Authority,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="roles",
        verbose_name=_("authority"),
    )
    office = models.ForeignKey(
        Office,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="roles",
        verbose_name=_("office"),
        help_text=_("Empty: every office of the authority."),
    )

    personal_data: ClassVar[dict[str, Kept]] = {
        "user": Kept(
            _("your roles"), _("to let you do what they allow"), Until.ACCOUNT, Whose.STAFF
        ),
    }

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.CheckConstraint(
                condition=Q(role="operator", authority__isnull=True, office__isnull=True)
                | (~Q(role="operator") & Q(authority__isnull=False)),
                name="role_belongs_to_an_authority",
                violation_error_message=_(
                    "A role needs an authority; only operators work for all."
                ),
            ),
            models.UniqueConstraint(
                fields=["user", "role", "authority", "office"], name="role_once_per_office"
            ),
            models.UniqueConstraint(
                fields=["user", "role", "authority"],
                condition=Q(office__isnull=True),
                name="role_once_per_authority",
                violation_error_message=_("This person has this role already."),
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(role="operator"),
                name="role_operator_once",
                violation_error_message=_("This person has this role already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


class StaffToken(models.Model):
    """A token with which a script acts as a member of staff; stored hashed."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()

    personal_data: ClassVar[dict[str, Kept]] = dict.fromkeys(
        ("user", "token_hash"),
        Kept(
            _("the key of a script that works for you, as a hash"),
            _("to know it again"),
            Until.ACCOUNT,
            Whose.STAFF,
        ),
    )

    class Meta:
        verbose_name = _("staff token")
        verbose_name_plural = _("staff tokens")

    def __str__(self) -> str:
        return str(self.user)
