from datetime import datetime, timedelta

import pytest

from booking import clock
from booking.demo.clock import WishUnreadable, choose_demo_clock, somebody_works
from booking.simulation.moments import standing_at
from tests.conftest import BERLIN, TUESDAY

pytestmark = pytest.mark.usefixtures("town")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def demo_now() -> str:
    return clock.now().astimezone(BERLIN).strftime("%Y-%m-%d %H:%M")


def test_in_working_time_the_demo_runs_with_real_time():
    assert choose_demo_clock() == timedelta(0)
    assert clock.now() == TUESDAY


@pytest.mark.parametrize(
    ("real", "expected"),
    [
        ("2026-11-24 22:15", "2026-11-25 09:30"),  # at night
        ("2026-11-24 06:15", "2026-11-24 09:30"),  # before work
        ("2026-11-24 12:30", "2026-11-25 09:30"),  # at noon everybody is out
        ("2026-11-21 11:00", "2026-11-23 09:30"),  # on a Saturday
        ("2026-10-31 10:00", "2026-11-02 09:30"),  # Reformation Day, a Saturday
        ("2026-01-06 10:00", "2026-01-07 09:30"),  # Epiphany is a holiday in this Land
        ("2026-12-24 20:00", "2026-12-28 09:30"),  # Christmas and the weekend after it
        ("2026-12-31 19:00", "2027-01-04 09:30"),  # into another year
    ],
)
def test_when_nobody_works_it_is_half_past_nine_of_the_next_working_day(set_time, real, expected):
    set_time(local(real))
    choose_demo_clock()
    assert demo_now() == expected


def test_a_wish_is_followed_exactly_even_at_night():
    choose_demo_clock("2027-03-28T03:05")
    assert clock.now() == local("2027-03-28 03:05")


def test_a_wish_may_name_its_own_offset_from_utc():
    choose_demo_clock("2026-11-24T09:30:00+00:00")
    assert demo_now() == "2026-11-24 10:30"


@pytest.mark.parametrize("wish", ["tomorrow", "2026-13-01T09:30", "09:30"])
def test_a_wish_that_is_no_moment_is_refused(wish):
    with pytest.raises(WishUnreadable):
        choose_demo_clock(wish)


def test_a_restart_goes_on_where_the_demo_is(set_time):
    set_time(local("2026-11-21 11:00"))
    offset = choose_demo_clock()
    set_time(local("2026-11-21 12:00"))
    assert choose_demo_clock() == offset
    assert demo_now() == "2026-11-23 10:30"


def test_a_restart_after_the_demo_has_closed_begins_its_next_working_day(set_time):
    set_time(local("2026-11-21 11:00"))
    choose_demo_clock()
    set_time(local("2026-11-21 17:00"))
    choose_demo_clock()
    assert demo_now() == "2026-11-24 09:30"


def test_the_clock_never_goes_back_to_real_time(set_time):
    """It is Friday in the demo and Thursday in the world: what happened must stay past."""
    choose_demo_clock("2026-11-27T09:30")
    set_time(local("2026-11-26 17:00"))
    choose_demo_clock()
    assert demo_now() == "2026-11-30 09:30"


def test_a_clock_file_that_is_broken_counts_as_none(settings):
    settings.DEMO_CLOCK_FILE.write_text("soon")
    assert choose_demo_clock() == timedelta(0)


def test_outside_the_demo_no_offset_is_possible(settings):
    choose_demo_clock("2027-01-04T09:30")
    settings.DEMO = False
    clock.demo_offset.cache_clear()
    assert clock.now() == TUESDAY


def test_standing_still_ends_with_the_block():
    with standing_at(local("2020-01-01 00:00")):
        assert clock.now() == local("2020-01-01 00:00")
    assert clock.now() == TUESDAY


def test_the_long_thursday_ends_at_six():
    assert somebody_works(local("2026-11-26 17:59"))
    assert not somebody_works(local("2026-11-26 18:00"))
