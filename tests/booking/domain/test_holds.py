from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking.domain.confirming import confirm_appointment
from booking.domain.holding import hold_appointment
from booking.domain.holds import expire_holds
from booking.domain.hours import save_opening_hours
from booking.domain.items import Item
from booking.models import Appointment, Slot
from tests import factories
from tests.conftest import BERLIN, TUESDAY

START = datetime(2026, 12, 1, 8, 0, tzinfo=BERLIN)


@pytest.fixture
def hold(office, offering):
    def make(number=0, where=office, what=offering):
        start = START + timedelta(minutes=10 * number)
        return hold_appointment(office=where, items=[Item(what, 1)], start=start)

    return make


def test_holds_lapse_at_the_end_of_their_time_and_not_before(hold, set_time):
    hold()
    set_time(TUESDAY + timedelta(minutes=14, seconds=59))
    assert expire_holds() == 0
    set_time(TUESDAY + timedelta(minutes=15))
    assert expire_holds() == 1
    assert expire_holds() == 0
    assert Slot.objects.filter(booked__gt=0).count() == 0


def test_what_is_confirmed_does_not_lapse(hold, set_time):
    held = hold()
    confirm_appointment(held.pk, name="Erika Mustermann", email="erika@example.org")
    set_time(TUESDAY + timedelta(days=1))
    assert expire_holds() == 0


def test_holds_of_one_office_or_of_all(hold, office, set_time):
    other = factories.OfficeFactory()
    factories.make_hours(other)
    hold(), hold(where=other, what=factories.OfferingFactory(office=other))
    set_time(TUESDAY + timedelta(minutes=20))
    assert expire_holds(office) == 1
    assert expire_holds() == 1


def test_many_lapse_in_as_many_queries_as_few(hold, set_time):
    def queries_for(numbers):
        set_time(TUESDAY)
        for number in numbers:
            hold(number)
        set_time(TUESDAY + timedelta(minutes=20))
        with CaptureQueriesContext(connection) as captured:
            assert expire_holds() == len(numbers)
        return len(captured)

    assert queries_for(range(24)) == queries_for(range(1))


def test_an_overbooked_slot_shrinks_to_its_counters(hold, office, set_time):
    hold(), hold()
    hours = office.opening_hours.get()
    hours.counters = hours.online_counters = 1
    save_opening_hours(hours)
    assert list(Slot.objects.filter(start=START).values_list("booked", "capacity")) == [(2, 2)]
    set_time(TUESDAY + timedelta(minutes=20))
    expire_holds()
    assert list(Slot.objects.filter(start=START).values_list("booked", "capacity")) == [(0, 1)]


def test_a_hold_of_days_past_lapses_although_the_hours_have_another_grid(hold, office, set_time):
    """Nobody looked for a week, and meanwhile the units were changed."""
    held = hold(1)
    set_time(START + timedelta(days=2))
    hours = office.opening_hours.get()
    hours.unit_minutes = 20
    save_opening_hours(hours)
    expire_holds()
    held.refresh_from_db()
    assert held.state == Appointment.State.EXPIRED
