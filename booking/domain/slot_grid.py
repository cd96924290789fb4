"""The arithmetic of slots. Pure: no database, no Django.

Opening hours are local wall-clock times; slots are instants. A unit is a real duration,
so on the day the clocks change a series from 01:00 to 04:00 has an hour more or less.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo


def unit_starts(
    day: date, opens: time, closes: time, unit_minutes: int, zone: ZoneInfo
) -> list[datetime]:
    """The starts, in UTC, of all whole units between two local times of a day."""
    unit = timedelta(minutes=unit_minutes)
    start = datetime.combine(day, opens, zone).astimezone(UTC)
    end = datetime.combine(day, closes, zone).astimezone(UTC)
    starts = []
    while start + unit <= end:
        starts.append(start)
        start += unit
    return starts


def units_needed(minutes: int, unit_minutes: int) -> int:
    """How many units an appointment of so many minutes takes, at least one."""
    return max(1, -(-minutes // unit_minutes))


def covers(
    slot_starts: Sequence[datetime], unit_minutes: int, start: datetime, end: datetime
) -> bool:
    """Whether the ascending slots, without a gap, reach from ``start`` to ``end``."""
    unit = timedelta(minutes=unit_minutes)
    return (
        bool(slot_starts)
        and slot_starts[0] <= start
        and slot_starts[-1] + unit >= end
        and all(later - earlier == unit for earlier, later in pairwise(slot_starts))
    )


def count_overlaps(
    slot_starts: Sequence[datetime], unit_minutes: int, spans: Iterable[tuple[datetime, datetime]]
) -> list[int]:
    """For each of the ascending slots, how many of the spans (start, end) overlap it."""
    unit = timedelta(minutes=unit_minutes)
    changes = [0] * (len(slot_starts) + 1)
    for start, end in spans:
        first = bisect_right(slot_starts, start - unit)
        beyond = bisect_left(slot_starts, end)
        if first < beyond:
            changes[first] += 1
            changes[beyond] -= 1
    return list(accumulate(changes[:-1]))


def starts_with_room(
    free_starts: Iterable[datetime], units: int, unit_minutes: int
) -> list[datetime]:
    """Those of the ascending ``free_starts`` from which ``units`` in a row are free."""
    unit = timedelta(minutes=unit_minutes)
    run: list[datetime] = []
    found = []
    for start in free_starts:
        if run and start - run[-1] != unit:
            run.clear()
        run.append(start)
        if len(run) >= units:
            found.append(run[-units])
    return found


def local_day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first instant of a local day and of the next one, in UTC."""
    return (
        datetime.combine(day, time.min, zone).astimezone(UTC),
        datetime.combine(day + timedelta(days=1), time.min, zone).astimezone(UTC),
    )
