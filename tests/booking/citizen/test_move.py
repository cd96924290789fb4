"""Another time for the same services, by the citizen's own link."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from booking.citizen.secret import appointment_path
from booking.domain.actor import Actor
from booking.domain.arrivals import check_in
from booking.domain.confirming import confirm_appointment
from booking.domain.holding import hold_appointment
from booking.domain.items import Item
from booking.domain.mails import letter
from booking.models import Appointment, OutboxMail, Slot
from booking.security import appointment_secret
from tests.conftest import TUESDAY

from .conftest import DETAILS, english, take_all


def move_path(appointment: Appointment, **query: str) -> str:
    path = reverse("move", args=[appointment.pk, appointment_secret(appointment.pk)])
    return english(path) + (f"?{urlencode(query)}" if query else "")


def places(start) -> int:
    return Slot.objects.get(start=start).booked


def test_another_time_is_chosen_asked_for_once_and_taken(client, booked, ten, ten_past):
    later = ten_past + timedelta(days=7)
    page = client.get(move_path(booked)).content.decode()
    assert f"?{urlencode({'start': ten_past.isoformat()})}" in page
    assert ten.isoformat() not in page
    page = client.get(move_path(booked, start=later.isoformat())).content.decode()
    assert "Move your appointment to this time?" in page
    assert "Tuesday, 1 December 2026" in page
    booked.refresh_from_db()
    assert booked.start == ten
    response = client.post(move_path(booked), {"start": later.isoformat()})
    assert response.url == english(appointment_path(booked)) + "?moved=1"
    page = client.get(response.url).content.decode()
    assert "Your appointment has a new time" in page
    assert "Tuesday, 1 December 2026" in page
    booked.refresh_from_db()
    assert (booked.start, booked.sequence, places(ten), places(later)) == (later, 1, 0, 1)


def test_the_mail_says_that_it_is_a_new_time_and_leads_on(client, booked, ten_past):
    first = letter(OutboxMail.objects.get())
    OutboxMail.objects.all().delete()
    client.post(move_path(booked), {"start": ten_past.isoformat()})
    second = letter(OutboxMail.objects.get())
    assert first.subject == "Ihr Termin am Dienstag, 24. November 2026 um 10:00\xa0Uhr"
    assert second.subject == "Neue Zeit: Ihr Termin am Dienstag, 24. November 2026 um 10:10\xa0Uhr"
    assert "SEQUENCE:1" in second.calendar
    for mail in (first, second):
        for page in ("move", "cancel"):
            assert f"/{booked.pk}/{appointment_secret(booked.pk)}/{page}/\n" in mail.body


def test_where_somebody_was_quicker_the_old_time_stays(client, office, offering, booked, ten):
    wanted = ten + timedelta(minutes=30)
    take_all(office, offering, wanted)
    assert wanted.isoformat() not in client.get(move_path(booked)).content.decode()
    for response in (
        client.get(move_path(booked, start=wanted.isoformat())),
        client.post(move_path(booked), {"start": wanted.isoformat()}),
    ):
        assert response.status_code == 409
        page = response.content.decode()
        assert "your appointment is still where it was" in page
        assert urlencode({"start": (ten + timedelta(minutes=20)).isoformat()}) in page
    booked.refresh_from_db()
    assert (booked.start, booked.sequence, places(ten)) == (ten, 0, 1)


def test_a_second_click_moves_nothing_again(client, booked, ten_past):
    OutboxMail.objects.all().delete()
    for _click in range(2):
        response = client.post(move_path(booked), {"start": ten_past.isoformat()})
        assert response.status_code == 302
    booked.refresh_from_db()
    assert (booked.sequence, OutboxMail.objects.count()) == (1, 1)


def test_what_the_front_desk_made_is_moved_to_citizens_places_alone(client, office, offering, ten):
    """A counter more than citizens may book does not open to whoever once called."""
    items = [Item(offering, 1)]
    held = hold_appointment(office=office, items=items, start=ten, by_staff=True)
    made = confirm_appointment(held.pk, **DETAILS, by_staff=True)
    wanted = ten + timedelta(minutes=30)
    take_all(office, offering, wanted)
    assert client.post(move_path(made), {"start": wanted.isoformat()}).status_code == 409
    free = ten + timedelta(minutes=40)
    assert client.post(move_path(made), {"start": free.isoformat()}).status_code == 302


def test_what_only_the_office_books_only_the_office_moves(client, offering, booked, ten, ten_past):
    offering.online = False
    offering.save()
    page = client.get(move_path(booked)).content.decode()
    assert "can only be moved by the office" in page
    assert "?start=" not in page
    assert client.post(move_path(booked), {"start": ten_past.isoformat()}).status_code == 409
    booked.refresh_from_db()
    assert booked.start == ten


def test_whoever_is_here_or_was_late_moves_nothing(client, office, booked, ten_past, set_time):
    check_in(office=office, code=booked.code, actor=Actor())
    for response in (
        client.get(move_path(booked)),
        client.post(move_path(booked), {"start": ten_past.isoformat()}),
    ):
        assert response.url == english(appointment_path(booked))
    booked.visit.delete()
    set_time(TUESDAY + timedelta(minutes=31))
    assert client.get(move_path(booked)).status_code == 302


@pytest.mark.parametrize("query", [{"from": "2026-12-01"}, {"from": "2030-01-01"}, {"from": "x"}])
def test_any_day_may_be_asked_for(client, booked, query):
    response = client.get(move_path(booked, **query))
    assert response.status_code == 200
    page = response.content.decode()
    if query["from"] == "2026-12-01":
        assert "Tuesday, 24 November<" not in page.partition("<aside")[0]
        assert "Tuesday, 1 December" in page


def test_the_page_asks_a_fixed_number_of_times(client, booked, django_assert_num_queries):
    client.get(move_path(booked))
    with django_assert_num_queries(8):
        client.get(move_path(booked))
