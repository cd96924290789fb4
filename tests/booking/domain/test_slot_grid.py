from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from booking.domain.slot_grid import (
    count_overlaps,
    covers,
    local_day_bounds,
    starts_with_room,
    unit_starts,
    units_needed,
)

BERLIN = ZoneInfo("Europe/Berlin")
EIGHT = datetime(2026, 11, 24, 7, tzinfo=UTC)


def after(*minutes):
    return [EIGHT + timedelta(minutes=one) for one in minutes]


def test_units_are_whole_and_end_before_closing():
    starts = unit_starts(date(2026, 11, 24), time(8), time(8, 35), 10, BERLIN)
    assert starts == after(0, 10, 20)


@pytest.mark.parametrize(
    ("minutes", "unit", "units"), [(1, 10, 1), (10, 10, 1), (11, 10, 2), (45, 15, 3), (0, 10, 1)]
)
def test_units_needed_are_rounded_up(minutes, unit, units):
    assert units_needed(minutes, unit) == units


def test_room_needs_free_slots_in_a_row():
    assert starts_with_room(after(0, 10, 30, 40, 50), 2, 10) == after(0, 30, 40)
    assert starts_with_room(after(0, 10, 30, 40, 50), 3, 10) == after(30)
    assert starts_with_room([], 1, 10) == []


def test_slots_cover_a_time_without_a_gap_from_its_start_to_its_end():
    start, end = after(0, 20)
    assert covers(after(0, 10), 10, start, end) is True
    assert covers(after(-5, 5, 15), 10, start, end) is True
    assert covers(after(0), 10, start, end) is False
    assert covers(after(10), 10, start, end) is False
    assert covers(after(-10, 0, 20), 10, start, end) is False
    assert covers([], 10, start, end) is False


def test_overlaps_are_counted_for_each_slot():
    spans = [tuple(after(0, 20)), tuple(after(5, 10)), tuple(after(20, 60)), tuple(after(-30, 0))]
    assert count_overlaps(after(0, 10, 20, 40), 10, spans) == [2, 1, 1, 1]
    assert count_overlaps([], 10, spans) == []


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 10, 25), 25), (date(2027, 3, 28), 23), (date(2028, 2, 29), 24)]
)
def test_a_local_day_lasts_as_long_as_its_clocks_say(day, hours):
    first, beyond = local_day_bounds(day, BERLIN)
    assert beyond - first == timedelta(hours=hours)
