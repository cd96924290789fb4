"""Running late, from the phone."""

from datetime import timedelta

from django.urls import reverse

from booking.citizen.secret import appointment_path
from booking.security import appointment_secret
from tests.conftest import TUESDAY

from .conftest import english


def late_path(appointment) -> str:
    return english(reverse("late", args=[appointment.pk, appointment_secret(appointment.pk)]))


def test_one_press_says_it_and_another_takes_it_back(client, booked):
    own = english(appointment_path(booked))
    assert late_path(booked) in client.get(own).content.decode()
    page = client.get(late_path(booked)).content.decode()
    assert "20 minutes later <small>10:20</small>" in page
    assert "Until 10:10 you keep your turn as if you were on time." in page
    response = client.post(late_path(booked), {"minutes": "20"})
    assert b"We know: you come at about 10:20" in client.get(response.url).content
    assert b"We know that you are running late and expect you at about 10:20." in (
        client.get(own).content
    )
    response = client.post(late_path(booked), {"minutes": "0"})
    assert b"We expect you on time" in client.get(response.url).content
    booked.refresh_from_db()
    assert booked.late_minutes is None


def test_to_whoever_is_late_it_is_not_over_before_check_in_is(client, booked, set_time):
    said = {}
    for minutes in (59, 61):
        set_time(TUESDAY.replace(hour=10) + timedelta(minutes=minutes - 30))
        page = client.get(english(appointment_path(booked))).content.decode()
        said[minutes] = "This appointment is over" in page
        assert (booked.code[:4] in page) is (minutes == 59)
    assert said == {59: False, 61: True}


def test_what_no_button_says_is_refused(client, booked):
    for minutes in ("7", "x", "-5", "²", "1000000000000", ""):
        assert client.post(late_path(booked), {"minutes": minutes}).status_code == 409
    booked.refresh_from_db()
    assert booked.late_minutes is None


def test_on_other_days_there_is_no_such_page(client, booked, set_time):
    set_time(TUESDAY - timedelta(days=1))
    assert client.get(late_path(booked)).url == english(appointment_path(booked))
    assert late_path(booked) not in client.get(english(appointment_path(booked))).content.decode()
