"""What was chosen, in the address: ``offering=<id>:<quantity>``, one for each.

Where no office is chosen yet it is the services: ``service=<short name>:<quantity>``.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from booking.domain.items import Item, choose_items, require_online
from booking.models import Authority, Office


def chosen_quantities(data: QueryDict, name: str = "offering") -> dict[str, int]:
    """Id or short name → quantity as the address or a form says, not yet checked.

    A form sends the bare id and the quantity beside it. What is no number counts as 0,
    which the domain refuses.
    """
    chosen = {}
    for text in data.getlist(name):
        key, _colon, quantity = text.partition(":")
        quantity = data.get(f"quantity-{key}", quantity or "1")
        chosen[key] = int(quantity) if quantity.isdecimal() and len(quantity) < 4 else 0
    return chosen


def chosen_items(office: Office, data: QueryDict) -> list[Item]:
    """The items to book. Raises what ``choose_items`` and ``require_online`` raise."""
    items = choose_items(office, chosen_quantities(data).items())
    require_online(items)
    return items


def same_choice(data: QueryDict, name: str = "offering") -> str:
    """What a request has chosen, as it came, as a query string and nothing else of it."""
    return urlencode({name: data.getlist(name)}, doseq=True) or "next=1"


def pairs_of(items: Sequence[Item]) -> list[tuple[str, str]]:
    """The selection of one office, as names and values of the address."""
    return [("offering", f"{item.offering.pk}:{item.quantity}") for item in items]


def pairs_of_services(quantities: Mapping[str, int]) -> list[tuple[str, str]]:
    """The selection where no office is chosen, as names and values of the address."""
    return [("service", f"{slug}:{quantity}") for slug, quantity in quantities.items()]


def query_of(items: Sequence[Item], **more: str) -> str:
    """The selection as a query string, with whatever else belongs to the page."""
    return urlencode([*pairs_of(items), *more.items()])


def choose_path(office: Office, query: str = "") -> str:
    return reverse("choose", args=[office.pk]) + (f"?{query}" if query else "")


def times_path(office: Office, items: Sequence[Item], **more: str) -> str:
    return reverse("times", args=[office.pk]) + "?" + query_of(items, **more)


def services_path(authority: Authority, query: str = "") -> str:
    return reverse("services", args=[authority.slug]) + (f"?{query}" if query else "")


def town_times_path(authority: Authority, pairs: Sequence[tuple[str, str]]) -> str:
    return reverse("town_times", args=[authority.slug]) + "?" + urlencode(pairs)


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
