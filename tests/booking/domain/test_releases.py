"""When the next times open."""

from datetime import date, time

import pytest

from booking.domain.finding import AtOffice, free_at
from booking.domain.holding import hold_appointment
from booking.domain.items import Item
from booking.domain.releases import next_release
from booking.models import Closure
from tests import factories
from tests.conftest import TUESDAY


@pytest.fixture
def here(office, offering):
    return [AtOffice(office, [Item(offering, 1)])]


def opens(offices) -> tuple[str, date] | None:
    release = next_release(offices)
    return release and (f"{release.opens:%d.%m.%Y %H:%M}", release.day)


def test_the_horizon_moves_on_to_the_next_day_with_hours(here, office):
    office.horizon_days = 5
    office.save()
    # The clock stands on Tuesday the 24th; the next Tuesday is seven days ahead.
    assert opens(here) == ("26.11.2026 08:00", date(2026, 12, 1))


def test_on_the_last_day_each_time_opens_at_its_own_minute(here, office, set_time):
    office.horizon_days = 7
    office.save()
    free_at(here)
    set_time(TUESDAY.replace(hour=9, minute=3))
    assert opens(here) == ("24.11.2026 09:10", date(2026, 12, 1))


def test_closed_days_and_holidays_are_passed_over(here, office):
    office.horizon_days = 5
    office.save()
    Closure.objects.create(office=office, first_day=date(2026, 12, 1), last_day=date(2026, 12, 2))
    assert opens(here) == ("03.12.2026 08:00", date(2026, 12, 8))


def test_an_office_without_hours_opens_nothing(here, office):
    office.opening_hours.all().delete()
    assert opens(here) is None


def test_hours_that_serve_something_else_do_not_count(here, office):
    other = factories.OfferingFactory(office=office)
    office.opening_hours.get().offerings.add(other)
    assert opens(here) is None


@pytest.fixture
def short_notice(office):
    """On Thursdays one place, kept for the last 24 hours."""
    office.opening_hours.all().delete()
    office.horizon_days = 5
    office.save()
    return factories.make_hours(
        office,
        weekday=3,
        opens=time(10),
        closes=time(11),
        counters=1,
        online_counters=1,
        short_notice_counters=1,
        short_notice_hours=24,
    )


def test_what_is_kept_for_short_notice_opens_before(here, short_notice):
    assert opens(here) == ("25.11.2026 10:00", date(2026, 11, 26))


def test_an_appointment_of_several_units_waits_for_its_last(here, office, offering, short_notice):
    three = [AtOffice(office, [Item(offering, 3)])]
    assert opens(three) == ("25.11.2026 10:20", date(2026, 11, 26))


def test_when_it_opens_it_is_free_and_not_a_minute_before(here, short_notice, set_time):
    release = next_release(here)
    assert free_at(here)[0].first is None
    set_time(release.opens)
    assert free_at(here)[0].first.date() == release.day


def test_a_place_taken_by_staff_is_not_announced(here, office, offering, short_notice):
    start = next_release(here).opens.replace(day=26)
    hold_appointment(office=office, items=[Item(offering, 1)], start=start, by_staff=True)
    assert opens(here) == ("25.11.2026 10:10", date(2026, 11, 26))


def test_of_several_offices_it_is_the_earliest(here, office, offering, short_notice):
    north = factories.OfficeFactory(authority=office.authority, name="Nord", horizon_days=6)
    factories.make_hours(north)
    in_the_north = factories.OfferingFactory(office=north, service=offering.service)
    both = [*here, AtOffice(north, [Item(in_the_north, 1)])]
    release = next_release(both)
    assert (release.office, f"{release.opens:%d.%m. %H:%M}") == (north, "25.11. 08:00")


def test_it_asks_as_often_for_ten_offices_as_for_one(
    here, office, offering, short_notice, django_assert_num_queries
):
    with django_assert_num_queries(3):
        next_release(here)
    offices = list(here)
    for _number in range(9):
        more = factories.OfficeFactory(authority=office.authority)
        factories.make_hours(more, short_notice_counters=1)
        offering_there = factories.OfferingFactory(office=more, service=offering.service)
        offices.append(AtOffice(more, [Item(offering_there, 1)]))
    free_at(offices)
    with django_assert_num_queries(3):
        next_release(offices)
