"""The commands that make days and judge the forecast on them."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from booking.models import Visit
from tests.conftest import TUESDAY
from tests.factories import CounterFactory, make_staff


@pytest.fixture
def busy_office(office, offering):
    for _ in range(2):
        CounterFactory(office=office)
        make_staff(office)
    return office


def run(command, **options):
    out = StringIO()
    call_command(command, stdout=out, **options)
    return out.getvalue()


def test_a_real_office_is_protected(busy_office):
    with pytest.raises(CommandError, match="no demo"):
        run("simulate_day", seed="1")
    assert not Visit.objects.exists()


def test_days_are_made_and_judged(busy_office):
    yesterday = TUESDAY.date() - timedelta(days=1)
    made = run("simulate_day", seed="1", real=True, day=yesterday, days=80)
    assert len(made.splitlines()) == 11  # the office opens on Tuesdays
    printed = run("forecast_backtest", days=11)
    office, together = printed.splitlines()[2:]
    assert office.split(" | ")[0] == str(busy_office)
    assert office.split(" | ")[1:] == together.split(" | ")[1:]
    assert int(office.split(" | ")[1]) > 5


def test_the_same_day_is_not_made_twice(busy_office):
    run("simulate_day", seed="1", real=True, day=TUESDAY.date())
    with pytest.raises(CommandError, match="visitors"):
        run("simulate_day", seed="1", real=True, day=TUESDAY.date())


def test_the_future_is_not_made_up(busy_office):
    with pytest.raises(CommandError, match="not come yet"):
        run("simulate_day", seed="1", real=True, day=TUESDAY.date() + timedelta(days=1))


def test_a_simulated_town_is_judged_without_a_database():
    # Without the mark for the database any query would fail.
    printed = run("forecast_backtest", simulated=1, seed="tests", days=11)
    assert len(printed.splitlines()) == 4
    assert "–" not in printed.splitlines()[2].split(" | ")[1:]


def test_without_recorded_days_nothing_is_claimed(busy_office):
    with pytest.raises(CommandError, match="too few"):
        run("forecast_backtest")
