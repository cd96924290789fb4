"""Links from the town's own website: ``?service=<short name or Leistungsschlüssel>``, or
``?offering=<id>`` where an office is meant; both may carry a quantity, and several go together.
"""

import re
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse

from booking.models import Authority, Offering

from .selection import chosen_quantities, pairs_of_services, services_path, town_times_path

LEIKA = re.compile(r"\d{14}", re.ASCII)


def deep_link(town: Authority, data: QueryDict) -> str | None:
    """Where such a link leads; ``None`` where the address is none.

    What the town no longer offers leads to its services, never to an error page.
    """
    if "service" in data:
        quantities = chosen_quantities(data, "service")
        names = _short_names(town, list(quantities))
        pairs = pairs_of_services({names.get(key, key): n for key, n in quantities.items()})
        return town_times_path(town, pairs)
    if "offering" in data:
        return _to_offerings(town, data)
    return None


def _short_names(town: Authority, keys: list[str]) -> dict[str, str]:
    """The short names of those services that are named by their Leistungsschlüssel."""
    keys = [key for key in keys if LEIKA.fullmatch(key)]
    return dict(town.services.filter(leika__in=keys).values_list("leika", "slug")) if keys else {}


def _to_offerings(town: Authority, data: QueryDict) -> str:
    """The offerings of one office: its times."""
    quantities = chosen_quantities(data)
    first = _uuid(next(iter(quantities)))
    found = Offering.objects.filter(office__authority=town, pk=first) if first else None
    offering = found.first() if found is not None else None
    if offering is None:
        return services_path(town)
    pairs = [("offering", f"{key}:{quantity}") for key, quantity in quantities.items()]
    return reverse("times", args=[offering.office_id]) + "?" + urlencode(pairs)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
