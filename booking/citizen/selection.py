"""What was chosen, in the address: ``offering=<id>:<quantity>``, one for each."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from booking.domain.items import Item, choose_items, require_online
from booking.models import Office


def chosen_quantities(data: QueryDict) -> dict[str, int]:
    """Offering id → quantity as the address or a form says, not yet checked.

    A form sends the bare id and the quantity beside it. What is no number counts as 0,
    which the domain refuses.
    """
    chosen = {}
    for text in data.getlist("offering"):
        offering_id, _colon, quantity = text.partition(":")
        quantity = data.get(f"quantity-{offering_id}", quantity or "1")
        chosen[offering_id] = int(quantity) if quantity.isdecimal() and len(quantity) < 4 else 0
    return chosen


def chosen_items(office: Office, data: QueryDict) -> list[Item]:
    """The items to book. Raises what ``choose_items`` and ``require_online`` raise."""
    items = choose_items(office, chosen_quantities(data).items())
    require_online(items)
    return items


def same_offerings(data: QueryDict) -> str:
    """The offerings of a request as they came, as a query string and nothing else of it."""
    return urlencode({"offering": data.getlist("offering")}, doseq=True) or "next=1"


def query_of(items: Sequence[Item], **more: str) -> str:
    """The selection as a query string, with whatever else belongs to the page."""
    pairs = [("offering", f"{item.offering.pk}:{item.quantity}") for item in items]
    return urlencode([*pairs, *more.items()])


def choose_path(office: Office, query: str = "") -> str:
    return reverse("choose", args=[office.pk]) + (f"?{query}" if query else "")


def times_path(office: Office, items: Sequence[Item], **more: str) -> str:
    return reverse("times", args=[office.pk]) + "?" + query_of(items, **more)


def wish_path(office: Office, items: Sequence[Item]) -> str:
    """Where somebody for whom no time is free is put on the waiting list."""
    return reverse("make_wish", args=[office.pk]) + "?" + query_of(items)


def parse_start(text: str | None) -> datetime | None:
    """An aware moment of this century or the next in ISO 8601, or ``None``."""
    try:
        start = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return start if start.tzinfo and 2000 <= start.year <= 2200 else None
