from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import IntegrityError

from booking.domain import holding
from booking.domain.actor import CITIZEN
from booking.domain.appointments import items_of
from booking.domain.arrivals import check_in
from booking.domain.cancelling import cancel_appointment
from booking.domain.confirming import confirm_appointment
from booking.domain.contact_details import clean_details
from booking.domain.errors import (
    AlreadyCheckedIn,
    AppointmentEnded,
    DetailsInvalid,
    HoldElsewhere,
    KeyReused,
    NotOnline,
    OutsideHours,
    SlotTaken,
)
from booking.domain.holding import hold_appointment, move_hold
from booking.domain.holds import expire_holds
from booking.domain.hours import remove_opening_hours, save_opening_hours
from booking.domain.items import Item
from booking.models import Appointment, OutboxMail, Queue, Slot
from tests import factories
from tests.conftest import BERLIN, TUESDAY

START = datetime(2026, 12, 1, 8, 0, tzinfo=BERLIN)
DETAILS = {"name": "Erika Mustermann", "email": "erika@example.org", "phone": "03441 123-45"}
State = Appointment.State


@pytest.fixture
def items(offering):
    return [Item(offering, 2)]


@pytest.fixture
def hold(office, items):
    def make(start=START, **options):
        return hold_appointment(
            office=office, items=options.pop("items", items), start=start, **options
        )

    return make


def booked():
    """The minutes after ``START`` at which a place is taken, and how many."""
    return {
        (slot.start - START) // timedelta(minutes=1): slot.booked
        for slot in Slot.objects.filter(booked__gt=0)
    }


def test_a_hold_takes_every_unit_it_needs_for_fifteen_minutes(hold, offering):
    held = hold()
    assert held.state == State.HELD
    assert held.end - held.start == timedelta(minutes=20)
    assert held.expires_at == TUESDAY + timedelta(minutes=15)
    assert len(held.code) == 8
    assert items_of(held) == [Item(offering, 2)]
    assert booked() == {0: 1, 10: 1}


def test_a_start_in_local_time_is_kept_in_utc(hold):
    assert hold().start.tzinfo == UTC


@pytest.mark.parametrize(
    "start",
    [
        TUESDAY,
        TUESDAY - timedelta(days=7),
        START + timedelta(minutes=5),
        START + timedelta(seconds=1),
        START + timedelta(days=1),
        START - timedelta(minutes=10),
        datetime.combine(TUESDAY.date() + timedelta(days=63), time(8), BERLIN),
        datetime.min.replace(tzinfo=BERLIN),
        datetime.max.replace(tzinfo=BERLIN),
    ],
)
def test_no_hold_outside_the_hours_and_the_horizon(hold, start):
    with pytest.raises(OutsideHours):
        hold(start)
    assert Appointment.objects.count() == 0


def test_the_last_day_of_the_horizon_can_be_held(hold):
    hold(datetime.combine(TUESDAY.date() + timedelta(days=56), time(8), BERLIN))


def test_an_appointment_must_end_before_closing(hold):
    with pytest.raises(SlotTaken):
        hold(datetime(2026, 12, 1, 11, 50, tzinfo=BERLIN))
    assert booked() == {}


def test_a_full_time_names_the_nearest_free_ones(hold):
    hold(), hold()
    with pytest.raises(SlotTaken) as refusal:
        hold()
    nearest = [start.strftime("%H:%M") for start in refusal.value.alternatives]
    assert nearest == ["08:20", "08:30", "08:40", "08:50", "09:00"]


def test_a_hold_that_has_run_out_makes_room(hold, set_time):
    first, _second = hold(), hold()
    set_time(TUESDAY + timedelta(minutes=15))
    third = hold()
    first.refresh_from_db()
    assert (first.state, third.state) == (State.EXPIRED, State.HELD)
    assert booked() == {0: 1, 10: 1}


def test_what_is_not_online_cannot_be_held(office, hold):
    with pytest.raises(NotOnline):
        hold(items=[Item(factories.OfferingFactory(office=office, online=False), 1)])


def test_the_same_key_with_the_same_request_answers_the_same_hold(hold):
    assert hold(idempotency_key="click").pk == hold(idempotency_key="click").pk
    assert booked() == {0: 1, 10: 1}


def test_the_same_key_with_another_request_is_refused(hold, offering):
    hold(idempotency_key="click")
    with pytest.raises(KeyReused):
        hold(START + timedelta(minutes=10), idempotency_key="click")
    with pytest.raises(KeyReused):
        hold(items=[Item(offering, 1)], idempotency_key="click")


def test_a_key_is_known_at_its_office_alone(hold):
    first = hold(idempotency_key="click")
    other = factories.OfficeFactory()
    factories.make_hours(other)
    items = [Item(factories.OfferingFactory(office=other), 1)]
    second = hold_appointment(office=other, items=items, start=START, idempotency_key="click")
    assert first.pk != second.pk


def test_a_code_that_is_taken_is_drawn_again(hold, monkeypatch):
    codes = iter(["11111111", "11111111", "22222222"])
    monkeypatch.setattr(holding, "new_digits", lambda _count: next(codes))
    assert (hold().code, hold().code) == ("11111111", "22222222")
    assert booked() == {0: 2, 10: 2}


def test_codes_are_not_drawn_for_ever(hold, monkeypatch):
    monkeypatch.setattr(holding, "new_digits", lambda _count: "11111111")
    hold()
    with pytest.raises(IntegrityError):
        hold()
    assert booked() == {0: 1, 10: 1}


def test_moving_gives_back_the_old_place_and_begins_the_time_anew(hold, items, set_time):
    held = hold()
    set_time(TUESDAY + timedelta(minutes=5))
    moved = move_hold(held.pk, items=items, start=START + timedelta(minutes=10))
    assert moved.pk == held.pk
    assert moved.expires_at == TUESDAY + timedelta(minutes=20)
    assert booked() == {10: 1, 20: 1}


def test_moving_to_other_services_changes_the_length(hold, offering):
    moved = move_hold(hold().pk, items=[Item(offering, 3)], start=START)
    assert items_of(moved) == [Item(offering, 3)]
    assert booked() == {0: 1, 10: 1, 20: 1}


def test_moving_to_a_full_time_keeps_the_old_place(hold, items):
    hold(), hold()
    held = hold(START + timedelta(hours=1))
    with pytest.raises(SlotTaken) as refusal:
        move_hold(held.pk, items=items, start=START)
    assert len(refusal.value.alternatives) == 5
    held.refresh_from_db()
    assert held.start == START + timedelta(hours=1)
    assert booked() == {0: 2, 10: 2, 60: 1, 70: 1}


def test_moving_to_a_time_whose_holds_have_run_out(hold, items, set_time):
    hold(), hold()
    set_time(TUESDAY + timedelta(minutes=10))
    held = hold(START + timedelta(hours=1))
    set_time(TUESDAY + timedelta(minutes=16))
    move_hold(held.pk, items=items, start=START)
    assert booked() == {0: 1, 10: 1}


def test_a_hold_that_has_run_out_can_be_taken_up_by_moving(hold, items, set_time):
    held = hold()
    set_time(TUESDAY + timedelta(hours=1))
    assert move_hold(held.pk, items=items, start=START).state == State.HELD
    assert booked() == {0: 1, 10: 1}


def test_a_booking_is_not_moved_as_a_hold(hold, items):
    held = hold()
    confirm_appointment(held.pk, **DETAILS)
    with pytest.raises(AppointmentEnded):
        move_hold(held.pk, items=items, start=START + timedelta(hours=1))


def test_confirming_books_and_writes_one_mail_however_often_it_is_clicked(hold):
    held = hold()
    for _ in range(2):
        confirmed = confirm_appointment(held.pk, **DETAILS)
    assert confirmed.state == State.BOOKED
    assert confirmed.expires_at is None
    assert (confirmed.name, confirmed.phone) == ("Erika Mustermann", "03441 123-45")
    assert [mail.kind for mail in OutboxMail.objects.all()] == ["confirmation"]


def test_a_lapsed_hold_is_taken_up_again_while_its_time_is_free(hold, office, set_time):
    held = hold()
    set_time(TUESDAY + timedelta(minutes=20))
    expire_holds(office)
    assert booked() == {}
    assert confirm_appointment(held.pk, **DETAILS).state == State.BOOKED
    assert booked() == {0: 1, 10: 1}


def test_a_lapsed_hold_is_taken_up_in_changed_hours_that_cover_it(hold, office, set_time):
    held = hold()
    set_time(TUESDAY + timedelta(minutes=20))
    expire_holds(office)
    hours = office.opening_hours.get()
    hours.unit_minutes = 15
    save_opening_hours(hours)
    confirm_appointment(held.pk, **DETAILS)
    assert booked() == {0: 1, 15: 1}


def test_a_lapsed_hold_whose_time_is_gone_is_offered_others(hold, office, set_time):
    held = hold()
    set_time(TUESDAY + timedelta(minutes=20))
    hold(), hold()
    with pytest.raises(SlotTaken) as refusal:
        confirm_appointment(held.pk, **DETAILS)
    assert len(refusal.value.alternatives) == 5
    assert OutboxMail.objects.count() == 0


def test_a_lapsed_hold_whose_hours_are_gone_is_refused(hold, office, set_time):
    held = hold()
    set_time(TUESDAY + timedelta(minutes=20))
    expire_holds(office)
    remove_opening_hours(office.opening_hours.get())
    with pytest.raises(SlotTaken):
        confirm_appointment(held.pk, **DETAILS)


def test_a_hold_stays_when_its_hours_go_and_can_be_confirmed(hold, office):
    held = hold()
    remove_opening_hours(office.opening_hours.get())
    assert confirm_appointment(held.pk, **DETAILS).state == State.BOOKED
    assert cancel_appointment(held.pk).state == State.CANCELLED


def test_a_hold_that_was_moved_elsewhere_is_not_confirmed_unseen(hold, items):
    held = hold()
    move_hold(held.pk, items=items, start=START + timedelta(hours=1))
    with pytest.raises(HoldElsewhere):
        confirm_appointment(held.pk, **DETAILS, expected_start=START)


def test_what_has_begun_is_neither_confirmed_nor_cancelled(hold, set_time):
    held = hold()
    set_time(START)
    with pytest.raises(SlotTaken):
        confirm_appointment(held.pk, **DETAILS)
    with pytest.raises(AppointmentEnded):
        cancel_appointment(held.pk)


def test_cancelling_a_booking_frees_its_places_and_tells_by_mail(hold):
    held = hold()
    confirm_appointment(held.pk, **DETAILS)
    for _ in range(2):
        cancelled = cancel_appointment(held.pk)
    assert (cancelled.state, cancelled.sequence) == (State.CANCELLED, 1)
    assert booked() == {}
    kinds = OutboxMail.objects.order_by("kind").values_list("kind", flat=True)
    assert list(kinds) == ["cancellation", "confirmation"]


def test_cancelling_a_hold_tells_nobody(hold):
    assert cancel_appointment(hold().pk).state == State.CANCELLED
    assert booked() == {}
    assert OutboxMail.objects.count() == 0


def test_a_cancelled_hold_is_not_confirmed(hold):
    held = hold()
    cancel_appointment(held.pk)
    with pytest.raises(AppointmentEnded):
        confirm_appointment(held.pk, **DETAILS)


def test_who_has_checked_in_does_not_cancel_any_more(hold, office):
    held = hold(TUESDAY + timedelta(minutes=30))
    confirm_appointment(held.pk, **DETAILS)
    check_in(office=office, code=held.code, actor=CITIZEN)
    with pytest.raises(AlreadyCheckedIn):
        cancel_appointment(held.pk)


def test_only_todays_appointments_change_what_the_desk_shows(hold, office):
    confirm_appointment(hold().pk, **DETAILS)
    assert not Queue.objects.filter(office=office, version__gt=0).exists()
    confirm_appointment(hold(TUESDAY + timedelta(minutes=30)).pk, **DETAILS)
    assert Queue.objects.get(office=office).version == 1


def test_details_are_trimmed():
    assert clean_details(name="  Erika \t Mustermann ", email=" e@example.org ", phone="") == {
        "name": "Erika Mustermann",
        "email": "e@example.org",
        "phone": "",
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "x" * 121),
        ("name", "Erika\x00Mustermann"),
        ("name", "Erika\u202eMustermann"),
        ("email", ""),
        ("email", "erika"),
        ("email", "erika@example.org\nBcc: all@example.org"),
        ("email", "erika\x00@example.org"),
        ("email", "e" * 250 + "@example.org"),
        ("phone", "1234"),
        ("phone", "call me 12345"),
        ("phone", "1" * 41),
        ("phone", "١٢٣٤٥"),
    ],
)
def test_each_wrong_detail_has_its_own_sentence(field, value):
    with pytest.raises(DetailsInvalid) as refusal:
        clean_details(**DETAILS | {field: value})
    assert list(refusal.value.fields) == [field]
