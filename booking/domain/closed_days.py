"""Which days an office is closed: its closures and the public holidays of its Land."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import holidays

from booking.models import Closure, Office


def closed_days(office: Office, first_day: date, last_day: date) -> dict[date, str]:
    """The closed days in the range, each with its reason in German, as holidays are named."""
    return closed_days_side_by_side([office], first_day, last_day)[office.pk]


def closed_days_side_by_side(
    offices: Sequence[Office], first_day: date, last_day: date
) -> dict[UUID, dict[date, str]]:
    """``closed_days`` of several offices, by their ids, in as many queries as of one."""
    closed = {
        office.pk: public_holidays(office.authority.subdivision, first_day, last_day)
        for office in offices
    }
    closures = Closure.objects.filter(
        office__in=offices, first_day__lte=last_day, last_day__gte=first_day
    )
    for closure in closures:
        start = max(closure.first_day, first_day).toordinal()
        end = min(closure.last_day, last_day).toordinal()
        days = (date.fromordinal(day) for day in range(start, end + 1))
        closed[closure.office_id] |= dict.fromkeys(days, closure.reason)
    return closed


def public_holidays(subdivision: str, first_day: date, last_day: date) -> dict[date, str]:
    """The public holidays of a Land; none where no Land is given."""
    if not subdivision:
        return {}
    years = range(first_day.year, last_day.year + 1)
    named = holidays.country_holidays("DE", subdiv=subdivision, years=years)
    return {day: name for day, name in named.items() if first_day <= day <= last_day}
