"""When the next times open, for whoever finds nothing free."""

from collections.abc import Iterator, Mapping, Sequence
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
from .publishing import horizon, opens_at
from .slot_grid import local_day_bounds, starts_with_room, unit_starts, units_needed

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

    Either a slot comes within the horizon, or what an office keeps for short notice is
    released. A fixed number of queries.
    """
    if not offices:
        return None
    wanted = [(one.office, one.items) for one in offices]
    every_series = series_side_by_side(wanted)
    first_hidden = min(horizon(one.office) for one in offices) + timedelta(days=1)
    last = max(horizon(one.office) for one in offices) + timedelta(days=LOOK_AHEAD_DAYS)
    closed = closed_days_side_by_side([one.office for one in offices], first_hidden, last)
    found = list(_published(offices, every_series))
    for one, series in zip(offices, every_series, strict=True):
        found += _first_beyond(one, series, closed[one.office.pk])
    return min(found, key=lambda release: release.opens, default=None)


def _published(
    offices: Sequence[AtOffice], every_series: Sequence[Sequence[OpeningHours]]
) -> Iterator[Release]:
    """The first times of each series that are there and wait for their release."""
    known = {
        series.pk: (series, one)
        for one, of_office in zip(offices, every_series, strict=True)
        for series in of_office
    }
    now = clock.now()
    end = max(local_day_bounds(horizon(one.office), one.office.zone)[1] for one in offices)
    slots = free_slots([series for series, _one in known.values()], now, end, released=True)
    for series_id, of_series in groupby(slots, key=itemgetter(0)):
        series, one = known[series_id]
        needed = units_needed(total_minutes(one.items), series.unit_minutes)
        free = (start for _series, start in of_series)
        for start in starts_with_room(free, needed, series.unit_minutes):
            release = _release(one.office, series, start, needed)
            if release.opens > now and release.day <= horizon(one.office):
                yield release
                break


def _first_beyond(
    one: AtOffice, every_series: Sequence[OpeningHours], closed: Mapping[date, str]
) -> Iterator[Release]:
    """The first time of each series on a day that the horizon has not reached yet."""
    office = one.office
    for series in every_series:
        needed = units_needed(total_minutes(one.items), series.unit_minutes)
        hours = series.opens, series.closes, series.unit_minutes
        for ahead in range(1, LOOK_AHEAD_DAYS + 1):
            day = horizon(office) + timedelta(days=ahead)
            if not series.online_counters or not holds_on(series, day) or day in closed:
                continue
            starts = unit_starts(day, *hours, office.zone)
            if len(starts) >= needed:
                yield _release(office, series, starts[0], needed)
                break


def _release(office: Office, series: OpeningHours, start: datetime, needed: int) -> Release:
    """An appointment of several units opens with its last one."""
    last_unit = start + timedelta(minutes=(needed - 1) * series.unit_minutes)
    opens = opens_at(office, last_unit)
    all_for_short_notice = series.online_counters <= series.short_notice_counters
    if series.short_notice_counters and (opens <= clock.now() or all_for_short_notice):
        at_short_notice = last_unit - timedelta(hours=series.short_notice_hours)
        opens = max(opens, at_short_notice.astimezone(office.zone))
    return Release(opens, start.astimezone(office.zone).date(), office)
