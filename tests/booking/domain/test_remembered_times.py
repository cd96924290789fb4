"""Free times are remembered by the process, and never wrong for it.

Outside a transaction, as in a request: what a transaction sees is not remembered.
"""

from datetime import datetime, time, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from booking.domain.availability import free_starts
from booking.domain.cancelling import cancel_appointment
from booking.domain.confirming import confirm_appointment
from booking.domain.holding import hold_appointment
from booking.domain.hours import save_closure, save_opening_hours
from booking.domain.items import Item
from booking.models import Closure
from tests.conftest import BERLIN, TUESDAY

pytestmark = pytest.mark.django_db(transaction=True)

DAY = TUESDAY.date() + timedelta(days=7)
EIGHT = datetime.combine(DAY, time(8), BERLIN)


@pytest.fixture
def items(offering):
    return [Item(offering, 1)]


@pytest.fixture
def is_free(office, items):
    def ask(start: datetime = EIGHT) -> bool:
        return start in free_starts(office, items, first_day=DAY, days=1).get(DAY, [])

    assert ask()
    return ask


def take_all(office, items, start=EIGHT):
    return [hold_appointment(office=office, items=items, start=start) for _place in range(2)]


def test_asking_again_costs_one_query(office, items, is_free):
    with CaptureQueriesContext(connection) as captured:
        is_free()
    assert len(captured) == 1


def test_a_taken_place_is_gone_at_once_and_a_cancelled_one_back_at_once(office, items, is_free):
    held, _other = take_all(office, items)
    assert not is_free()
    cancel_appointment(held.pk)
    assert is_free()


def test_a_lapsed_hold_frees_its_place_in_the_middle_of_a_minute(office, items, is_free, set_time):
    set_time(TUESDAY + timedelta(seconds=20))
    take_all(office, items)
    assert not is_free()
    set_time(TUESDAY + timedelta(minutes=15, seconds=19))
    assert not is_free()
    set_time(TUESDAY + timedelta(minutes=15, seconds=20))
    assert is_free()


def test_a_lapsed_hold_that_is_confirmed_takes_its_place_again(office, items, is_free, set_time):
    held, _other = take_all(office, items)
    set_time(TUESDAY + timedelta(minutes=15))
    assert is_free()
    confirm_appointment(held.pk, name="Erika Mustermann", email="erika@example.org")
    assert is_free()
    hold_appointment(office=office, items=items, start=EIGHT)
    assert not is_free()


def test_a_start_goes_with_its_minute(office, items, set_time):
    today, ten = TUESDAY.date(), TUESDAY.replace(hour=10, minute=0)
    set_time(ten - timedelta(microseconds=1))
    assert free_starts(office, items, first_day=today, days=1)[today][0] == ten
    set_time(ten)
    assert free_starts(office, items, first_day=today, days=1)[today][0] > ten


def test_changed_hours_and_closed_days_show_at_once(office, items, is_free):
    (hours,) = office.opening_hours.all()
    hours.online_counters = 0
    save_opening_hours(hours)
    assert not is_free()
    hours.online_counters = 1
    save_opening_hours(hours)
    assert is_free()
    save_closure(Closure(office=office, first_day=DAY, last_day=DAY))
    assert not is_free()


def test_what_is_rolled_back_is_not_remembered(office, items, is_free):
    with transaction.atomic():
        take_all(office, items)
        assert not is_free()
        transaction.set_rollback(True)
    assert is_free()
    take_all(office, items)
    assert not is_free()
