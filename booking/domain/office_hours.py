"""When an office is open: questions about its opening hours, in its local time."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from booking import clock
from booking.models import Office, OpeningHours

from .closed_days import closed_days

Span = tuple[datetime, datetime]


def spans_of_day(office: Office, day: date) -> list[Span]:
    """When the office is open on a local day, overlapping series joined, in local time."""
    return spans_by_day(office, day, day).get(day, [])


def spans_by_day(
    office: Office, first_day: date, last_day: date, series: Iterable[OpeningHours] | None = None
) -> dict[date, list[Span]]:
    """When the office is open on each local day of a range; closed days are not in it.

    Two queries however long the range is; with ``series``, only by these hours.
    """
    closed = closed_days(office, first_day, last_day)
    hours = sorted(
        office.opening_hours.all() if series is None else series,
        key=lambda one: (one.opens, one.closes),
    )
    spans = {}
    for ordinal in range(first_day.toordinal(), last_day.toordinal() + 1):
        day = date.fromordinal(ordinal)
        holding = [one for one in hours if holds_on(one, day)]
        if holding and day not in closed:
            spans[day] = _joined(holding, day, office.zone)
    return spans


def holds_on(series: OpeningHours, day: date) -> bool:
    """Whether a series has hours on a local day, closures left aside."""
    return (
        series.weekday == day.weekday()
        and series.valid_from <= day
        and (series.valid_until is None or day <= series.valid_until)
    )


def _joined(hours: Iterable[OpeningHours], day: date, zone: ZoneInfo) -> list[Span]:
    spans: list[Span] = []
    for series in hours:
        opens = datetime.combine(day, series.opens, zone)
        closes = datetime.combine(day, series.closes, zone)
        if spans and opens <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], closes))
        else:
            spans.append((opens, closes))
    return spans


def current_span(office: Office) -> Span | None:
    """The span of opening hours the present lies in."""
    now = clock.now()
    for opens, closes in spans_of_day(office, clock.today(office.zone)):
        if opens <= now < closes:
            return opens, closes
    return None


def last_ticket_at(office: Office) -> datetime | None:
    """Until when tickets are issued in the present span, local time."""
    span = current_span(office)
    if span is None:
        return None
    # In UTC: on the wall clock an hour is missing or twice where the clocks change.
    last = span[1].astimezone(UTC) - timedelta(minutes=office.last_ticket_minutes)
    return last.astimezone(office.zone)


def next_opening(office: Office) -> datetime | None:
    """When the office opens next, local time, within its horizon."""
    now = clock.now()
    today = clock.today(office.zone)
    spans = spans_by_day(office, today, today + timedelta(days=office.horizon_days))
    return next(
        (opens for of_day in spans.values() for opens, _closes in of_day if opens > now), None
    )
