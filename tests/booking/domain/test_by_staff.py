"""What the front desk books for others: beyond the online part, and without e-mail."""

from datetime import datetime, timedelta

import pytest

from booking.domain.actor import CITIZEN
from booking.domain.arrivals import check_in
from booking.domain.availability import free_starts
from booking.domain.cancelling import cancel_appointment
from booking.domain.confirming import confirm_appointment
from booking.domain.errors import (
    AlreadyCheckedIn,
    AppointmentEnded,
    DetailsInvalid,
    NotOnline,
    OutsideHours,
    SlotTaken,
)
from booking.domain.holding import hold_appointment, move_hold
from booking.domain.holds import expire_holds
from booking.domain.items import Item
from booking.domain.moving import move_appointment
from booking.models import Appointment, OutboxMail, Queue, Slot
from tests import factories
from tests.conftest import BERLIN, TUESDAY

# Of three counters then, citizens may book two.
START = datetime(2026, 12, 1, 8, 0, tzinfo=BERLIN)
LATER = START + timedelta(minutes=10)


@pytest.fixture
def items(offering):
    return [Item(offering, 1)]


@pytest.fixture
def hold(office, items):
    def hold(start=START, **options):
        return hold_appointment(office=office, items=items, start=start, **options)

    return hold


@pytest.fixture
def book(hold):
    def book(start=START, *, email="erika@example.org", by_staff=False):
        held = hold(start, by_staff=by_staff)
        return confirm_appointment(held.pk, name="Erika", email=email, by_staff=by_staff)

    return book


def taken(start):
    return Slot.objects.get(start=start).booked


def free(office, items, **options):
    days = free_starts(office, items, first_day=START.date(), days=1, **options)
    return [start.strftime("%H:%M") for start in days.get(START.date(), ())][:2]


# Places ----------------------------------------------------------------------------


def test_staff_book_to_the_last_counter_and_not_beyond(hold):
    hold()
    hold()
    with pytest.raises(SlotTaken):
        hold()
    assert hold(by_staff=True).by_staff
    with pytest.raises(SlotTaken) as refused:
        hold(by_staff=True)
    assert refused.value.alternatives[0] == LATER
    assert taken(START) == 3


def test_staff_see_the_times_that_citizens_do_not(office, items, hold):
    hold()
    hold()
    assert free(office, items) == ["08:10", "08:20"]
    assert free(office, items, by_staff=True) == ["08:00", "08:10"]
    hold(by_staff=True)
    assert free(office, items, by_staff=True) == ["08:10", "08:20"]


def test_times_that_citizens_get_only_at_short_notice_are_staffs_at_once(office, items):
    office.opening_hours.all().delete()
    factories.make_hours(office, short_notice_counters=2)
    assert free(office, items) == []
    assert free(office, items, by_staff=True) == ["08:00", "08:10"]


def test_staff_book_what_is_not_offered_online(office, offering, hold):
    offering.online = False
    offering.save()
    with pytest.raises(NotOnline):
        hold()
    assert hold(by_staff=True).state == Appointment.State.HELD


def test_a_lapsed_hold_of_staff_is_taken_up_beyond_the_online_part(hold, office, set_time):
    held = hold(by_staff=True)
    set_time(TUESDAY + timedelta(minutes=16))
    expire_holds(office)
    hold()
    hold()
    booked = confirm_appointment(held.pk, name="Erika", email="", by_staff=True)
    assert (booked.state, taken(START)) == (Appointment.State.BOOKED, 3)


# Without e-mail --------------------------------------------------------------------


def test_a_caller_without_mail_gets_a_code_and_no_mail_is_written(book):
    booked = book(email="", by_staff=True)
    assert booked.code
    assert booked.name == "Erika"
    assert OutboxMail.objects.count() == 0


def test_cancelling_it_writes_no_mail_either(book):
    cancel_appointment(book(email="", by_staff=True).pk)
    assert OutboxMail.objects.count() == 0
    assert taken(START) == 0


@pytest.mark.parametrize(("email", "by_staff"), [("", False), ("nobody", True), ("nobody", False)])
def test_a_wrong_address_is_refused_and_none_only_where_a_citizen_books(hold, email, by_staff):
    held = hold(by_staff=by_staff)
    with pytest.raises(DetailsInvalid) as refused:
        confirm_appointment(held.pk, name="Erika", email=email, by_staff=by_staff)
    assert list(refused.value.fields) == ["email"]


# Moving a booking ------------------------------------------------------------------


def test_a_moved_booking_keeps_code_and_details_and_gives_back_its_place(book):
    booked = book()
    moved = move_appointment(booked.pk, start=LATER)
    assert (moved.pk, moved.code, moved.name) == (booked.pk, booked.code, "Erika")
    assert (moved.start, moved.end) == (LATER, LATER + timedelta(minutes=10))
    assert (taken(START), taken(LATER)) == (0, 1)


def test_a_mail_tells_the_new_time_as_a_revision(book):
    booked = book()
    move_appointment(booked.pk, start=LATER)
    mails = OutboxMail.objects.order_by("sequence").values_list("kind", "sequence", "recipient")
    assert list(mails) == [
        ("confirmation", 0, "erika@example.org"),
        ("confirmation", 1, "erika@example.org"),
    ]


def test_moving_to_the_same_time_changes_nothing(book):
    booked = book()
    assert move_appointment(booked.pk, start=START).sequence == 0
    assert taken(START) == 1


def test_staff_move_to_a_place_citizens_do_not_get(book, hold):
    booked = book()
    hold(LATER)
    hold(LATER)
    with pytest.raises(SlotTaken):
        move_appointment(booked.pk, start=LATER)
    assert taken(START) == 1
    moved = move_appointment(booked.pk, start=LATER, by_staff=True)
    assert (moved.by_staff, taken(START), taken(LATER)) == (True, 0, 3)


def test_a_time_the_office_does_not_have_leaves_the_booking_where_it_is(book):
    booked = book()
    for start in (START.replace(hour=13), TUESDAY - timedelta(days=7)):
        with pytest.raises(OutsideHours):
            move_appointment(booked.pk, start=start)
    booked.refresh_from_db()
    assert (booked.start, taken(START)) == (START, 1)


def test_what_is_cancelled_over_or_only_held_is_not_moved(book, hold, set_time):
    held, cancelled, over = hold(), book(), book(LATER)
    cancel_appointment(cancelled.pk)
    set_time(LATER)
    for appointment in (held, cancelled, over):
        with pytest.raises(AppointmentEnded):
            move_appointment(appointment.pk, start=LATER + timedelta(hours=1))


def test_whoever_has_checked_in_is_not_moved(book, office):
    today = TUESDAY + timedelta(minutes=30)
    booked = book(today)
    check_in(office=office, code=booked.code, actor=CITIZEN)
    with pytest.raises(AlreadyCheckedIn):
        move_appointment(booked.pk, start=LATER)


def test_the_desk_hears_when_an_appointment_of_today_goes_or_comes(book, office):
    today = TUESDAY + timedelta(minutes=30)
    booked = book(today)
    version = Queue.objects.get(pk=office.pk).version
    move_appointment(booked.pk, start=LATER)
    assert Queue.objects.get(pk=office.pk).version == version + 1
    move_appointment(booked.pk, start=LATER + timedelta(minutes=10))
    assert Queue.objects.get(pk=office.pk).version == version + 1
    move_appointment(booked.pk, start=today)
    assert Queue.objects.get(pk=office.pk).version == version + 2


def test_a_hold_is_moved_with_what_its_maker_may(hold, items):
    held = hold(by_staff=True)
    hold(LATER)
    hold(LATER)
    assert move_hold(held.pk, items=items, start=LATER).start == LATER
