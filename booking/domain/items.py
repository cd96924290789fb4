"""What somebody comes for: offerings with quantities."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError

from booking.models import Offering, Office

from .errors import NotOnline, NothingChosen, NotWalkIn, OfferingUnknown, QuantityOutOfRange


@dataclass(frozen=True)
class Item:
    """One offering for so many persons."""

    offering: Offering
    quantity: int


def choose_items(office: Office, chosen: Iterable[tuple[UUID | str, int]]) -> list[Item]:
    """The items an office offers by those ids; the same id twice adds up.

    Raises ``NothingChosen``, ``OfferingUnknown`` or ``QuantityOutOfRange``.
    """
    quantities: dict[str, int] = {}
    for offering_id, quantity in chosen:
        key = str(offering_id).lower()
        quantities[key] = quantities.get(key, 0) + quantity
    if not quantities:
        raise NothingChosen
    try:
        offerings = list(
            office.offerings.filter(pk__in=list(quantities)).select_related("service")
        )
    except ValidationError:  # not even an id
        raise OfferingUnknown from None
    if len(offerings) != len(quantities):
        raise OfferingUnknown
    by_id = {str(offering.pk): offering for offering in offerings}
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
