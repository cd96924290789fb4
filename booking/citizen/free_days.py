"""A few days with free times, for pages that choose another time for the same services."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import islice

from booking import clock
from booking.domain.availability import free_starts
from booking.domain.items import Item
from booking.domain.publishing import horizon
from booking.models import Office

DAYS_SHOWN = 3


def free_days(office: Office, items: Sequence[Item], first_day: date | None) -> dict[str, object]:
    """Days with their free starts, local time, from ``first_day`` on, and where others are.

    ``later`` is the next day with a free time beyond those shown.
    """
    today, last_day = clock.today(office.zone), horizon(office)
    free = free_starts(office, items, first_day=today, days=office.horizon_days + 1)
    from_then_on = [day for day in free if first_day is None or day >= first_day]
    shown: list[tuple[date, Sequence[datetime]]] = [
        (day, free[day]) for day in islice(from_then_on, DAYS_SHOWN)
    ]
    return {
        "days": shown,
        "any_free": bool(free),
        "later": from_then_on[DAYS_SHOWN] if len(from_then_on) > DAYS_SHOWN else None,
        "is_first": len(from_then_on) == len(free),
        "first_day": max(first_day or today, today),
        "today": today,
        "last_day": last_day,
    }
