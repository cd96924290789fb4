"""The front desk and everybody else want the same: a place, an appointment, the kiosk."""

from datetime import datetime, timedelta
from functools import partial

import pytest

from booking.domain import arrivals, moving
from booking.domain.actor import CITIZEN
from booking.domain.arrivals import check_in
from booking.domain.cancelling import cancel_appointment
from booking.domain.confirming import confirm_appointment
from booking.domain.holding import hold_appointment
from booking.domain.kiosk_closing import close_kiosk, reopen_kiosk
from booking.domain.moving import move_appointment
from booking.models import Appointment, KioskClosing, Visit
from tests.conftest import BERLIN, TUESDAY
from tests.properties.invariants import assert_slots_hold

from .rivals import Meeting, assert_only_refused, race

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

NEXT_TUESDAY = datetime(2026, 12, 1, 8, 0, tzinfo=BERLIN)


@pytest.fixture
def book(office, items):
    def book(start):
        held = hold_appointment(office=office, items=items, start=start, by_staff=True)
        return confirm_appointment(held.pk, name="Erika Mustermann", email="", by_staff=True)

    return book


def later(number):
    return NEXT_TUESDAY + timedelta(minutes=10 * number)


def test_citizens_and_staff_fill_a_time_to_its_last_counter_and_no_further(office, items):
    act = partial(hold_appointment, office=office, items=items, start=NEXT_TUESDAY)
    outcomes = race([act, partial(act, by_staff=True)] * 6)
    assert_only_refused(outcomes)
    held = [one for one in outcomes if isinstance(one, Appointment)]
    # Citizens have two of the three counters, and staff whatever is left.
    assert len(held) == 3
    assert sum(not one.by_staff for one in held) <= 2
    assert_slots_hold(office)


def test_of_many_who_move_to_one_time_as_many_get_it_as_there_are_counters(office, book):
    everybody = [book(later(1 + number)) for number in range(8)]
    outcomes = race(
        [partial(move_appointment, one.pk, start=NEXT_TUESDAY, by_staff=True) for one in everybody]
    )
    assert_only_refused(outcomes)
    assert sum(isinstance(one, Appointment) for one in outcomes) == 3
    assert Appointment.objects.filter(state="booked").count() == 8
    assert_slots_hold(office)


def test_two_who_swap_their_times_do_not_deadlock(office, book):
    one, other = book(NEXT_TUESDAY), book(later(1))
    for there, back in [(later(1), NEXT_TUESDAY), (NEXT_TUESDAY, later(1))] * 5:
        acts = [(one, there), (other, back), (one, back), (other, there)]
        outcomes = race([partial(move_appointment, who.pk, start=start) for who, start in acts])
        assert_only_refused(outcomes)
    assert_slots_hold(office)


def test_moving_cancelling_and_checking_in_end_in_one_truth(office, book):
    for number in range(8):
        someone = book(TUESDAY + timedelta(minutes=10 + 10 * number))
        moved, cancelled, arrived = race(
            [
                partial(move_appointment, someone.pk, start=later(number)),
                partial(cancel_appointment, someone.pk),
                partial(check_in, office=office, code=someone.code, actor=CITIZEN),
            ]
        )
        assert_only_refused([moved, cancelled, arrived])
        if isinstance(arrived, Visit):
            assert isinstance(moved, Exception)
            assert isinstance(cancelled, Exception)
    assert_slots_hold(office)


def test_without_the_row_lock_one_moves_away_who_has_checked_in(
    office, book, monkeypatch, no_row_locks
):
    someone = book(TUESDAY + timedelta(minutes=30))
    # Both have seen the appointment as it was before either changes it.
    meeting = Meeting(lambda: None, 2)
    release, items_of = moving.release, arrivals.items_of

    def met(function):
        return lambda *given: (meeting(), function(*given))[1]

    monkeypatch.setattr(moving, "release", met(release))
    monkeypatch.setattr(arrivals, "items_of", met(items_of))
    outcomes = race(
        [
            partial(move_appointment, someone.pk, start=NEXT_TUESDAY),
            partial(check_in, office=office, code=someone.code, actor=CITIZEN),
        ]
    )
    assert [type(one) for one in outcomes] == [Appointment, Visit]


def test_closing_and_reopening_the_kiosk_at_once_fails_nobody(office):
    outcomes = race([partial(close_kiosk, office), partial(reopen_kiosk, office)] * 6)
    assert outcomes == [None] * 12
    close_kiosk(office)
    assert KioskClosing.objects.count() == 1
