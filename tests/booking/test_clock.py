from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from booking import clock
from tests.conftest import TUESDAY


@pytest.fixture(autouse=True)
def _forget_offset():
    clock.demo_offset.cache_clear()
    yield
    clock.demo_offset.cache_clear()


@pytest.fixture
def offset_of_an_hour(settings, tmp_path):
    settings.DEMO_CLOCK_FILE = tmp_path / "demo_clock"
    settings.DEMO_CLOCK_FILE.write_text("3600")


def test_the_present_is_aware_and_in_utc():
    assert clock.now() == TUESDAY
    assert clock.now().tzinfo == UTC


@pytest.mark.parametrize(
    ("zone", "day"),
    [("Europe/Berlin", date(2026, 11, 25)), ("America/New_York", date(2026, 11, 24))],
)
def test_today_depends_on_where_one_is(set_time, zone, day):
    set_time(datetime(2026, 11, 24, 23, 30, tzinfo=UTC))
    assert clock.today(ZoneInfo(zone)) == day


@pytest.mark.usefixtures("offset_of_an_hour")
def test_the_demo_runs_ahead_of_the_machine(settings):
    settings.DEMO = True
    assert clock.now() == TUESDAY + timedelta(hours=1)
    assert clock.system_time() == TUESDAY


@pytest.mark.usefixtures("offset_of_an_hour")
def test_outside_the_demo_the_file_means_nothing(settings):
    settings.DEMO = False
    assert clock.now() == TUESDAY


def test_a_demo_without_its_file_runs_with_the_machine(settings, tmp_path):
    settings.DEMO = True
    settings.DEMO_CLOCK_FILE = tmp_path / "absent"
    assert clock.now() == TUESDAY
