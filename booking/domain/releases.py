"""When the next times open, for whoever finds nothing free."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter

from booking import clock
from booking.models import Office, OpeningHours

from .availability import free_slots, series_side_by_side
from .closed_days import closed_days_side_by_side
from .finding import AtOffice
from .items import total_minutes
from .office_hours import holds_on
from .publishing import horizon
from .slot_grid import local_day_bounds, starts_with_room, units_needed

# An office that opens nothing within so many days after its horizon says nothing of it.
LOOK_AHEAD_DAYS = 31


@dataclass(frozen=True)
class Release:
    """From ``opens``, local time of the office, times on ``day`` can be booked there."""

    opens: datetime
    day: date
    office: Office


def next_release(offices: Sequence[AtOffice]) -> Release | None:
    """The earliest; as far as one can know, since others may be quicker or cancel.

    Either the horizon moves on to a day with hours, or what an office keeps for short notice is
    released. A fixed number of queries.
    """
    if not offices:
        return None
    wanted = [(one.office, one.items) for one in offices]
    every_series = series_side_by_side(wanted)
    first_hidden = min(horizon(one.office) for one in offices) + timedelta(days=1)
    last = max(horizon(one.office) for one in offices) + timedelta(days=LOOK_AHEAD_DAYS)
    closed = closed_days_side_by_side([one.office for one in offices], first_hidden, last)
    found = [*_short_notice(offices, every_series)]
    for one, series in zip(offices, every_series, strict=True):
        if release := _next_day(one.office, series, closed[one.office.pk]):
            found.append(release)
    return min(found, key=lambda release: release.opens, default=None)


def _next_day(
    office: Office, every_series: Sequence[OpeningHours], closed: Mapping[date, str]
) -> Release | None:
    """The horizon reaches a day at the midnight with which it has that many days before it."""
    for ahead in range(1, LOOK_AHEAD_DAYS + 1):
        day = horizon(office) + timedelta(days=ahead)
        holding = [one for one in every_series if one.online_counters and holds_on(one, day)]
        if holding and day not in closed:
            opened_on = day - timedelta(days=office.horizon_days)
            opens = local_day_bounds(opened_on, office.zone)[0].astimezone(office.zone)
            return Release(opens, day, office)
    return None


def _short_notice(
    offices: Sequence[AtOffice], every_series: Sequence[Sequence[OpeningHours]]
) -> Iterable[Release]:
    """The first times of each series that only wait for their release."""
    known = {
        series.pk: (series, one)
        for one, of_office in zip(offices, every_series, strict=True)
        for series in of_office
        if series.short_notice_counters
    }
    if not known:
        return
    now = clock.now()
    end = max(local_day_bounds(horizon(one.office), one.office.zone)[1] for one in offices)
    slots = free_slots([series for series, _one in known.values()], now, end, released=True)
    for series_id, of_series in groupby(slots, key=itemgetter(0)):
        series, one = known[series_id]
        needed = units_needed(total_minutes(one.items), series.unit_minutes)
        free = (start for _series, start in of_series)
        for start in starts_with_room(free, needed, series.unit_minutes):
            last_unit = start + timedelta(minutes=(needed - 1) * series.unit_minutes)
            opens = last_unit - timedelta(hours=series.short_notice_hours)
            local = start.astimezone(one.office.zone)
            if opens > now and local.date() <= horizon(one.office):
                yield Release(opens.astimezone(one.office.zone), local.date(), one.office)
                break
