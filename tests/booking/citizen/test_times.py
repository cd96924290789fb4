"""The second step: days and times."""

from datetime import date, datetime, time, timedelta

import pytest
from django.urls import reverse

from booking.citizen.selection import times_path
from booking.domain.holding import hold_appointment
from booking.domain.hours import save_opening_hours
from booking.domain.items import Item
from booking.models import Closure, OpeningHours
from tests import factories
from tests.conftest import TUESDAY

from .conftest import english, take_all


def cells(response) -> dict[date, object]:
    return {day.date: day for week in response.context["weeks"] for day in week if day.in_month}


def text(citizen, **more) -> str:
    address = english(times_path(citizen.office, citizen.items, **more))
    return citizen.client.get(address).content.decode()


def test_the_earliest_times_come_first(citizen):
    starts = [row["start"] for row in citizen.times().context["soonest"]]
    assert [f"{start:%d.%m. %H:%M}" for start in starts] == [
        "24.11. 09:40",
        "01.12. 08:00",
        "08.12. 08:00",
    ]


def test_the_first_day_with_free_times_is_shown(citizen):
    context = citizen.times().context
    assert context["day"] == date(2026, 11, 24)
    (at,) = context["of_day"]
    assert (len(at["morning"]), at["afternoon"]) == (14, [])


def test_times_are_grouped_into_morning_and_afternoon(citizen, office):
    factories.make_hours(office, opens=time(13), closes=time(14))
    page = text(citizen)
    assert "In the morning" in page
    assert "In the afternoon" in page


def test_the_calendar_tells_free_full_and_closed_days_apart(citizen, office, offering):
    factories.make_hours(office, weekday=2, opens=time(8), closes=time(8, 10))
    take_all(office, offering, datetime(2026, 11, 25, 8, tzinfo=office.zone))
    days = cells(citizen.times())
    assert (days[date(2026, 11, 24)].free, days[date(2026, 11, 24)].full) == (14, False)
    assert (days[date(2026, 11, 25)].free, days[date(2026, 11, 25)].full) == (0, True)
    assert (days[date(2026, 11, 26)].free, days[date(2026, 11, 26)].full) == (0, False)


def test_a_closed_day_is_not_called_full(citizen, office):
    Closure.objects.create(
        office=office, first_day=date(2026, 12, 1), last_day=date(2026, 12, 1), reason="Umzug"
    )
    for series in office.opening_hours.all():
        save_opening_hours(series)
    day = cells(citizen.times(month="2026-12"))[date(2026, 12, 1)]
    assert (day.free, day.full) == (0, False)


def test_months_lead_on_to_the_end_of_the_horizon_and_no_further(citizen):
    first = citizen.times().context
    assert (first["before"], first["after"]) == (None, date(2026, 12, 1))
    last = citizen.times(month="2031-05").context
    assert (last["month"], last["after"]) == (date(2027, 1, 1), None)


@pytest.mark.parametrize(
    "day", ["2026-13-01", "yesterday", "", "1999-01-01", "9999-12-31", "0001-01-01T00:00+14:00"]
)
def test_a_day_that_is_none_does_no_harm(citizen, day):
    assert citizen.times(day=day, month=day, taken=day).status_code == 200


def test_a_full_calendar_says_until_when_and_that_one_may_come_anyway(citizen, office, offering):
    OpeningHours.objects.all().delete()
    page = text(citizen)
    assert "No time is free until Monday, 25 January 2027." in page
    assert "You can also come without an appointment during opening hours." in page


def test_what_needs_an_appointment_promises_no_walk_in(citizen, offering):
    OpeningHours.objects.all().delete()
    offering.walk_in = False
    offering.save()
    assert "You can also come without" not in text(citizen)


def test_a_day_without_free_times_says_so(citizen):
    assert "No time is free on this day." in text(citizen, day="2026-11-25")


def test_another_month_shows_its_first_day_with_free_times(citizen):
    assert citizen.times(month="2026-12").context["day"] == date(2026, 12, 1)


def test_a_time_that_is_free_again_is_not_called_taken(citizen, ten):
    assert "taken" not in citizen.times(taken=ten.isoformat()).context


def test_longer_appointments_have_fewer_starts(citizen, offering):
    citizen.items = [Item(offering, 3)]
    assert len(citizen.times().context["of_day"][0]["morning"]) == 12


def test_an_office_elsewhere_shows_its_own_time(citizen, office):
    office.time_zone = "Atlantic/Azores"
    office.save()
    for series in office.opening_hours.all():
        save_opening_hours(series)
    soonest = citizen.times().context["soonest"][0]["start"]
    assert (soonest.hour, soonest.utcoffset()) == (8, timedelta(hours=-1))
    assert ">08:00</button>" in text(citizen)


def test_without_a_selection_one_is_asked_for_it(citizen):
    address = reverse("times", args=[citizen.office.pk])
    assert (
        citizen.client.get(address).url == reverse("choose", args=[citizen.office.pk]) + "?next=1"
    )


def test_the_time_already_held_is_offered_again(citizen, ten):
    assert citizen.times().context["held"] is None
    citizen.hold(ten)
    assert "We are keeping Tuesday, 24 November, 10:00 for you." in text(citizen)


def test_nobody_elses_hold_is_shown(citizen, other_citizen, ten):
    citizen.held(ten)
    assert other_citizen.times().context["held"] is None


def test_the_page_is_kept_by_no_shared_cache(citizen):
    assert citizen.times().headers["Cache-Control"] == "private, no-cache"


def test_the_page_asks_as_often_for_thirty_bookings_as_for_one(
    citizen, office, offering, ten, django_assert_num_queries
):
    def book(count: int) -> None:
        for number in range(count):
            start = ten + timedelta(days=7 * (1 + number // 10), minutes=10 * (number % 10))
            hold_appointment(office=office, items=[Item(offering, 1)], start=start)

    book(1)
    with django_assert_num_queries(11):
        citizen.client.get(times_path(office, citizen.items))
    citizen.client.cookies.clear()
    book(30)
    with django_assert_num_queries(11):
        citizen.client.get(times_path(office, citizen.items))


def test_the_clock_stands_at_half_past_nine(citizen):
    """What the figures above rest on."""
    assert TUESDAY.strftime("%A %H:%M") == "Tuesday 09:30"
