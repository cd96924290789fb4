"""Many days in a row: memory is flat, tables are bounded, the last day is as quick as the first."""

from collections.abc import Callable
from datetime import date
from statistics import median

import pytest
from django.utils import timezone

from booking import clock
from booking.domain.devices import make_device
from tests import factories

from .month import DayFigures, Month

# After the Tuesday from which the fixtures' slots are published.
MONDAY = date(2026, 11, 30)
# They hold what happened, for the figures, and grow with the people who came.
RECORDS = {
    "booking_appointment",
    "booking_appointmentitem",
    "booking_visit",
    "booking_visititem",
    "booking_visitevent",
}


@pytest.fixture
def month(transactional_db, set_time, monkeypatch) -> Callable[[int], Month]:
    """A month with so many people a day."""
    # Sessions read Django's clock.
    monkeypatch.setattr(timezone, "now", lambda: clock.system_time())
    office = factories.OfficeFactory(horizon_days=20)
    for weekday in range(7):
        factories.make_hours(office, weekday=weekday)

    def made(people: int) -> Month:
        return Month(
            office=office,
            offering=factories.OfferingFactory(office=office),
            counter=factories.CounterFactory(office=office),
            clerk=factories.make_staff(office),
            kiosk=make_device(kind="kiosk", office=office)[0],
            stop_at=set_time,
            people=people,
        )

    return made


def assert_bounded(early: DayFigures, late: DayFigures, month: Month, allowance: float) -> None:
    """No table but the records has grown by more than the share ``allowance``."""
    grown = {
        table: (early.rows.get(table, 0), count)
        for table, count in late.rows.items()
        if table not in RECORDS and count > allowance * early.rows.get(table, 0) + 20
    }
    assert grown == {}
    # Records hold what was booked and who came; of holds that lapsed, those of a day or two.
    lapsed_a_day = month.people
    assert late.rows["booking_appointment"] <= month.booked + 2 * lapsed_a_day
    # Each is forgotten at the day's end.
    assert late.rows["booking_visit"] == month.came


def assert_no_more_queries(early: list[DayFigures], late: DayFigures) -> None:
    """Where a list is empty nothing is fetched for it, so the most of some days counts."""
    for question, count in late.queries.items():
        assert count <= max(day.queries[question] for day in early)


def test_three_days_leave_nothing_but_records(month):
    played = month(people=6)
    days = list(played.play(MONDAY, 3))
    assert_bounded(days[1], days[2], played, allowance=1.5)
    assert_no_more_queries(days[:2], days[2])
    assert played.lapsed > 0
    assert played.came > 0


@pytest.mark.endure
def test_a_month_leaves_memory_tables_and_speed_as_they_were(month):
    played = month(people=20)
    days = list(played.play(MONDAY, 31))
    early, late = days[14:18], days[27:]  # blank mails are kept for two weeks
    assert_bounded(early[-1], late[-1], played, allowance=1.2)
    assert_no_more_queries(days[:14], late[-1])
    print(f"{played.booked} booked, {played.lapsed} lapsed, {played.came} came")
    for measured in ("objects", "memory"):
        begin, end = (median(getattr(day, measured) for day in some) for some in (days[3:7], late))
        print(f"{measured}: {begin:.0f} → {end:.0f}")
        assert end < 1.05 * begin
    print({table: (days[3].rows.get(table, 0), count) for table, count in late[-1].rows.items()})
    for question in late[0].seconds:
        first = median(day.seconds[question] for day in days[1:8])
        last = median(day.seconds[question] for day in days[-7:])
        print(f"{question}: {first * 1000:.1f} ms → {last * 1000:.1f} ms")
        # The machine may be busy with something else; what grows with the rows would be tenfold.
        assert last < 2.5 * first + 0.005
