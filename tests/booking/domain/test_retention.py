from datetime import datetime, timedelta

import pytest

from booking.domain import retention
from booking.domain.cancelling import cancel_appointment
from booking.domain.confirming import confirm_appointment
from booking.domain.holding import hold_appointment
from booking.domain.items import Item
from booking.domain.outbox import deliver_due_mails
from booking.domain.retention import delete_expired_personal_data
from booking.models import Appointment, OutboxMail
from tests import factories
from tests.conftest import BERLIN

START = datetime(2026, 12, 1, 8, 0, tzinfo=BERLIN)
# Two days of retention: the first moment of the third day after.
OVER = datetime(2026, 12, 4, 0, 0, tzinfo=BERLIN)
PERSONAL = ["name", "email", "phone", "code", "idempotency_key"]


@pytest.fixture
def book(office, offering):
    def make(start=START, where=office, what=offering):
        held = hold_appointment(
            office=where, items=[Item(what, 1)], start=start, idempotency_key="click"
        )
        return confirm_appointment(
            held.pk, name="Erika Mustermann", email="erika@example.org", phone="03441 12345"
        )

    return make


def personal_data_of(appointment):
    return Appointment.objects.values_list(*PERSONAL).get(pk=appointment.pk)


def test_data_is_kept_to_the_last_moment_of_the_retention(book, set_time):
    booked = book()
    before = personal_data_of(booked)
    set_time(OVER - timedelta(seconds=1))
    assert delete_expired_personal_data() == 0
    assert personal_data_of(booked) == before


def test_then_it_is_blanked_once_and_what_happened_remains(book, set_time):
    booked = book()
    set_time(OVER)
    assert delete_expired_personal_data() == 1
    assert delete_expired_personal_data() == 0
    assert personal_data_of(booked) == ("", "", "", None, None)
    booked.refresh_from_db()
    assert (booked.start, booked.state, booked.blanked_at) == (START, "booked", OVER)
    assert booked.items.count() == 1


def test_mails_that_never_left_go_with_it_and_sent_ones_stay(book, set_time):
    booked = book()
    deliver_due_mails()
    cancel_appointment(booked.pk)
    set_time(OVER)
    delete_expired_personal_data()
    assert [mail.state for mail in OutboxMail.objects.all()] == ["sent"]


def test_later_appointments_are_left_alone(book, set_time):
    later = book(START + timedelta(days=7))
    set_time(OVER)
    assert delete_expired_personal_data() == 0
    assert OutboxMail.objects.get().recipient == "erika@example.org"
    assert personal_data_of(later)[0] == "Erika Mustermann"


def test_each_authority_has_its_own_retention(book, set_time):
    office = factories.OfficeFactory(authority__retention_days=30)
    factories.make_hours(office)
    book(where=office, what=factories.OfferingFactory(office=office))
    set_time(OVER)
    assert delete_expired_personal_data() == 0
    set_time(OVER + timedelta(days=28))
    assert delete_expired_personal_data() == 1


def test_much_that_has_piled_up_is_blanked_in_small_transactions(book, set_time, monkeypatch):
    for hour in (8, 9, 10, 11):
        for minute in (0, 30):
            held = START.replace(hour=hour, minute=minute)
            Appointment.objects.filter(pk=book(held).pk).update(idempotency_key=None)
    monkeypatch.setattr(retention, "AT_ONCE", 4)
    set_time(OVER)
    assert delete_expired_personal_data() == 8
    assert not Appointment.objects.filter(blanked_at=None).exists()


def test_the_day_ends_where_the_office_is(book, set_time):
    office = factories.OfficeFactory(time_zone="America/New_York")
    factories.make_hours(office)
    start = datetime(2026, 12, 1, 13, 0, tzinfo=BERLIN).astimezone(office.zone).replace(hour=8)
    book(start, where=office, what=factories.OfferingFactory(office=office))
    set_time(OVER)
    assert delete_expired_personal_data() == 0
    set_time(OVER + timedelta(hours=6))
    assert delete_expired_personal_data() == 1


def test_nobody_needs_to_know_who_cancelled(book):
    booked = book()
    cancelled = cancel_appointment(booked.pk)
    assert (cancelled.name, cancelled.email, cancelled.phone) == ("", "", "")
    assert cancelled.code == booked.code
