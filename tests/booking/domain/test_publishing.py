from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking.domain.cancelling import cancel_appointment
from booking.domain.holding import hold_appointment
from booking.domain.hours import save_opening_hours
from booking.domain.items import Item
from booking.domain.publishing import ensure_published, horizon, publish_slots
from booking.models import Slot
from tests.conftest import BERLIN, TUESDAY
from tests.properties.invariants import assert_slots_hold

START = datetime(2026, 12, 1, 8, 0, tzinfo=BERLIN)


@pytest.fixture
def hours(office):
    return office.opening_hours.get()


def days_published(hours):
    return sorted({slot.start.astimezone(BERLIN).date() for slot in hours.slots.all()})


def test_new_hours_are_published_to_the_horizon(office, hours):
    assert horizon(office) == date(2027, 1, 25)
    days = days_published(hours)
    assert (days[0], days[-1], len(days)) == (TUESDAY.date(), date(2027, 1, 19), 9)
    assert hours.slots.count() == 9 * 24


def test_publishing_again_changes_nothing(office, hours):
    before = list(Slot.objects.order_by("pk").values())
    publish_slots(hours.pk, first_day=TUESDAY.date())
    ensure_published(office)
    assert list(Slot.objects.order_by("pk").values()) == before


def test_nothing_to_publish_costs_one_query(office):
    with CaptureQueriesContext(connection) as captured:
        ensure_published(office)
    assert len(captured) == 1


def test_a_longer_horizon_is_filled_by_the_next_reader(office, hours):
    office.horizon_days = 69
    office.save()
    ensure_published(office)
    assert days_published(hours)[-1] == date(2027, 1, 26)


def test_a_gap_of_weeks_without_readers_is_filled_from_today(office, hours, set_time):
    set_time(TUESDAY + timedelta(days=100))
    ensure_published(office)
    days = days_published(hours)
    assert next(day for day in days if day >= date(2027, 3, 4)) == date(2027, 3, 9)
    hours.refresh_from_db()
    assert hours.published_until == horizon(office)


def test_hours_hold_only_while_they_are_valid(office, hours):
    hours.valid_from, hours.valid_until = date(2026, 12, 2), date(2026, 12, 15)
    save_opening_hours(hours)
    assert days_published(hours) == [date(2026, 12, 8), date(2026, 12, 15)]


def test_hours_that_were_removed_meanwhile_are_passed_over(office, hours):
    publish_slots(hours.pk + 1)
    assert hours.slots.count() == 9 * 24


def test_fewer_counters_keep_who_has_booked_and_shrink_as_they_cancel(office, hours, offering):
    held = [
        hold_appointment(office=office, items=[Item(offering, 1)], start=START) for _ in range(2)
    ]
    hours.counters = hours.online_counters = 1
    save_opening_hours(hours)
    slot = Slot.objects.get(start=START)
    assert (slot.booked, slot.capacity) == (2, 2)
    cancel_appointment(held[0].pk)
    slot.refresh_from_db()
    assert (slot.booked, slot.capacity) == (1, 1)


@pytest.mark.parametrize("unit", [5, 15, 30])
def test_another_unit_counts_every_slot_an_appointment_overlaps(office, hours, offering, unit):
    hold_appointment(office=office, items=[Item(offering, 2)], start=START)
    hours.unit_minutes = unit
    save_opening_hours(hours)
    booked = Slot.objects.filter(booked=1).order_by("start")
    assert [(slot.start - START).seconds // 60 for slot in booked] == list(range(0, 20, unit))
    assert_slots_hold(office)


def test_slots_of_days_past_stay_as_they_were(office, hours, set_time):
    set_time(TUESDAY + timedelta(days=8))
    hours.opens, hours.closes = time(14), time(15)
    save_opening_hours(hours)
    past = hours.slots.filter(start__lt=TUESDAY + timedelta(days=8))
    assert past.count() == 2 * 24


def test_many_appointments_are_counted_quickly(office, hours, offering):
    """A rush: as many queries with bookings as without."""

    def queries():
        with CaptureQueriesContext(connection) as captured:
            publish_slots(hours.pk, first_day=TUESDAY.date())
        return len(captured)

    without = queries()
    for number in range(20):
        start = START + timedelta(minutes=10 * number)
        hold_appointment(office=office, items=[Item(offering, 1)], start=start)
    assert queries() == without
