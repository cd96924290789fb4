"""When an office is closed though it is usually open: told to those who wait there."""

from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

from booking import clock
from booking.models import Office

from .closed_days import closed_days

DAYS_AHEAD = 21


class ClosedDays(NamedTuple):
    """Days in a row, first and last included, closed for one reason."""

    first_day: date
    last_day: date
    reason: str


def coming_closed_days(office: Office) -> list[ClosedDays]:
    """The closed days of the next three weeks, of those weekdays on which the office opens.

    Days in a row are joined, and a weekend between them does not part them. Two queries.
    """
    today = clock.today(office.zone)
    closed = closed_days(office, today + timedelta(1), today + timedelta(DAYS_AHEAD))
    weekdays = set(office.opening_hours.values_list("weekday", flat=True))
    missed = [(day, reason) for day, reason in sorted(closed.items()) if day.weekday() in weekdays]
    return [
        ClosedDays(days[0], days[-1], reason)
        for reason, run in groupby(missed, key=lambda one: one[1])
        for days in _runs([day for day, _reason in run], weekdays)
    ]


def _runs(days: list[date], weekdays: set[int]) -> list[list[date]]:
    runs: list[list[date]] = []
    for day in days:
        if runs and not _opens_between(runs[-1][-1], day, weekdays):
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _opens_between(before: date, after: date, weekdays: set[int]) -> bool:
    between = range(before.toordinal() + 1, after.toordinal())
    return any(date.fromordinal(day).weekday() in weekdays for day in between)
