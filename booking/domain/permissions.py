"""Who may do what where. Every view asks here, for the object it is about to touch."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from booking import clock
from booking.models import Authority, Device, Office, StaffRole, StaffToken, User
from booking.prepared import PreparedQuery
from booking.security import hash_token, new_token

from .errors import NotFound, NotPermitted

Role = StaffRole.Role

# Who may call, begin, finish …, and open a counter; who sees everybody's appointments, and
# books for others.
AT_THE_DESK = (Role.CLERK, Role.FRONT_DESK, Role.LEAD, Role.OPERATOR)
AT_RECEPTION = (Role.FRONT_DESK, Role.LEAD, Role.OPERATOR)
IN_SETUP = (Role.LEAD, Role.OPERATOR)


def offices_of(user: User, roles: tuple[str, ...] = AT_THE_DESK) -> QuerySet[Office]:
    """The offices at which a member of staff has one of the roles."""
    if not user.is_active:
        return Office.objects.none()
    held = list(user.roles.filter(role__in=roles))
    if any(role.role == Role.OPERATOR for role in held):
        return Office.objects.all()
    whole = [role.authority_id for role in held if role.office_id is None]
    single = [role.office_id for role in held if role.office_id is not None]
    return Office.objects.filter(Q(authority__in=whole) | Q(pk__in=single))


def authorities_of(user: User, roles: tuple[str, ...] = IN_SETUP) -> QuerySet[Authority]:
    """The authorities at which a member of staff has one of the roles for all offices."""
    if not user.is_active:
        return Authority.objects.none()
    held = list(user.roles.filter(role__in=roles))
    if any(role.role == Role.OPERATOR for role in held):
        return Authority.objects.all()
    return Authority.objects.filter(
        pk__in=[role.authority_id for role in held if role.office_id is None]
    )


def require_desk(user: User, office: Office) -> None:
    """Raise ``NotPermitted`` unless the user works at the office."""
    if not _works_at(office, _roles.all(user.pk), user):
        raise NotPermitted


def require_colleague(user: User, office: Office) -> None:
    """Like ``require_desk``, but ``NotFound`` where the user is a stranger to the authority.

    So nobody learns from ids what another town has.
    """
    roles = _roles.all(user.pk)
    if _works_at(office, roles, user):
        return
    if any(role.authority_id == office.authority_id for role in roles):
        raise NotPermitted
    raise NotFound


def _works_at(office: Office, roles: Iterable[StaffRole], user: User) -> bool:
    """What ``offices_of`` says of one office, told from the user's roles alone."""
    return user.is_active and any(
        role.role == Role.OPERATOR
        or (
            role.role in AT_THE_DESK
            and role.authority_id == office.authority_id
            and role.office_id in (None, office.pk)
        )
        for role in roles
    )


def require_kiosk(device: Device, office: Office) -> None:
    """Raise ``NotPermitted`` unless the device is a kiosk of the office.

    ``NotFound`` where it belongs to another authority.
    """
    if device.office is None or device.office.authority_id != office.authority_id:
        raise NotFound
    if device.kind != Device.Kind.KIOSK or device.office_id != office.pk:
        raise NotPermitted


def make_staff_token(user: User) -> str:
    """A token with which a script acts as the user; only its hash is kept."""
    token = new_token()
    StaffToken.objects.create(user=user, token_hash=hash_token(token), created_at=clock.now())
    return token


def revoke_staff_tokens(user: User) -> int:
    """No script acts as the user any more; how many tokens there were."""
    return user.tokens.all().delete()[0]


def staff_of_token(token: str) -> User | None:
    """The active member of staff a token stands for."""
    row = _token.first(hash_token(token))
    return row.user if row and row.user.is_active else None


_roles = PreparedQuery(lambda user_id: StaffRole.objects.filter(user=user_id), int)
_token = PreparedQuery(
    lambda token_hash: StaffToken.objects.filter(token_hash=token_hash).select_related("user"), str
)


def make_operator(user: User) -> None:
    """Let somebody set up every authority. Once is enough."""
    StaffRole.objects.get_or_create(user=user, role=Role.OPERATOR)
