"""What somebody comes for: offerings with quantities."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from booking.models import Offering, Office

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
    by_id = office.offerings.select_related("service").in_bulk(list(quantities))
    if len(by_id) != len(quantities):
        raise OfferingUnknown
    items = [Item(by_id[key], quantity) for key, quantity in quantities.items()]
    for item in items:
        if not 1 <= item.quantity <= item.offering.max_quantity:
            raise QuantityOutOfRange(item.offering.max_quantity)
    return items


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
