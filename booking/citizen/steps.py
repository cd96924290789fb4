"""The three steps of a booking, as the progress bar shows them."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from booking.domain.items import Item
from booking.models import Office

from .selection import choose_path, query_of, times_path


def booking_steps(
    office: Office | None = None, items: Sequence[Item] = (), *, to_services: str = ""
) -> list[dict[str, str]]:
    """Labels, with the addresses of the earlier steps where a selection is known."""
    to_services = choose_path(office, query_of(items)) if items else to_services
    to_times = times_path(office, items) if items else ""
    return [
        {"label": _("Service"), "url": to_services},
        {"label": _("Day and time"), "url": to_times},
        {"label": _("Your details"), "url": ""},
    ]
