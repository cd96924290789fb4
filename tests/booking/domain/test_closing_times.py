"""What those who wait are told about days on which the office is closed."""

from datetime import date

import pytest

from booking.domain.closing_times import ClosedDays, coming_closed_days
from booking.models import Closure
from tests import factories

pytestmark = pytest.mark.django_db


def close(office, first: date, last: date, reason: str = "Umzug") -> None:
    Closure.objects.create(office=office, first_day=first, last_day=last, reason=reason)


@pytest.fixture
def weekdays(office):
    """Open from Monday to Friday."""
    for weekday in range(5):
        factories.make_hours(office, weekday=weekday)


def test_closed_days_in_a_row_are_told_together(office, weekdays):
    close(office, date(2026, 12, 1), date(2026, 12, 3))
    assert coming_closed_days(office) == [ClosedDays(date(2026, 12, 1), date(2026, 12, 3), "Umzug")]


def test_a_weekend_between_them_does_not_part_them(office, weekdays):
    close(office, date(2026, 12, 4), date(2026, 12, 7))
    assert coming_closed_days(office) == [ClosedDays(date(2026, 12, 4), date(2026, 12, 7), "Umzug")]


def test_days_apart_and_for_another_reason_are_told_apart(office, weekdays):
    close(office, date(2026, 12, 1), date(2026, 12, 1))
    close(office, date(2026, 12, 2), date(2026, 12, 2), "Fortbildung")
    close(office, date(2026, 12, 4), date(2026, 12, 4))
    assert [(one.first_day.day, one.reason) for one in coming_closed_days(office)] == [
        (1, "Umzug"), (2, "Fortbildung"), (4, "Umzug"),
    ]  # fmt: skip


def test_a_day_on_which_the_office_never_opens_is_no_news(office):
    factories.make_hours(office, weekday=1)
    close(office, date(2026, 12, 2), date(2026, 12, 2))  # a Wednesday
    assert coming_closed_days(office) == []


def test_what_is_farther_than_three_weeks_away_is_not_told(office, weekdays):
    close(office, date(2026, 12, 16), date(2026, 12, 17))
    assert coming_closed_days(office) == []


def test_it_takes_two_queries_however_many_days_are_closed(
    office, weekdays, django_assert_num_queries
):
    office.authority  # noqa: B018 - read before
    for day in range(1, 12):
        close(office, date(2026, 12, day), date(2026, 12, day), f"reason {day}")
    with django_assert_num_queries(2):
        coming_closed_days(office)
