"""The visitor's own page, as the server draws it: it is complete without JavaScript."""

from datetime import timedelta
from uuid import uuid4

import pytest

from booking.domain import visits
from booking.domain.actor import Actor
from booking.domain.cancelling import cancel_appointment
from booking.domain.forecast import Wait
from booking.domain.waiting import waiting_visits
from booking.models import Visit
from tests import factories
from tests.conftest import TUESDAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client):
    """The text of a ticket's page, in English."""
    return lambda ticket_id: client.get(f"/en/ticket/{ticket_id}/").content.decode()


@pytest.fixture
def called(arrive, staffed_counter, clerk) -> Visit:
    arrive()
    return visits.call_next(staffed_counter.pk, staff=clerk)


def test_a_waiting_visitor_sees_number_and_people_ahead(page, office, arrive):
    office.directions_en = "Second floor, to the left"
    office.save()
    arrive()
    arrive()
    content = page(waiting_visits(office).last().pk)
    assert "ticket--waiting" in content
    assert "<dd data-ahead>1</dd>" in content
    assert "Please wait a little longer" in content
    assert "Second floor, to the left" in content


def test_a_waiting_visitor_sees_for_how_long(page, office, arrive, set_time):
    visit = arrive()
    assert "<dd data-wait>not known at the moment</dd>" in page(visit.pk)
    factories.make_forecast(office, visits={visit.pk: Wait(11, 14, 19)})
    assert "<dd data-wait>about 10–20 minutes</dd>" in page(visit.pk)
    set_time(TUESDAY + timedelta(minutes=4))
    assert "<dd data-wait>not known at the moment</dd>" in page(visit.pk)


def test_the_socket_speaks_the_language_of_the_page(client, arrive):
    visit = arrive()
    for path, language in (("", "de"), ("/en", "en")):
        content = client.get(f"{path}/ticket/{visit.pk}/").content.decode()
        assert f'data-socket="/ws/ticket/{visit.pk}/?language={language}"' in content


def test_whoever_is_next_is_told_so(page, arrive):
    assert "You are next" in page(arrive().pk)


def test_a_called_visitor_is_told_where_to_go(page, called):
    content = page(called.pk)
    assert "ticket--called" in content
    assert f'<span class="ticket__counter">Counter {called.counter.label}</span>' in content


def test_a_counter_with_a_name_is_called_by_it(page, called):
    counter = called.counter
    counter.label = "Empfang"
    counter.save()
    assert 'Please go now to: <span class="ticket__counter">Empfang</span>' in page(called.pk)


def test_a_called_visitor_is_told_where_the_counter_is(client, page, called, clerk):
    assert "ticket__place" not in page(called.pk)
    counter = called.counter
    counter.place_de, counter.place_en = "1. Stock, links", "First floor, on the left"
    counter.save()
    assert '<span class="ticket__place">First floor, on the left</span>' in page(called.pk)
    assert "1. Stock, links" in client.get(f"/ticket/{called.pk}/").content.decode()
    visits.begin(called.pk, actor=Actor(staff=clerk))
    assert "First floor, on the left" in page(called.pk)
    visits.finish(called.pk, actor=Actor(staff=clerk))
    assert "First floor, on the left" not in page(called.pk)


def test_where_a_place_has_no_translation_it_is_told_in_german(page, called):
    counter = called.counter
    counter.place_de, counter.place_en = "1. Stock, links", ""
    counter.save()
    assert "1. Stock, links" in page(called.pk)


def test_the_page_follows_the_visit_to_its_end(page, called, clerk):
    actor = Actor(staff=clerk)
    visits.begin(called.pk, actor=actor)
    assert "It is your turn: Counter" in page(called.pk)
    visits.park(called.pk, actor=actor)
    assert "Your matter is on hold" in page(called.pk)
    visits.unpark(called.pk, actor=actor)
    visits.call_next(called.counter_id, staff=clerk)
    visits.missed(called.pk, actor=actor)
    assert "We have called you" in page(called.pk)
    visits.put_back(called.pk, actor=actor)
    visits.call_next(called.counter_id, staff=clerk)
    visits.begin(called.pk, actor=actor)
    visits.finish(called.pk, actor=actor)
    content = page(called.pk)
    assert "All done. Goodbye!" in content
    assert "data-live" not in content


def test_without_javascript_the_page_reloads_until_the_end(page, arrive):
    visit = arrive()
    assert '<noscript><meta http-equiv="refresh" content="15"></noscript>' in page(visit.pk)
    visits.leave(visit.pk, actor=Actor())
    assert "http-equiv" not in page(visit.pk)


def test_before_check_in_the_page_shows_the_appointment_and_how_to_check_in(
    page, office, booked_appointment
):
    content = page(booked_appointment.pk)
    assert "Tuesday, 24 November 2026" in content
    assert "10:00" in content
    assert office.address in content
    assert "please check in at the kiosk" in content
    assert 'src="data:image/svg+xml' in content


def test_an_appointment_is_shown_in_the_time_of_its_office(page, office, booked_appointment):
    office.time_zone = "Atlantic/Azores"
    office.save()
    assert ">08:00<" in page(booked_appointment.pk)


def test_after_check_in_the_same_address_shows_the_number(page, booked_appointment, check_in):
    visit = check_in(booked_appointment)
    content = page(booked_appointment.pk)
    assert visit.number in content
    assert "ticket--waiting" in content


@pytest.mark.parametrize("checked_in", [False, True])
def test_nothing_personal_is_on_the_page(page, booked_appointment, check_in, checked_in):
    if checked_in:
        check_in(booked_appointment)
    content = page(booked_appointment.pk)
    for secret in ("Secret", "secret@example.org", booked_appointment.code):
        assert secret not in content


def test_a_cancelled_appointment_says_so(page, booked_appointment):
    cancel_appointment(booked_appointment.pk)
    assert "This appointment was cancelled" in page(booked_appointment.pk)


def test_what_belongs_to_another_day_says_so(page, arrive, booked_appointment, set_time):
    visit = arrive()
    set_time(TUESDAY + timedelta(days=1))
    assert "This number is no longer valid" in page(visit.pk)
    assert "This appointment is over" in page(booked_appointment.pk)


def test_an_unknown_ticket_is_not_found(client, db):
    assert client.get(f"/ticket/{uuid4()}/").status_code == 404


def test_the_page_sets_no_cookie_and_is_not_kept(client, arrive):
    answer = client.get(f"/ticket/{arrive().pk}/")
    assert not answer.cookies
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_page_needs_the_same_queries_for_one_and_for_many(
    client, arrive, django_assert_num_queries
):
    visit = arrive()
    for _ in range(2):
        with django_assert_num_queries(3):
            client.get(f"/ticket/{visit.pk}/")
        for _other in range(10):
            arrive()


def test_giving_up_is_asked_once_more(client, arrive):
    visit = arrive()
    address = f"/en/ticket/{visit.pk}/leave/"
    assert "Give up your place with number A001?" in client.get(address).content.decode()
    visit.refresh_from_db()
    assert visit.state == "waiting"
    answer = client.post(address, follow=True)
    assert "You have given up your place" in answer.content.decode()
    visit.refresh_from_db()
    assert visit.state == "left"


def test_nobody_leaves_while_being_served(client, called, clerk):
    visits.begin(called.pk, actor=Actor(staff=clerk))
    client.post(f"/ticket/{called.pk}/leave/")
    called.refresh_from_db()
    assert called.state == "serving"


def test_after_a_transfer_the_page_tells_of_the_new_office(page, arrive, other_office, offering):
    other_office.directions_en = "Across the yard"
    other_office.save()
    factories.OfferingFactory(office=other_office, service=offering.service)
    visit = arrive()
    visits.transfer(visit.pk, actor=Actor(), office=other_office)
    assert "Across the yard" in page(visit.pk)
