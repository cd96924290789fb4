"""How many appointments one citizen may have booked: per mail address, device, network, service.

Counted where the appointments are, in the transaction that makes one more: whoever counts the
same waits (see ``capacity`` for the order of locks), so rivals cannot exceed a limit together.
Kept are keyed hashes alone, which differ from office to office, only where a limit needs them,
and until the appointment is blanked. Cancelled and lapsed ones do not count; staff have no limit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.crypto import salted_hmac

from booking import clock
from booking.models import Appointment, AppointmentItem, Offering, Office
from booking.prepared import Statement, ask, nothing

from .errors import LimitReached, WithoutProofFull

LOCK = "SELECT pg_advisory_xact_lock(%s)"
# Hexadecimal digits kept of a hash: 128 bits.
KEY_LENGTH = 32
# Holds of an office at one time that have shown no proof of work although one was needed: enough
# for people without JavaScript, and few for a program.
WITHOUT_PROOF_AT_ONCE = 5
# A network has many people: its limit is one against programs, and short.
NETWORK_DAYS = 1


@dataclass(frozen=True)
class Asker:
    """From where somebody books: the token of a browser, and the network. Empty where unknown.

    Neither is stored as it is.
    """

    device: str = ""
    network: str = ""
    # In a rush: whether a proof of work was shown where one was needed.
    proven: bool = True


NOBODY = Asker()


@dataclass(frozen=True)
class _Limit:
    """At most so many within so many days whose ``column`` has this key."""

    column: str
    key: str
    at_most: int
    days: int
    offering: UUID | None = None

    @property
    def counted(self) -> Q:
        """The appointments it is about.

        Anybody can type an address: what waits for its mail to be answered does not count for
        it, or strangers could use up somebody's number.
        """
        about = Q(**{self.column: self.key})
        if self.column == "email_key":
            about &= Q(state=Appointment.State.BOOKED) | Q(confirm_by_mail=False)
        return about

    def counted_since(self, now: datetime) -> Q:
        counted = self.counted & Q(created_at__gt=now - timedelta(days=self.days))
        if self.offering is None:
            return counted
        for_it = AppointmentItem.objects.filter(appointment=OuterRef("pk"), offering=self.offering)
        return counted & Q(Exists(for_it))


def sign_for_device(appointment: Appointment, offerings: Sequence[Offering], asker: Asker) -> None:
    """Note on a hold from where it was first made, as far as a limit needs it."""
    office = appointment.office
    if counts_devices(office, offerings) and not appointment.device_key:
        appointment.device_key = _key(office, "device", asker.device)
    if office.network_limit is not None and not appointment.network_key:
        appointment.network_key = _key(office, "network", asker.network)
    if not asker.proven:
        appointment.without_proof = appointment.confirm_by_mail = True


def sign_for_address(appointment: Appointment, offerings: Sequence[Offering]) -> None:
    """Note on an appointment, as far as a limit needs it, for whose mail address it is.

    Who books at the kiosk has none, and counts with nobody.
    """
    office = appointment.office
    if not appointment.email:
        return
    if office.email_limit is not None or any(one.limit is not None for one in offerings):
        appointment.email_key = _key(office, "email", mailbox(appointment.email))


def counts_devices(office: Office, offerings: Sequence[Offering]) -> bool:
    """Whether a limit needs to know from which browser somebody books."""
    return office.device_limit is not None or any(one.limit is not None for one in offerings)


def mailbox(email: str) -> str:
    """The mailbox of an address: in capitals or with a suffix it is the same."""
    name, _at, host = email.strip().casefold().rpartition("@")
    return f"{name.partition('+')[0] or name}@{host}"


def require_within_limits(
    appointment: Appointment, offerings: Sequence[Offering], *, giving_up: UUID | None = None
) -> None:
    """Raise ``LimitReached`` or ``WithoutProofFull`` where this would be one too many.

    ``giving_up``: an appointment that goes for this one in the same transaction. Needs a
    transaction in which the appointment is new or locked, and no slot is locked yet.
    """
    limits = list(_limits_of(appointment, offerings))
    keys = {limit.key for limit in limits}
    if appointment.without_proof:
        keys.add(_key(appointment.office, "without proof", "all"))
    if not keys:
        return
    _wait_for_others(keys)
    now = clock.now()
    held = Q(state=Appointment.State.HELD, expires_at__gt=now)
    if appointment.without_proof:
        _require_room_without_proof(appointment, held)
    if limits:
        these = [appointment.pk] if giving_up is None else [appointment.pk, giving_up]
        others = (Q(state=Appointment.State.BOOKED) | held) & ~Q(pk__in=these)
        _require_within(limits, appointment.office_id, others, now)


def _require_room_without_proof(appointment: Appointment, held: Q) -> None:
    others = Appointment.objects.filter(held, office=appointment.office_id, without_proof=True)
    if others.exclude(pk=appointment.pk).count() >= WITHOUT_PROOF_AT_ONCE:
        raise WithoutProofFull


def _require_within(limits: Sequence[_Limit], office_id: UUID, others: Q, now: datetime) -> None:
    about = reduce(or_, {limit.counted for limit in limits})
    counts = {
        f"of_{number}": Count("pk", filter=limit.counted_since(now))
        for number, limit in enumerate(limits)
    }
    counted = Appointment.objects.filter(others, about, office=office_id).aggregate(**counts)
    for number, limit in enumerate(limits):
        if counted[f"of_{number}"] >= limit.at_most:
            raise LimitReached(
                whose=limit.column.removesuffix("_key"),
                at_most=limit.at_most,
                days=limit.days,
                for_service=limit.offering is not None,
            )


def _limits_of(appointment: Appointment, offerings: Sequence[Offering]) -> Iterator[_Limit]:
    """Those that apply, for as much as is known of whose the appointment is."""
    if appointment.by_staff:
        return
    office = appointment.office
    rules = [
        ("email_key", office.email_limit, office.limit_days, None),
        ("device_key", office.device_limit, office.limit_days, None),
        ("network_key", office.network_limit, NETWORK_DAYS, None),
    ]
    for one in offerings:
        rules += [
            (column, one.limit, one.limit_days, one.pk) for column in ("email_key", "device_key")
        ]
    for column, at_most, days, offering in rules:
        if at_most is not None and (key := getattr(appointment, column)):
            yield _Limit(column, key, at_most, days, offering)


def _wait_for_others(keys: set[str]) -> None:
    """Nobody else counts these until this transaction ends. On SQLite nobody could."""
    if connection.vendor == "postgresql":
        numbers = sorted(int.from_bytes(bytes.fromhex(key)[:8], signed=True) for key in keys)
        ask(*(Statement(LOCK, [number], nothing) for number in numbers))


def _key(office: Office, kind: str, whose: str) -> str:
    if not whose:
        return ""
    salt = f"limit:{kind}:{office.pk}"
    return salted_hmac(salt, whose, algorithm="sha256").hexdigest()[:KEY_LENGTH]
