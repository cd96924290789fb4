from datetime import date

import pytest

from booking.domain.closed_days import closed_days, public_holidays
from booking.models import Closure
from tests import factories

YEAR = date(2027, 1, 1), date(2027, 12, 31)


def test_saxony_anhalt_has_its_own_holidays():
    days = public_holidays("ST", *YEAR)
    assert len(days) == 11
    assert {date(2027, 1, 6), date(2027, 10, 31)} <= set(days)


def test_berlin_has_others():
    assert date(2027, 3, 8) in public_holidays("BE", *YEAR)
    assert date(2027, 1, 6) not in public_holidays("BE", *YEAR)


def test_without_a_land_no_day_is_a_holiday():
    assert public_holidays("", *YEAR) == {}


def test_a_range_over_new_year_knows_both_years():
    days = public_holidays("ST", date(2026, 12, 24), date(2027, 1, 6))
    assert list(days) == [
        date(2026, 12, 25),
        date(2026, 12, 26),
        date(2027, 1, 1),
        date(2027, 1, 6),
    ]


@pytest.mark.parametrize(
    ("first", "last", "closed"),
    [
        (date(2027, 2, 1), date(2027, 2, 28), [8, 9, 10]),
        (date(2027, 2, 9), date(2027, 2, 9), [9]),
        (date(2027, 2, 10), date(2027, 2, 20), [10]),
        (date(2027, 2, 11), date(2027, 2, 20), []),
    ],
)
def test_closures_are_cut_to_the_range(db, first, last, closed):
    office = factories.OfficeFactory()
    Closure.objects.create(
        office=office, first_day=date(2027, 2, 8), last_day=date(2027, 2, 10), reason="Umzug"
    )
    assert closed_days(office, first, last) == {date(2027, 2, day): "Umzug" for day in closed}


def test_another_offices_closure_closes_only_that_one(db):
    closure = Closure.objects.create(
        office=factories.OfficeFactory(), first_day=date(2027, 2, 8), last_day=date(2027, 2, 8)
    )
    assert closed_days(factories.OfficeFactory(), closure.first_day, closure.last_day) == {}
