"""What somebody may see and change in the set-up: their own authority's or office's things."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from booking.domain.permissions import IN_SETUP, authorities_of, offices_of
from booking.models import Authority, Office, Service, Situation, StaffRole, User

Role = StaffRole.Role


@dataclass(frozen=True)
class Rights:
    """What somebody may do at all, whatever the object."""

    may_set_up: bool = False
    is_operator: bool = False
    leads_an_authority: bool = False

    def may_add(self, model: type[Model]) -> bool:
        """Whether somebody may make new objects of a model."""
        if model is Authority:
            return self.is_operator
        if model in (Office, Service, Situation, User):
            return self.leads_an_authority
        return self.may_set_up


def rights_of(request: HttpRequest) -> Rights:
    """The rights of who asks, looked up once per request: every page asks dozens of times."""
    if not hasattr(request, "setup_rights"):
        request.setup_rights = _rights(request.user)
    return request.setup_rights


def _rights(user: User | AnonymousUser) -> Rights:
    if not (user.is_authenticated and user.is_active):
        return Rights()
    held = list(user.roles.filter(role__in=IN_SETUP))
    operator = any(role.role == Role.OPERATOR for role in held)
    whole = any(role.office_id is None for role in held)
    return Rights(may_set_up=bool(held), is_operator=operator, leads_an_authority=whole)


def is_operator(user: User) -> bool:
    return user.is_active and user.roles.filter(role=Role.OPERATOR).exists()


def visible(model: type[Model], user: User) -> QuerySet:
    """The objects of a model that somebody sees in the set-up."""
    return model._default_manager.filter(visibility(model, user))


def visibility(model: type[Model], user: User) -> Q:
    """The condition for what somebody sees, to be put on any query for the model."""
    if is_operator(user):
        return Q()
    offices = offices_of(user, IN_SETUP)
    authorities = Authority.objects.filter(offices__in=offices) | authorities_of(user)
    if model is Authority:
        return Q(pk__in=authorities.values("pk"))
    if model in (Service, Situation):
        return Q(authority__in=authorities.values("pk"))
    if model is Office:
        return Q(pk__in=offices.values("pk"))
    if model is User:
        colleagues = StaffRole.objects.filter(authority__in=authorities_of(user).values("pk"))
        return Q(pk__in=colleagues.values("user"))
    return Q(office__in=offices.values("pk"))


def changeable(model: type[Model], user: User) -> QuerySet:
    """Those of the visible objects that somebody may change.

    The lead of a single office leaves what all offices share to the lead of the authority;
    a colleague who also works for another authority is changed by an operator.
    """
    seen = visible(model, user)
    if is_operator(user):
        return seen
    whole = authorities_of(user).values("pk")
    if model is Authority:
        return seen.filter(pk__in=whole)
    if model in (Service, Situation):
        return seen.filter(authority__in=whole)
    if model is User:
        elsewhere = StaffRole.objects.exclude(role__in=_grantable(), authority__in=whole)
        return seen.exclude(pk__in=elsewhere.values("user")).exclude(is_superuser=True)
    return seen


def roles_to_grant(user: User) -> list[str]:
    """The roles somebody may give to others; only an operator makes operators."""
    return list(Role.values) if is_operator(user) else _grantable()


def _grantable() -> list[str]:
    return [role for role in Role.values if role != Role.OPERATOR]
