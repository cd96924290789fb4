"""Which days a period has, what comes before it, and how its address is read again."""

from datetime import date, datetime

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.setup.figures_period import KINDS, RANGE, Period, around, read_period
from tests.conftest import BERLIN

TODAY = date(2026, 11, 24)


def days(period: Period) -> tuple[date, date]:
    return period.first, period.last


@pytest.mark.parametrize(
    ("kind", "first", "last", "compared"),
    [
        ("day", date(2026, 11, 24), date(2026, 11, 24), date(2026, 11, 17)),
        ("week", date(2026, 11, 23), date(2026, 11, 29), date(2026, 11, 16)),
        ("weeks", date(2026, 10, 28), date(2026, 11, 24), date(2026, 9, 30)),
        ("month", date(2026, 11, 1), date(2026, 11, 30), date(2026, 10, 1)),
    ],
)
def test_the_usual_periods(kind, first, last, compared):
    period = around(kind, TODAY)
    assert days(period) == (first, last)
    assert period.compared.first == compared


def test_a_free_range_is_compared_with_as_many_days_before():
    period = Period(RANGE, date(2026, 11, 10), date(2026, 11, 19))
    assert days(period.compared) == (date(2026, 10, 31), date(2026, 11, 9))
    assert Period(RANGE, date(2026, 1, 1), date(2026, 11, 19)).compared is None


def test_only_a_period_that_is_not_over_cuts_the_one_before():
    now = datetime(2026, 11, 24, 9, 30, tzinfo=BERLIN)
    cut = around("day", TODAY).until(now, BERLIN)
    assert cut == datetime(2026, 11, 17, 9, 30, tzinfo=BERLIN)
    assert around("month", date(2026, 10, 5)).until(now, BERLIN) is None


def test_the_cut_is_at_the_same_time_on_the_wall_clock_where_the_clocks_change():
    now = datetime(2026, 11, 28, 9, 30, tzinfo=BERLIN)
    cut = around("month", TODAY).until(now, BERLIN)
    assert cut == datetime(2026, 10, 28, 9, 30, tzinfo=BERLIN)


DATES = st.dates(date(2001, 1, 1), date(2099, 12, 31))


@settings(derandomize=True, database=None, max_examples=100)
@given(st.sampled_from([kind for kind, _name in KINDS]), DATES)
def test_the_address_of_a_period_leads_to_it_and_its_neighbours_touch_it(kind, day):
    period = around(kind, day)
    assert period.first <= day <= period.last
    read, form = read_period(QueryDict(period.query), TODAY)
    assert (read, dict(form.errors)) == (period, {})
    assert (period.first - period.earlier.last).days == 1
    assert (period.later.first - period.last).days == 1
    assert period.later.earlier == period


@settings(derandomize=True, database=None, max_examples=50)
@given(DATES, st.integers(0, 365))
def test_so_does_that_of_a_free_range(first, length):
    last = date.fromordinal(first.toordinal() + length)
    period = Period(RANGE, first, last)
    assert read_period(QueryDict(period.query), TODAY)[0] == period
    assert period.earlier.later == period
