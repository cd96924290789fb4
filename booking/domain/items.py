"""What somebody comes for: offerings with quantities."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.db.models import QuerySet

from booking.models import Offering, Office
from booking.prepared import PreparedQuery

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
    quantities: dict[UUID, int] = {}
    for offering_id, quantity in chosen:
        try:
            key = UUID(str(offering_id))
        except ValueError:  # not even an id
            raise OfferingUnknown from None
        quantities[key] = quantities.get(key, 0) + quantity
    if not quantities:
        raise NothingChosen
    offered = _offered(len(quantities)).all(office.pk, *quantities)
    by_id = {offering.pk: offering for offering in offered}
    if len(by_id) != len(quantities):
        raise OfferingUnknown
    items = [Item(by_id[key], quantity) for key, quantity in quantities.items()]
    for item in items:
        if not 1 <= item.quantity <= item.offering.max_quantity:
            raise QuantityOutOfRange(item.offering.max_quantity)
    return items


@lru_cache
def _offered(count: int) -> PreparedQuery[Offering]:
    """Which of so many ids an office offers, each with its service."""

    def write(office_id: UUID, *offering_ids: UUID) -> QuerySet[Offering]:
        offered = Offering.objects.filter(office=office_id, pk__in=offering_ids)
        return offered.select_related("service").order_by()

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
