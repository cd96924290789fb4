"""The booking path: whatever a citizen clicks, one appointment comes of it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from booking.citizen.flow import COOKIE
from booking.citizen.secret import appointment_path
from booking.citizen.selection import times_path
from booking.domain.cancelling import cancel_appointment
from booking.domain.confirming import confirm_appointment
from booking.models import Appointment, OutboxMail, Slot
from tests.conftest import TUESDAY

from .conftest import DETAILS, english, take_all

State = Appointment.State


def only_appointment() -> Appointment:
    return Appointment.objects.get()


def test_a_citizen_books_in_three_steps(citizen, ten):
    appointment = citizen.held(ten)
    assert appointment.state == State.HELD
    assert "10:00" in citizen.page(appointment).content.decode()
    response = citizen.send(appointment)
    assert response.status_code == 302
    booked = only_appointment()
    assert (booked.state, booked.name, booked.email) == (
        State.BOOKED,
        "Kim Muster",
        "kim@example.org",
    )
    assert booked.code[:4] in citizen.client.get(response.url).content.decode()
    assert OutboxMail.objects.count() == 1


def test_second_click_on_a_time_holds_it_once(citizen, ten):
    citizen.times()
    first, second = citizen.hold(ten), citizen.hold(ten)
    assert first.url == second.url
    assert Appointment.objects.count() == 1
    assert Slot.objects.filter(booked__gt=0).count() == 1


def test_a_browser_without_cookies_holds_once_by_the_form(citizen, ten):
    flow = citizen.times().context["flow"]
    citizen.client.cookies.clear()
    citizen.hold(ten, flow)
    citizen.client.cookies.clear()
    citizen.hold(ten, flow)
    assert Appointment.objects.count() == 1


def test_second_click_on_book_books_once(citizen, ten):
    appointment = citizen.held(ten)
    first, second = citizen.send(appointment), citizen.send(appointment)
    assert first.url == second.url
    assert only_appointment().state == State.BOOKED
    assert OutboxMail.objects.count() == 1


def test_reload_of_the_details_keeps_the_hold(citizen, ten):
    appointment = citizen.held(ten)
    citizen.page(appointment)
    citizen.page(appointment)
    assert only_appointment().state == State.HELD
    assert only_appointment().expires_at == appointment.expires_at


def test_back_button_and_another_time_moves_the_hold(citizen, ten, ten_past):
    held = citizen.held(ten)
    moved = citizen.appointment_of(citizen.hold(ten_past))
    assert moved == held
    assert only_appointment().start == ten_past
    assert list(Slot.objects.filter(booked__gt=0).values_list("start", flat=True)) == [ten_past]


def test_back_button_after_booking_leads_to_the_booking(citizen, ten, ten_past):
    """The page of times the browser kept still belongs to the flow that is booked."""
    flow = citizen.times().context["flow"]
    appointment = citizen.appointment_of(citizen.hold(ten, flow))
    citizen.send(appointment)
    response = citizen.hold(ten_past, flow)
    assert response.url == appointment_path(appointment) + "?already=booked"
    assert only_appointment().start == ten
    page = citizen.client.get(english(response.url))
    assert b"You have already booked this appointment" in page.content
    assert reverse("choose", args=[citizen.office.pk]).encode() in page.content


def test_back_to_a_fresh_page_of_times_after_booking_asks_whether_another_is_meant(citizen, ten):
    citizen.send(citizen.held(ten))
    address = english(times_path(citizen.office, citizen.items))
    sentence = b"Please choose a time here only if you need another appointment."
    assert sentence in citizen.client.get(address).content
    assert sentence not in citizen.client.get(address).content


def test_after_a_booking_the_same_browser_can_book_another(citizen, ten, ten_past):
    citizen.send(citizen.held(ten))
    assert citizen.client.cookies[COOKIE].value == "booked"
    citizen.send(citizen.held(ten_past))
    assert Appointment.objects.filter(state=State.BOOKED).count() == 2


def test_an_answer_lost_on_the_way_does_not_block_the_next_booking(citizen, ten, ten_past):
    """Booked, but the answer that forgets the flow never came: asked once, then free."""
    appointment = citizen.held(ten)
    confirm_appointment(appointment.pk, **DETAILS)
    assert citizen.appointment_of(citizen.hold(ten_past)) == appointment
    assert citizen.appointment_of(citizen.hold(ten_past)) != appointment


def test_two_tabs_that_choose_times_share_one_hold(citizen, ten, ten_past):
    flow = citizen.times().context["flow"]
    assert citizen.times().context["flow"] == flow
    citizen.hold(ten, flow)
    citizen.hold(ten_past, flow)
    assert only_appointment().start == ten_past


def test_the_older_tab_is_told_which_time_is_held_now(citizen, ten, ten_past):
    older = citizen.held(ten)
    citizen.hold(ten_past)
    response = citizen.client.post(
        english(appointment_path(older)), {**DETAILS, "expected_start": ten.isoformat()}
    )
    page = response.content.decode()
    assert response.status_code == 409
    assert only_appointment().state == State.HELD
    assert "You have chosen another time in another window." in page
    assert "We are now keeping Tuesday, 24 November, 10:10 for you." in page
    assert 'value="Kim Muster"' in page
    assert 'value="kim@example.org"' in page


def test_the_older_tab_can_book_the_time_now_held(citizen, ten, ten_past):
    older = citizen.held(ten)
    citizen.hold(ten_past)
    response = citizen.send(older)
    assert response.context["start"] == ten_past
    citizen.send(older, expected_start=ten_past.isoformat())
    assert (only_appointment().state, only_appointment().start) == (State.BOOKED, ten_past)


def test_the_older_tab_can_go_back_to_its_time(citizen, ten, ten_past):
    older = citizen.held(ten)
    citizen.hold(ten_past)
    response = citizen.send(older, move_to=ten.isoformat())
    assert only_appointment().start == ten
    assert 'value="Kim Muster"' in response.content.decode()


def test_the_older_tab_with_a_mistake_is_also_told(citizen, ten, ten_past):
    older = citizen.held(ten)
    citizen.hold(ten_past)
    response = citizen.send(older, email="kim")
    assert response.status_code == 422
    assert response.context["wanted"] == ten
    assert response.context["start"] == ten_past


def test_a_cancelled_booking_leaves_the_browser_free_to_book_again(citizen, ten):
    flow = citizen.times().context["flow"]
    first = citizen.appointment_of(citizen.hold(ten, flow))
    citizen.send(first)
    cancel_appointment(first.pk)
    second = citizen.appointment_of(citizen.hold(ten, flow))
    assert second != first
    assert second.state == State.HELD
    assert citizen.client.cookies[COOKIE].value not in ("", flow)


def test_a_lapsed_hold_is_taken_again_by_booking(citizen, ten, set_time):
    appointment = citizen.held(ten)
    set_time(TUESDAY + timedelta(minutes=20))
    page = citizen.client.get(english(appointment_path(appointment)))
    assert b"It is still free" in page.content
    assert only_appointment().state == State.EXPIRED
    citizen.send(appointment)
    assert only_appointment().state == State.BOOKED


def test_choosing_a_lapsed_time_again_holds_it_anew(citizen, ten, set_time):
    appointment = citizen.held(ten)
    set_time(TUESDAY + timedelta(minutes=20))
    assert citizen.appointment_of(citizen.hold(ten)) == appointment
    renewed = only_appointment()
    assert renewed.state == State.HELD
    assert renewed.expires_at == TUESDAY + timedelta(minutes=35)


def test_a_lapsed_time_taken_by_others_offers_the_nearest(citizen, office, offering, ten, set_time):
    appointment = citizen.held(ten)
    set_time(TUESDAY + timedelta(minutes=20))
    take_all(office, offering, ten)
    response = citizen.page(appointment)
    assert response.templates[0].name == "citizen/slot_gone.html"
    assert response.context["alternatives"][0] == ten + timedelta(minutes=10)


def test_slot_gone_keeps_what_was_typed_out_of_the_address(
    citizen, office, offering, ten, ten_past, set_time
):
    appointment = citizen.held(ten)
    set_time(TUESDAY + timedelta(minutes=20))
    take_all(office, offering, ten)
    gone = citizen.send(appointment)
    assert gone.status_code == 409
    assert 'name="email" value="kim@example.org"' in gone.content.decode()
    moved = citizen.send(appointment, move_to=ten_past.isoformat())
    assert moved.status_code == 200
    assert moved.context["form"]["name"].value() == "Kim Muster"
    assert 'value="kim@example.org"' in moved.content.decode()
    assert citizen.send(moved.context["appointment"]).status_code == 302
    assert Appointment.objects.get(pk=appointment.pk).start == ten_past


def test_a_time_taken_meanwhile_leads_back_with_the_nearest(
    citizen, office, offering, ten, ten_past
):
    citizen.times()
    take_all(office, offering, ten)
    response = citizen.hold(ten)
    assert response.status_code == 302
    page = citizen.client.get(english(response.url))
    assert b"Tuesday, 24 November, 10:00 is no longer free." in page.content
    assert page.context["alternatives"][:2] == [
        ten - timedelta(minutes=20),
        ten - timedelta(minutes=10),
    ]


def test_an_earlier_hold_survives_when_the_new_time_is_gone(
    citizen, office, offering, ten, ten_past
):
    held = citizen.held(ten)
    take_all(office, offering, ten_past)
    response = citizen.client.get(citizen.hold(ten_past).url)
    held.refresh_from_db()
    assert (held.state, held.start) == (State.HELD, ten)
    assert response.context["held"]["path"] == appointment_path(held)


def test_mistakes_are_named_at_their_fields_and_nothing_typed_is_lost(citizen, ten):
    appointment = citizen.held(ten)
    response = citizen.client.post(
        english(appointment_path(appointment)),
        {"name": "", "email": "kim", "phone": "abc", "expected_start": ten.isoformat()},
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert response.context["form"].errors == {
        "name": ["Please enter your name."],
        "email": ["Please enter an e-mail address such as name@example.org."],
        "phone": ["Please enter a phone number with digits, or leave it empty."],
    }
    assert 'value="kim"' in page
    assert 'aria-describedby="id_email_helptext id_email_error"' in page
    assert only_appointment().state == State.HELD


def test_the_phone_number_is_asked_only_where_the_office_wants_it(citizen, office, ten):
    office.ask_phone = False
    office.save()
    assert "id_phone" not in citizen.page(citizen.held(ten)).content.decode()


def test_a_name_is_shown_as_text_whatever_it_holds(citizen, ten):
    appointment = citizen.held(ten)
    page = citizen.send(appointment, name="<script>alert(1)</script>", email="").content
    assert b"<script>alert" not in page
    assert b"&lt;script&gt;alert" in page


@pytest.mark.parametrize(
    "start", ["", "tomorrow", "2026-11-24T10:00", "9" * 50, "0001-01-01T00:00+14:00"]
)
def test_a_start_that_is_none_leads_back_to_the_times(citizen, start):
    data = {"offering": [f"{citizen.items[0].offering.pk}:1"], "start": start}
    response = citizen.client.post(reverse("hold", args=[citizen.office.pk]), data)
    assert response.status_code == 302
    assert response.url.startswith(reverse("times", args=[citizen.office.pk]))
    assert Appointment.objects.count() == 0


def test_the_address_of_holding_leads_to_the_services(citizen):
    response = citizen.client.get(reverse("hold", args=[citizen.office.pk]))
    assert response.url == reverse("choose", args=[citizen.office.pk])


def test_the_flow_is_stored_hashed_and_its_cookie_is_out_of_reach_of_scripts(citizen, ten):
    appointment = citizen.held(ten)
    cookie = citizen.client.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie.value not in appointment.idempotency_key


def test_whoever_takes_too_many_times_has_to_wait(citizen, ten, settings):
    settings.HOLDS_PER_MINUTE = 1
    citizen.client.defaults["REMOTE_ADDR"] = "192.0.2.1"
    citizen.hold(ten)
    response = citizen.client.get(english(citizen.hold(ten).url))
    assert b"Too many attempts. Please wait a minute." in response.content
