"""With an appointment: every code has its own answer."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from booking import clock
from booking.domain.actor import CITIZEN
from booking.domain.arrivals import draw_ticket
from booking.domain.cancelling import cancel_appointment
from booking.domain.counters import open_counter
from booking.domain.devices import make_device
from booking.domain.items import Item
from booking.domain.links import appointment_link, ticket_link
from booking.domain.visits import call_next, leave
from booking.models import Visit
from tests import factories
from tests.conftest import TUESDAY

NEXT_TUESDAY = TUESDAY + timedelta(days=7)


def send(kiosk, code, key="a-key-of-this-page"):
    return kiosk.post(reverse("kiosk_check_in"), {"code": code, "key": key})


def text(answer):
    return answer.content.decode()


def heading(answer):
    return answer.context["answer"].heading


@pytest.fixture(autouse=True)
def _english():
    """The English pages: their sentences are those of the code."""
    with translation.override("en"):
        yield


def test_the_code_makes_a_visit_and_leads_to_the_number(kiosk, device, book):
    appointment = book()
    answer = send(kiosk, appointment.code)
    visit = Visit.objects.get()
    assert answer.url == reverse("kiosk_ticket", args=[visit.pk])
    assert (visit.appointment, visit.events.get().device) == (appointment, device)
    page = kiosk.get(answer.url)
    assert page.context["slip"].big == "A001"


def test_whoever_needs_assistance_says_so_where_the_office_asks(kiosk, office, book):
    code = book().code
    page = reverse("kiosk_check_in")
    said = {"code": code, "key": "a-key-of-this-page", "assisted": "1"}
    assert 'name="assisted"' not in text(kiosk.get(page))
    office.kiosk_asks_assistance = True
    office.save()
    assert 'name="assisted"' in text(kiosk.get(page))
    assert 'value="1" checked' in text(kiosk.post(page, said | {"code": "12345678"}))
    assert kiosk.post(page, said).status_code == 302
    assert Visit.objects.get().priority == "assisted"


def test_where_the_office_does_not_ask_nobody_needs_assistance(kiosk, book):
    said = {"code": book().code, "key": "a-key-of-this-page", "assisted": "1"}
    assert kiosk.post(reverse("kiosk_check_in"), said).status_code == 302
    assert Visit.objects.get().priority == "normal"


def test_the_code_may_be_grouped(kiosk, book):
    code = book().code
    assert send(kiosk, f" {code[:4]} {code[4:]} ").status_code == 302


def test_the_pages_need_no_session(kiosk, book):
    answer = send(kiosk, book().code)
    kiosk.get(answer.url)
    assert "sessionid" not in kiosk.cookies


@pytest.mark.parametrize("hyphen", ["-", "ß", "/", "'"])
def test_a_scanned_address_checks_in_whatever_the_scanners_keyboard(kiosk, book, hyphen):
    appointment = book()
    scanned = ticket_link(appointment.pk).replace("-", hyphen)
    assert send(kiosk, scanned).status_code == 302


def test_the_secret_link_checks_in_too(kiosk, book):
    assert send(kiosk, appointment_link(book())).status_code == 302


def test_a_double_tap_makes_one_visit(kiosk, book):
    code = book().code
    first, second = send(kiosk, code), send(kiosk, code)
    assert first.url == second.url
    assert Visit.objects.count() == 1


def test_the_key_of_another_check_in_shows_nobody_elses_number(kiosk, book):
    send(kiosk, book().code)
    answer = send(kiosk, book().code)
    assert heading(answer) == "Please choose again"


def test_who_has_already_checked_in_sees_the_number_again(kiosk, book):
    code = book().code
    send(kiosk, code)
    answer = send(kiosk, code, key="the-key-of-a-later-page")
    assert heading(answer) == "You have already checked in"
    assert "A001" in text(answer)
    assert reverse("kiosk_print_again", args=[Visit.objects.get().pk]) in text(answer)


def test_an_appointment_already_used_shows_no_number(kiosk, book):
    code = book().code
    send(kiosk, code)
    leave(Visit.objects.get().pk, actor=CITIZEN)
    answer = send(kiosk, code, key="the-key-of-a-later-page")
    assert heading(answer) == "You were already called"
    assert "A001" not in text(answer)


def test_who_is_being_called_is_sent_to_the_counter(kiosk, book, counter, clerk):
    code = book().code
    send(kiosk, code)
    open_counter(counter.pk, staff=clerk)
    call_next(counter.pk, staff=clerk)
    answer = send(kiosk, code, key="the-key-of-a-later-page")
    assert heading(answer) == "It is your turn"
    assert counter.label in answer.context["answer"].sentence


def test_a_ticket_scanned_at_the_kiosk_shows_its_number_again(kiosk, office, offering):
    visit = draw_ticket(office=office, items=[Item(offering, 1)], actor=CITIZEN)
    answer = send(kiosk, ticket_link(visit.pk))
    assert (answer.context["answer"].big, answer.context["visit"]) == ("A001", visit)


def test_a_ticket_of_another_office_is_unknown(kiosk):
    elsewhere = factories.OfferingFactory()
    factories.make_hours(elsewhere.office)
    visit = draw_ticket(office=elsewhere.office, items=[Item(elsewhere, 1)], actor=CITIZEN)
    assert send(kiosk, ticket_link(visit.pk)).context["error"] == "unknown"


def test_early_says_when_check_in_opens(kiosk, book):
    answer = send(kiosk, book(TUESDAY + timedelta(hours=2)).code)
    assert (heading(answer), answer.context["answer"].big) == ("You are early", "10:30")


def test_late_offers_a_ticket(kiosk, book, set_time):
    appointment = book()
    set_time(appointment.start + timedelta(minutes=61))
    answer = send(kiosk, appointment.code)
    assert heading(answer) == "Your appointment is over"
    assert reverse("kiosk_services") in text(answer)


def test_late_offers_no_ticket_when_none_is_left(kiosk, book, set_time, office):
    office.daily_tickets = 0
    office.save()
    appointment = book()
    set_time(appointment.start + timedelta(minutes=61))
    assert reverse("kiosk_services") not in text(send(kiosk, appointment.code))


def test_another_day_says_which(kiosk, book):
    answer = send(kiosk, book(NEXT_TUESDAY).code)
    assert heading(answer) == "Your appointment is not today"
    assert answer.context["answer"].big == "on Tuesday 1\xa0December at 09:30"


def test_a_past_day_does_not_ask_to_come_back(kiosk, book, set_time):
    appointment = book()
    set_time(NEXT_TUESDAY)
    answer = send(kiosk, appointment.code)
    assert "book a new one" in answer.context["answer"].sentence


def test_another_office_of_the_town_is_named_with_its_address(kiosk, office, book):
    elsewhere = factories.OfficeFactory(
        authority=office.authority, name="Kita", address="Schulstraße 4"
    )
    factories.make_hours(elsewhere)
    code = book(offering=factories.OfferingFactory(office=elsewhere)).code
    answer = send(kiosk, code)
    assert heading(answer) == "Your appointment is somewhere else"
    assert "Schulstraße 4" in text(answer)


def test_another_towns_code_is_unknown(kiosk, book):
    elsewhere = factories.OfficeFactory()
    factories.make_hours(elsewhere)
    answer = send(kiosk, book(offering=factories.OfferingFactory(office=elsewhere)).code)
    assert answer.context["error"] == "unknown"


def test_a_cancelled_appointment_offers_a_ticket(kiosk, book):
    appointment = book()
    cancel_appointment(appointment.pk)
    answer = send(kiosk, appointment.code)
    assert heading(answer) == "This appointment was cancelled"
    assert reverse("kiosk_services") in text(answer)


def test_an_unknown_code_stays_in_the_field(kiosk, office):
    answer = send(kiosk, "12345678")
    assert answer.context["error"] == "unknown"
    assert 'value="12345678"' in text(answer)


@pytest.mark.parametrize(
    "code",
    [
        "\x00",
        "<script>alert(1)</script>",
        "'; drop table booking_visit; --",
        "9" * 100_000,
        "٣٤٥٦٧٨٩٠",
        "f" * 64,
        "00000000-0000-0000-0000-000000000000",
        "a" * 8 + "-" + "b" * 4 + "-b" * 20,
        "http://elsewhere.example/" + "0" * 200,
    ],
)
def test_hostile_input_is_an_unknown_code(kiosk, office, code):
    answer = send(kiosk, code)
    assert (answer.status_code, answer.context["error"]) == (200, "unknown")
    assert "<script>alert" not in text(answer)


def test_an_empty_code_asks_for_the_digits(kiosk, office):
    assert send(kiosk, "  ").context["error"] == "empty"


@pytest.mark.parametrize("key", ["", "short", "x" * 5000, "<b>", "\x00" * 20])
def test_a_tampered_key_is_ignored(kiosk, book, key):
    assert send(kiosk, book().code, key=key).status_code == 302


def test_guessing_is_slowed_down_and_the_kiosk_is_usable_again(kiosk, book, set_time):
    appointment = book()
    for _ in range(20):
        send(kiosk, "12345678")
    assert heading(send(kiosk, appointment.code)) == "Please wait a minute"
    set_time(clock.now() + timedelta(minutes=1))
    assert send(kiosk, appointment.code).status_code == 302


def test_a_scanned_id_cannot_be_guessed_and_is_not_slowed_down(kiosk, book):
    appointment = book()
    for _ in range(21):
        send(kiosk, "12345678")
    assert send(kiosk, ticket_link(appointment.pk)).status_code == 302


def test_each_kiosk_has_its_own_limit(kiosk, office, book, client):
    for _ in range(21):
        send(kiosk, "12345678")
    client.cookies["schalter_kiosk"] = make_device(kind="kiosk", office=office)[1]
    assert send(client, book().code).status_code == 302
