from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking.domain.availability import free_starts, nearest_starts
from booking.domain.confirming import confirm_appointment
from booking.domain.holding import hold_appointment
from booking.domain.hours import save_closure, save_opening_hours
from booking.domain.items import Item
from booking.models import Closure, Offering, OpeningHours
from tests import factories
from tests.conftest import BERLIN, TUESDAY

TODAY = TUESDAY.date()
NEXT = TODAY + timedelta(days=7)


@pytest.fixture
def items(offering):
    return [Item(offering, 1)]


def at(day, text):
    return datetime.combine(day, time.fromisoformat(text), BERLIN)


def free(office, items, day=NEXT):
    starts = free_starts(office, items, first_day=day, days=1).get(day, [])
    return [start.strftime("%H:%M") for start in starts]


def fill(office, items, start, count=2):
    return [hold_appointment(office=office, items=items, start=start) for _ in range(count)]


def test_every_unit_of_the_opening_hours_is_free_at_first(office, items):
    starts = free(office, items)
    assert (starts[0], starts[-1], len(starts)) == ("08:00", "11:50", 24)


def test_today_nothing_past_is_offered(office, items, set_time):
    assert free(office, items, TODAY)[0] == "09:40"
    set_time(at(TODAY, "09:39"))
    assert free(office, items, TODAY)[0] == "09:40"


def test_a_time_goes_when_its_online_places_are_taken(office, items):
    fill(office, items, at(NEXT, "08:10"), count=1)
    assert "08:10" in free(office, items)
    fill(office, items, at(NEXT, "08:10"), count=1)
    assert "08:10" not in free(office, items)


def test_more_persons_need_more_time_in_a_row(office, offering, items):
    fill(office, items, at(NEXT, "08:20"))
    three = [Item(offering, 3)]
    assert free(office, three)[:2] == ["08:30", "08:40"]
    assert free(office, three)[-1] == "11:30"


def test_lapsed_holds_are_free_again_without_anybody_working(office, items, set_time):
    fill(office, items, at(NEXT, "08:10"))
    set_time(TUESDAY + timedelta(minutes=15))
    assert "08:10" in free(office, items)


def test_the_horizon_moves_on_by_reading(office, items, set_time):
    beyond = TODAY + timedelta(days=63)
    assert free(office, items, beyond) == []
    set_time(TUESDAY.replace(hour=12) + timedelta(days=1))
    assert len(free(office, items, beyond)) == 24


def test_a_closed_day_has_nothing_free_and_the_next_week_has(office, items):
    save_closure(Closure(office=office, first_day=NEXT, last_day=NEXT))
    assert free(office, items) == []
    assert len(free(office, items, NEXT + timedelta(days=7))) == 24


def test_public_holidays_of_the_land_are_closed(db):
    office = factories.OfficeFactory(authority__subdivision="ST")
    factories.make_hours(office, weekday=2)
    items = [Item(factories.OfferingFactory(office=office), 1)]
    assert free(office, items, date(2027, 1, 6)) == []  # Heilige Drei Könige
    assert len(free(office, items, date(2027, 1, 13))) == 24


def test_short_notice_places_come_slot_by_slot(db, set_time):
    office = factories.OfficeFactory()
    factories.make_hours(office, online_counters=2, short_notice_counters=1, short_notice_hours=24)
    items = [Item(factories.OfferingFactory(office=office), 1)]
    for text in ["08:00", "09:00", "10:00"]:
        (held,) = fill(office, items, at(NEXT, text), count=1)
        confirm_appointment(held.pk, name="Erika Mustermann", email="erika@example.org")
    set_time(at(NEXT - timedelta(days=1), "09:00"))
    assert "08:00" in free(office, items)
    assert "09:00" in free(office, items)
    assert "10:00" not in free(office, items)


def test_all_short_notice_offers_nothing_until_then(db, set_time):
    office = factories.OfficeFactory()
    factories.make_hours(office, online_counters=1, short_notice_counters=1, short_notice_hours=2)
    items = [Item(factories.OfferingFactory(office=office), 1)]
    assert free(office, items) == []
    set_time(at(NEXT, "08:00"))
    assert free(office, items)[-1] == "10:00"


def test_several_series_are_offered_together_and_once(office, items):
    factories.make_hours(office, opens=time(11), closes=time(13), unit_minutes=15)
    starts = free(office, items)
    assert [start for start in starts if start >= "11:00"] == [
        "11:00",
        "11:10",
        "11:15",
        "11:20",
        "11:30",
        "11:40",
        "11:45",
        "11:50",
        "12:00",
        "12:15",
        "12:30",
        "12:45",
    ]


def test_a_time_taken_in_one_series_is_still_free_in_the_other(office, items):
    factories.make_hours(office, online_counters=1)
    for _ in range(3):
        assert "08:10" in free(office, items)
        fill(office, items, at(NEXT, "08:10"), count=1)
    assert "08:10" not in free(office, items)


def test_hours_for_certain_services_serve_only_these(office, offering, items):
    other = factories.OfferingFactory(office=office)
    hours = OpeningHours(
        office=office,
        weekday=2,
        opens=time(14),
        closes=time(15),
        valid_from=date(2026, 1, 1),
        counters=1,
        online_counters=1,
    )
    save_opening_hours(hours, offerings=[other])
    wednesday = NEXT + timedelta(days=1)
    assert len(free(office, [Item(other, 1)], wednesday)) == 6
    assert free(office, items, wednesday) == []
    assert free(office, [Item(other, 1), Item(offering, 1)], wednesday) == []


@pytest.mark.parametrize("days", [-1, 0, 1, 10**8])
@pytest.mark.parametrize("first_day", [date.min, TODAY, date.max])
def test_no_range_of_days_is_too_odd(office, items, first_day, days):
    found = free_starts(office, items, first_day=first_day, days=days)
    assert all(TODAY <= day <= TODAY + timedelta(days=62) for day in found)


def test_the_nearest_alternatives_lie_around_the_wish(office, items):
    fill(office, items, at(NEXT, "09:00"))
    nearest = nearest_starts(office, items, at(NEXT, "09:00"))
    times = [start.strftime("%H:%M") for start in nearest]
    assert times == ["08:30", "08:40", "08:50", "09:10", "09:20"]


def test_alternatives_far_away_are_found_when_there_is_nothing_near(office, items):
    save_closure(Closure(office=office, first_day=TODAY, last_day=TODAY + timedelta(days=40)))
    nearest = nearest_starts(office, items, at(NEXT, "09:00"), count=1)
    assert nearest == [at(TODAY + timedelta(days=42), "08:00")]


def queries(office, items, days):
    with CaptureQueriesContext(connection) as captured:
        free_starts(office, items, first_day=TODAY, days=days)
    return len(captured)


def test_queries_depend_on_neither_horizon_nor_bookings_nor_lapsed_holds(
    office, offering: Offering, items, set_time
):
    free_starts(office, items, first_day=TODAY, days=1)
    few = queries(office, items, 1)
    assert queries(office, items, 62) == few
    starts = [at(NEXT, "08:00") + timedelta(minutes=10 * number) for number in range(12)]
    for start in starts:
        fill(office, items, start)
    assert queries(office, items, 62) == few
    assert few == 6

    set_time(TUESDAY + timedelta(minutes=20))
    with_many_lapsed = queries(office, items, 62)
    fill(office, items, starts[0], count=1)
    set_time(TUESDAY + timedelta(minutes=40))
    assert queries(office, items, 62) == with_many_lapsed
