"""When an office is open: questions about its opening hours, in its local time."""

from datetime import date, datetime, timedelta

from django.db.models import Q

from booking import clock
from booking.models import Office, OpeningHours

from .closed_days import closed_days


def hours_of_day(office: Office, day: date) -> list[OpeningHours]:
    """The series that hold on a local day, in order of opening; none on a closed day."""
    if closed_days(office, day, day):
        return []
    return list(
        office.opening_hours.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=day),
            weekday=day.weekday(),
            valid_from__lte=day,
        ).order_by("opens", "closes")
    )


def spans_of_day(office: Office, day: date) -> list[tuple[datetime, datetime]]:
    """When the office is open on a local day, overlapping series joined, in local time."""
    spans: list[tuple[datetime, datetime]] = []
    for series in hours_of_day(office, day):
        opens = datetime.combine(day, series.opens, office.zone)
        closes = datetime.combine(day, series.closes, office.zone)
        if spans and opens <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], closes))
        else:
            spans.append((opens, closes))
    return spans


def current_span(office: Office) -> tuple[datetime, datetime] | None:
    """The span of opening hours the present lies in."""
    now = clock.now()
    for opens, closes in spans_of_day(office, clock.today(office.zone)):
        if opens <= now < closes:
            return opens, closes
    return None


def last_ticket_at(office: Office) -> datetime | None:
    """Until when tickets are issued in the present span, local time."""
    span = current_span(office)
    return span[1] - timedelta(minutes=office.last_ticket_minutes) if span else None


def next_opening(office: Office) -> datetime | None:
    """When the office opens next, local time, within its horizon."""
    now = clock.now()
    today = clock.today(office.zone)
    for ahead in range(office.horizon_days + 1):
        for opens, _closes in spans_of_day(office, today + timedelta(days=ahead)):
            if opens > now:
                return opens
    return None
