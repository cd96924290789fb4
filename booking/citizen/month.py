"""A month of days with what is free on each, for the table in the page of times."""

from calendar import Calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from booking.domain.office_hours import Span


@dataclass(frozen=True)
class Day:
    """One cell. ``free`` counts free starts; a full day has opening hours but none left."""

    date: date
    free: int
    full: bool
    in_month: bool


def month_of(
    first: date,
    free: Mapping[date, Sequence[datetime]],
    spans: Mapping[date, Sequence[Span]],
    now: datetime,
) -> list[list[Day]]:
    """The weeks, Monday first, of the month that ``first`` begins."""

    def cell(day: date) -> Day:
        ahead = any(closes > now for _opens, closes in spans.get(day, ()))
        count = len(free.get(day, ()))
        return Day(day, count, ahead and not count, day.month == first.month)

    weeks = Calendar().monthdatescalendar(first.year, first.month)
    return [[cell(day) for day in week] for week in weeks]


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def month_before(first: date) -> date:
    return first_of_month(first - timedelta(days=1))


def month_after(first: date) -> date:
    return first_of_month(first + timedelta(days=31))
