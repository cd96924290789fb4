"""Which days an office is closed: its closures and the public holidays of its Land."""

from datetime import date

import holidays

from booking.models import Office


def closed_days(office: Office, first_day: date, last_day: date) -> dict[date, str]:
    """The closed days in the range, each with its reason in German, as holidays are named."""
    closed = public_holidays(office.authority.subdivision, first_day, last_day)
    for closure in office.closures.filter(first_day__lte=last_day, last_day__gte=first_day):
        start = max(closure.first_day, first_day).toordinal()
        end = min(closure.last_day, last_day).toordinal()
        closed |= {date.fromordinal(day): closure.reason for day in range(start, end + 1)}
    return closed


def public_holidays(subdivision: str, first_day: date, last_day: date) -> dict[date, str]:
    """The public holidays of a Land; none where no Land is given."""
    if not subdivision:
        return {}
    years = range(first_day.year, last_day.year + 1)
    named = holidays.country_holidays("DE", subdiv=subdivision, years=years)
    return {day: name for day, name in named.items() if first_day <= day <= last_day}
