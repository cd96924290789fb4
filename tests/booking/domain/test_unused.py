"""Nobody came: what is still ahead of the places goes back, and nobody is punished."""

from datetime import timedelta

import pytest

from booking.domain.actor import CITIZEN
from booking.domain.arrivals import check_in
from booking.domain.availability import free_starts
from booking.domain.confirming import confirm_appointment
from booking.domain.holding import hold_appointment
from booking.domain.hours import rebuild_slots
from booking.domain.items import Item
from booking.domain.unused import give_back_unused
from booking.models import Appointment, Slot
from tests.conftest import TUESDAY
from tests.properties.invariants import assert_slots_hold

# An appointment of 40 minutes in units of ten, from ten o'clock; the grace is ten minutes.
START = TUESDAY + timedelta(minutes=30)


@pytest.fixture
def booked(office, offering) -> Appointment:
    held = hold_appointment(office=office, items=[Item(offering, 4)], start=START)
    return confirm_appointment(held.pk, name="Erika Mustermann", email="erika@example.org")


def places_taken(office) -> list[int]:
    slots = Slot.objects.filter(
        series__office=office, start__gte=START, start__lt=START + timedelta(minutes=40)
    )
    return list(slots.order_by("start").values_list("booked", flat=True))


def test_within_the_grace_nothing_goes_back(office, booked, set_time):
    set_time(START + timedelta(minutes=10) - timedelta(seconds=1))
    assert give_back_unused(office) == 0
    assert places_taken(office) == [1, 1, 1, 1]


def test_after_the_grace_what_is_ahead_goes_back_and_the_rest_does_not(office, booked, set_time):
    set_time(START + timedelta(minutes=10))
    assert give_back_unused() == 1
    assert places_taken(office) == [1, 1, 0, 0]
    assert give_back_unused() == 0
    assert_slots_hold(office)


def test_whoever_looks_finds_it_without_anybody_working(office, booked, offering, set_time):
    office.opening_hours.update(online_counters=1)
    set_time(START + timedelta(minutes=10))
    free = free_starts(office, [Item(offering, 2)], first_day=TUESDAY.date(), days=1)
    assert START + timedelta(minutes=20) in free[TUESDAY.date()]


def test_whoever_wants_the_place_gets_it_without_having_looked(office, booked, offering, set_time):
    office.opening_hours.update(online_counters=1)
    set_time(START + timedelta(minutes=10))
    hold_appointment(office=office, items=[Item(offering, 2)], start=START + timedelta(minutes=20))
    assert places_taken(office) == [1, 1, 1, 1]


def test_whoever_comes_late_is_still_let_in(office, booked, set_time):
    set_time(START + timedelta(minutes=29))
    assert give_back_unused() == 1
    visit = check_in(office=office, code=booked.code, actor=CITIZEN)
    assert visit.appointment_id == booked.pk
    booked.refresh_from_db()
    assert booked.state == Appointment.State.BOOKED


def test_whoever_has_checked_in_keeps_every_place(office, booked, set_time):
    check_in(office=office, code=booked.code, actor=CITIZEN)
    set_time(START + timedelta(minutes=10))
    assert give_back_unused() == 0
    assert places_taken(office) == [1, 1, 1, 1]


def test_a_short_appointment_has_nothing_ahead_to_give_back(office, offering, set_time):
    held = hold_appointment(office=office, items=[Item(offering, 1)], start=START)
    confirm_appointment(held.pk, name="Erika Mustermann", email="erika@example.org")
    set_time(START + timedelta(minutes=10))
    assert give_back_unused() == 0


def test_what_went_back_stays_back_when_the_hours_are_rebuilt(office, booked, set_time):
    set_time(START + timedelta(minutes=10))
    give_back_unused()
    rebuild_slots(office)
    assert places_taken(office) == [1, 1, 0, 0]
    assert_slots_hold(office)


def test_looking_for_all_offices_is_one_query(office, booked, django_assert_num_queries):
    with django_assert_num_queries(1):
        give_back_unused()
