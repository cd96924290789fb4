from datetime import timedelta

import pytest

from booking import clock
from booking.domain.actor import CITIZEN
from booking.domain.arrivals import check_in
from booking.domain.cancelling import cancel_appointment
from booking.domain.errors import AppointmentEnded, NoAddress
from booking.domain.reception import (
    FOUND_AT_MOST,
    find_appointments,
    resend_confirmation,
    spellings,
)
from booking.models import Appointment, OutboxMail
from tests import factories
from tests.conftest import TUESDAY
from tests.queue_display.desk_people import booked

AT_TEN = TUESDAY.replace(hour=10, minute=0)
TOMORROW = AT_TEN + timedelta(days=1)


@pytest.fixture
def book(offering):
    def book(start=AT_TEN, name="Familie Muster", **changes):
        appointment = booked(offering, start, name)
        Appointment.objects.filter(pk=appointment.pk).update(**changes)
        appointment.refresh_from_db()
        return appointment

    return book


@pytest.fixture
def find(office):
    return lambda typed: list(find_appointments(office, typed).appointments)


def test_nothing_typed_shows_who_may_still_come_today(book, find, office, offering):
    here = book()
    check_in(office=office, code=here.code, actor=CITIZEN)
    late = book(TUESDAY - timedelta(minutes=59))
    book(TUESDAY - timedelta(minutes=61))
    book(TOMORROW)
    soon = book(AT_TEN + timedelta(hours=1))
    assert find("") == [late, soon]


@pytest.mark.parametrize("typed", ["muster", "MUSTER", "fam must", "Muster Familie", " uste "])
def test_a_name_is_found_by_its_parts_in_any_order(book, find, typed):
    someone = book()
    book(name="Jemand Anderes")
    assert find(typed) == [someone]


@pytest.mark.parametrize("written", ["Jörg Müller-Groß", "Joerg Mueller-Gross"])
@pytest.mark.parametrize("typed", ["Müller", "mueller", "MÜLLER", "groß", "Gross", "jörg", "Joerg"])
def test_a_name_is_found_as_it_sounds(book, find, written, typed):
    someone = book(name=written)
    assert find(typed) == [someone]


def test_a_name_with_a_capital_umlaut_is_found(book, find):
    someone = book(name="Özlem Öztürk")
    assert find("özt") == find("ÖZT") == find("oezt") == [someone]


@pytest.mark.parametrize("typed", ["\0", "Mu\0ster", "10:3\x000", "1234\0"])
def test_what_no_database_stores_can_be_looked_for(find, typed):
    find(typed)


def test_wildcards_are_letters_like_others(book, find):
    book()
    assert find("%%%") == find("___") == []


@pytest.mark.parametrize("typed", ["10", "10:00", "1000", "10.00", "10 Uhr", "10:00 Uhr"])
def test_a_time_finds_todays_appointments(book, find, typed):
    at_ten = book()
    book(AT_TEN + timedelta(hours=1))
    book(TOMORROW)
    assert find(typed) == [at_ten]


def test_an_hour_finds_all_that_begin_in_it(book, find):
    first, second = book(), book(AT_TEN + timedelta(minutes=50))
    assert find("10") == [first, second]
    assert find("10:50") == [second]
    assert find("99") == find("1075") == []


@pytest.mark.parametrize("typed", ["87654321", "8765 4321", "8765-4321", "876", "87654"])
def test_a_code_finds_its_appointment_on_any_day(book, find, typed):
    someone = book(TOMORROW, code="87654321")
    book(code="12345678")
    assert find(typed) == [someone]


def test_other_days_are_looked_through_from_the_third_letter_on(book, find):
    today, tomorrow = book(), book(TOMORROW)
    assert find("mu") == [today]
    assert find("mus") == [today, tomorrow]


def test_what_is_past_or_cancelled_or_another_offices_or_blanked_is_not_found(
    book, find, office, set_time
):
    book(AT_TEN - timedelta(days=1))
    gone = book(TOMORROW, code="87654321")
    cancel_appointment(gone.pk)
    elsewhere = factories.OfferingFactory(
        office=factories.OfficeFactory(authority=office.authority)
    )
    booked(elsewhere, AT_TEN)
    blanked = Appointment.objects.filter(pk=book().pk)
    blanked.update(name="", email="", code=None, blanked_at=clock.now())
    assert find("muster") == find("87654321") == find("10") == []


def test_never_more_are_shown_than_fit_on_a_screen(book, office):
    for _number in range(FOUND_AT_MOST):
        book()
    assert not find_appointments(office, "muster").is_more
    book()
    found = find_appointments(office, "muster")
    assert (len(found.appointments), found.is_more) == (FOUND_AT_MOST, True)


def test_the_number_of_queries_does_not_grow(book, find, django_assert_num_queries):
    for count in (1, 10):
        for _number in range(count):
            book()
        with django_assert_num_queries(2):
            for appointment in find("muster"):
                str([item.offering.service for item in appointment.items.all()])
                assert getattr(appointment, "visit", None) is None


def test_spellings_of_a_name():
    assert spellings("Groß") == {"groß", "Groß", "gross", "Gross"}


# The confirmation again ------------------------------------------------------------


def test_a_confirmation_is_written_again_but_not_while_one_still_waits(book):
    someone = book()
    resend_confirmation(someone.pk)
    resend_confirmation(someone.pk)
    assert OutboxMail.objects.count() == 1
    OutboxMail.objects.update(state="sent", recipient="", sent_at=clock.now())
    resend_confirmation(someone.pk)
    assert OutboxMail.objects.filter(state="pending", recipient=someone.email).count() == 1


def test_without_address_or_appointment_nothing_is_written(book, set_time):
    with pytest.raises(NoAddress):
        resend_confirmation(book(email="").pk)
    cancelled, over = book(TOMORROW, state="cancelled"), book()
    set_time(over.end)
    for appointment in (cancelled, over):
        with pytest.raises(AppointmentEnded):
            resend_confirmation(appointment.pk)
    assert OutboxMail.objects.count() == 0
