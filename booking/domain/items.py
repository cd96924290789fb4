"""What somebody comes for: offerings with quantities."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.db.models import QuerySet

from booking.models import Offering, Office
from booking.prepared import PreparedQuery, Statement, ask

from .errors import NothingChosen, NotOnline, NotWalkIn, OfferingUnknown, QuantityOutOfRange


@dataclass(frozen=True)
class Item:
    """One offering for so many persons."""

    offering: Offering
    quantity: int


def choose_items(office: Office, chosen: Iterable[tuple[UUID | str, int]]) -> list[Item]:
    """The items an office offers by those ids; the same id twice adds up.

    Raises ``NothingChosen``, ``OfferingUnknown`` or ``QuantityOutOfRange``.
    """
    quantities = add_up(chosen)
    return items_among(ask(reading_offerings(office.pk, quantities))[0], quantities)


def add_up(chosen: Iterable[tuple[UUID | str, int]]) -> dict[UUID, int]:
    """How many of each. Raises ``NothingChosen`` or ``OfferingUnknown``."""
    quantities: dict[UUID, int] = {}
    for offering_id, quantity in chosen:
        try:
            key = UUID(str(offering_id))
        except ValueError:  # not even an id
            raise OfferingUnknown from None
        quantities[key] = quantities.get(key, 0) + quantity
    if not quantities:
        raise NothingChosen
    return quantities


def reading_offerings(
    office_id: UUID, offering_ids: Collection[UUID], *, with_service: bool = True
) -> Statement:
    """Those of the ids that the office offers, each with its service, whose texts are long."""
    query = _offerings(len(offering_ids), with_service=with_service)
    return query.statement(office_id, *offering_ids)


def items_among(offered: Iterable[Offering], quantities: Mapping[UUID, int]) -> list[Item]:
    """Raises ``OfferingUnknown`` or ``QuantityOutOfRange``."""
    by_id = {offering.pk: offering for offering in offered}
    if len(by_id) != len(quantities):
        raise OfferingUnknown
    items = [Item(by_id[key], quantity) for key, quantity in quantities.items()]
    for item in items:
        if not 1 <= item.quantity <= item.offering.max_quantity:
            raise QuantityOutOfRange(item.offering.max_quantity)
    return items


@lru_cache
def _offerings(count: int, *, with_service: bool) -> PreparedQuery[Offering]:
    def write(office_id: UUID, *offering_ids: UUID) -> QuerySet[Offering]:
        offered = Offering.objects.filter(office=office_id, pk__in=offering_ids).order_by()
        return offered.select_related("service") if with_service else offered

    return PreparedQuery(write, UUID, *[UUID] * count)


def require_online(items: Sequence[Item]) -> None:
    """Raise ``NotOnline`` where an item cannot be booked by a citizen."""
    if not all(item.offering.online for item in items):
        raise NotOnline


def require_walk_in(items: Sequence[Item]) -> None:
    """Raise ``NotWalkIn`` where an item needs an appointment."""
    if not all(item.offering.walk_in for item in items):
        raise NotWalkIn


def total_minutes(items: Sequence[Item]) -> int:
    return sum(item.offering.minutes * item.quantity for item in items)
