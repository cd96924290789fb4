"""Changing hours and closures under existing appointments: none is lost, none counted twice."""

from datetime import date, datetime, time, timedelta

import pytest

from booking.domain.cancelling import cancel_appointment
from booking.domain.confirming import confirm_appointment
from booking.domain.holding import hold_appointment
from booking.domain.hours import (
    affected_appointments,
    rebuild_slots,
    remove_closure,
    remove_opening_hours,
    save_closure,
    save_opening_hours,
)
from booking.domain.items import Item
from booking.models import Appointment, Closure, OpeningHours, Slot
from tests import factories
from tests.conftest import BERLIN

pytestmark = pytest.mark.django_db

TUESDAYS = [datetime(2026, 12, day, 10, 0, tzinfo=BERLIN) for day in (1, 8)]


@pytest.fixture
def hours(office) -> OpeningHours:
    return office.opening_hours.get()


@pytest.fixture
def booked(office, offering) -> list[Appointment]:
    """Two people next Tuesday at ten, one the week after."""
    starts = [TUESDAYS[0], TUESDAYS[0], TUESDAYS[1]]
    return [book(office, offering, start) for start in starts]


def book(office, offering, start: datetime, quantity: int = 1) -> Appointment:
    held = hold_appointment(office=office, items=[Item(offering, quantity)], start=start)
    return confirm_appointment(held.pk, name="Familie Muster", email="muster@example.org")


def check(booked: list[Appointment]) -> None:
    """Everybody is still booked at their time, and each slot counts exactly its people."""
    for appointment in booked:
        now = Appointment.objects.get(pk=appointment.pk)
        assert (now.state, now.start, now.end) == (
            Appointment.State.BOOKED, appointment.start, appointment.end,
        )  # fmt: skip
    for slot in Slot.objects.select_related("series"):
        end = slot.start + timedelta(minutes=slot.series.unit_minutes)
        people = slot.series.appointments.filter(
            state__in=Appointment.LIVE, start__lt=end, end__gt=slot.start
        )
        assert slot.booked == people.count()
        assert slot.capacity == max(slot.series.counters, slot.booked)


@pytest.mark.parametrize("minutes", [5, 15, 20, 30, 60])
def test_another_unit_keeps_everybody(office, hours, booked, minutes):
    hours.unit_minutes = minutes
    save_opening_hours(hours)
    check(booked)
    assert not affected_appointments(office)


def test_a_long_appointment_stays_whole_under_another_unit(office, offering, hours):
    booked = [book(office, offering, TUESDAYS[0], quantity=3)]
    for minutes in (15, 5, 20):
        hours.unit_minutes = minutes
        save_opening_hours(hours)
        check(booked)


def test_fewer_counters_than_people_shrink_as_they_cancel(office, hours, booked):
    hours.counters, hours.online_counters = 1, 1
    save_opening_hours(hours)
    check(booked)
    slot = Slot.objects.get(start=TUESDAYS[0])
    assert (slot.capacity, slot.booked) == (2, 2)
    cancel_appointment(booked[0].pk)
    slot.refresh_from_db()
    assert (slot.capacity, slot.booked) == (1, 1)


def test_another_weekday_leaves_people_standing_but_booked(office, hours, booked):
    hours.weekday = 3
    save_opening_hours(hours)
    check(booked)
    assert set(affected_appointments(office)) == set(booked)
    assert not Slot.objects.filter(booked__gt=0).exists()


def test_the_same_hours_again_count_everybody_once(office, hours, booked):
    hours.weekday = 3
    save_opening_hours(hours)
    hours.weekday = 1
    save_opening_hours(hours)
    save_opening_hours(hours)
    check(booked)
    assert not affected_appointments(office)


def test_a_validity_that_ends_keeps_those_before_it(office, hours, booked):
    hours.valid_until = date(2026, 12, 1)
    save_opening_hours(hours)
    check(booked)
    assert set(affected_appointments(office)) == {booked[2]}


def test_a_removed_series_hands_its_people_to_another(office, hours, booked):
    other = factories.make_hours(office, opens=time(9), counters=1, online_counters=1)
    remove_opening_hours(hours)
    check(booked)
    assert not affected_appointments(office)
    assert Slot.objects.get(series=other, start=TUESDAYS[0]).booked == 2


def test_a_removed_series_without_another_leaves_its_people_booked(office, hours, booked):
    remove_opening_hours(hours)
    check(booked)
    assert set(affected_appointments(office)) == set(booked)
    cancel_appointment(booked[0].pk)
    assert set(affected_appointments(office)) == set(booked[1:])


def test_new_hours_take_up_those_who_stood_outside(office, hours, booked):
    remove_opening_hours(hours)
    factories.make_hours(office)
    check(booked)
    assert not affected_appointments(office)


def test_a_closure_comes_and_goes(office, booked):
    closure = save_closure(
        Closure(office=office, first_day=date(2026, 11, 30), last_day=date(2026, 12, 2))
    )
    check(booked)
    assert set(affected_appointments(office)) == set(booked[:2])
    closure.first_day = closure.last_day = date(2026, 12, 8)
    save_closure(closure)
    check(booked)
    assert set(affected_appointments(office)) == set(booked[2:])
    remove_closure(closure)
    check(booked)
    assert not affected_appointments(office)


def test_a_cancelled_appointment_is_nobodys_concern(office, hours, booked):
    cancel_appointment(booked[0].pk)
    remove_opening_hours(hours)
    assert set(affected_appointments(office)) == set(booked[1:])


def test_closing_in_the_middle_of_an_appointment_concerns_it(office, offering, hours):
    long = book(office, offering, TUESDAYS[0], quantity=3)
    hours.closes = (TUESDAYS[0] + timedelta(minutes=20)).astimezone(office.zone).time()
    save_opening_hours(hours)
    check([long])
    assert set(affected_appointments(office)) == {long}


def test_another_time_zone_makes_the_slots_anew(office, hours, booked):
    office.time_zone = "Europe/Lisbon"
    office.save()
    rebuild_slots(office)
    check(booked)
    first = Slot.objects.filter(start__gt=TUESDAYS[0].replace(hour=0)).order_by("start").first()
    assert first.start.astimezone(office.zone).time() == time(8)


def test_another_land_has_other_holidays(office, hours):
    epiphany = datetime(2027, 1, 6, 9, tzinfo=BERLIN)
    hours.weekday = 2
    save_opening_hours(hours)
    assert not Slot.objects.filter(start=epiphany).exists()
    office.authority.subdivision = "BE"
    office.authority.save()
    rebuild_slots(office)
    assert Slot.objects.filter(start=epiphany).exists()
