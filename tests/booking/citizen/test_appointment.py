"""Behind the secret link: the booking, cancelling it, taking it along."""

import logging
from datetime import timedelta
from io import BytesIO

import pytest
import vobject
from django.conf import settings
from django.urls import reverse
from pypdf import PdfReader

from booking.citizen.secret import appointment_path
from booking.domain.actor import Actor
from booking.domain.arrivals import check_in
from booking.domain.retention import delete_expired_personal_data
from booking.log_filter import WithoutSecrets
from booking.models import Appointment, OutboxMail
from booking.security import appointment_secret
from tests.conftest import TUESDAY

from .conftest import english

PAGES = ["appointment", "cancel", "confirmation_pdf", "appointment_ics"]


def address(name: str, appointment: Appointment, secret: str | None = None) -> str:
    return reverse(name, args=[appointment.pk, secret or appointment_secret(appointment.pk)])


@pytest.mark.parametrize("name", PAGES)
def test_a_wrong_secret_finds_nothing(client, booked, name):
    assert client.get(address(name, booked, "f" * 64)).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_what_is_secret_is_kept_nowhere_and_told_nobody(client, booked, name):
    response = client.get(address(name, booked))
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["X-Robots-Tag"] == "noindex"
    policy = "strict-origin" if name == "cancel" else "no-referrer"
    assert response.headers["Referrer-Policy"] == policy


def test_no_log_line_holds_the_secret(client, citizen, ten, booked, caplog):
    caplog.set_level(logging.INFO)
    caplog.handler.addFilter(WithoutSecrets())
    client.get(address("appointment", booked))
    client.get(address("appointment", booked) + "nowhere/")
    held = citizen.held(ten)
    citizen.send(held, email="kim")
    assert "/appointment/" in caplog.text
    assert appointment_secret(booked.pk) not in caplog.text
    assert appointment_secret(held.pk) not in caplog.text
    assert booked.email not in caplog.text


def test_the_log_of_the_installation_blanks_secrets():
    assert settings.LOGGING["handlers"]["console"]["filters"] == ["without_secrets"]


def test_the_booking_shows_all_one_needs(client, booked):
    page = client.get(english(appointment_path(booked))).content.decode()
    assert "Tuesday, 24 November 2026" in page
    assert f"{booked.code[:4]} {booked.code[4:]}" in page
    assert "Markt 1, 06712 Musterstadt" in page
    assert "Biometrisches Passbild" in page
    assert "kim@example.org" in page
    for name in ("cancel", "confirmation_pdf", "appointment_ics"):
        assert address(name, booked) in page
    assert reverse("ticket", args=[booked.pk]) in page


def test_cancelling_asks_first(client, booked):
    assert client.get(address("cancel", booked)).status_code == 200
    booked.refresh_from_db()
    assert booked.state == Appointment.State.BOOKED


def test_cancelling_says_so_and_sends_one_mail(client, booked):
    OutboxMail.objects.all().delete()
    for _click in range(2):
        response = client.post(english(address("cancel", booked)))
        assert response.url == english(appointment_path(booked))
    assert b"This appointment is cancelled" in client.get(response.url).content
    assert OutboxMail.objects.get().kind == "cancellation"


def test_a_hold_can_be_given_back(client, citizen, ten):
    held = citizen.held(ten)
    client.post(address("cancel", held))
    held.refresh_from_db()
    assert held.state == Appointment.State.CANCELLED
    assert OutboxMail.objects.count() == 0


def test_who_has_checked_in_is_led_to_the_ticket(client, office, booked):
    check_in(office=office, code=booked.code, actor=Actor())
    page = client.get(english(appointment_path(booked))).content.decode()
    assert "You have checked in" in page
    assert reverse("ticket", args=[booked.pk]) in page
    assert address("cancel", booked) not in page
    response = client.post(english(address("cancel", booked)))
    assert response.status_code == 409
    assert b"You have already checked in." in response.content


def test_a_past_appointment_can_neither_be_cancelled_nor_lost(client, booked, set_time):
    set_time(TUESDAY + timedelta(hours=4))
    page = client.get(english(appointment_path(booked))).content.decode()
    assert "This appointment is over" in page
    assert address("cancel", booked) not in page
    assert client.post(address("cancel", booked)).status_code == 409


def test_a_forgotten_appointment_still_has_a_page(client, booked, set_time):
    set_time(TUESDAY + timedelta(days=4))
    delete_expired_personal_data()
    page = client.get(appointment_path(booked)).content.decode()
    assert "Kim Muster" not in page
    assert client.get(address("confirmation_pdf", booked)).status_code == 404
    assert client.get(address("appointment_ics", booked)).status_code == 404


def test_the_calendar_entry_is_for_oneself(client, booked, ten):
    response = client.get(address("appointment_ics", booked))
    calendar = vobject.readOne(response.content.decode())
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert calendar.method.value == "PUBLISH"
    assert calendar.vevent.dtstart.value == ten
    assert not hasattr(calendar.vevent, "attendee")


def test_the_sheet_to_print_is_a_pdf_in_the_language_of_the_page(client, booked):
    response = client.get(english(address("confirmation_pdf", booked)))
    reader = PdfReader(BytesIO(response.content))
    assert response.headers["Content-Type"] == "application/pdf"
    assert reader.metadata.title == "Appointment on Tuesday, 24 November 2026 at 10:00"


def test_a_hold_has_nothing_to_take_along(client, citizen, ten):
    held = citizen.held(ten)
    assert client.get(address("confirmation_pdf", held)).status_code == 404
    assert client.get(address("appointment_ics", held)).status_code == 404


def test_the_page_asks_a_fixed_number_of_times(client, booked, django_assert_num_queries):
    with django_assert_num_queries(2):
        client.get(appointment_path(booked))
