"""Choosing reminders on the appointment's own page."""

import pytest
from django.urls import reverse

from booking.citizen.secret import appointment_path
from booking.security import appointment_secret

from .conftest import english


@pytest.fixture
def path(booked) -> str:
    return english(reverse("reminders", args=[booked.pk, appointment_secret(booked.pk)]))


@pytest.fixture
def with_sms(office, settings) -> None:
    settings.SMS_URL = "https://sms.example.org/send"
    office.remind_by_sms = True
    office.save()


def test_reminders_by_mail_can_be_declined(client, booked, path):
    own = english(appointment_path(booked))
    assert path in client.get(own).content.decode()
    assert b"We remind you before your appointment by mail." in client.get(own).content
    page = client.get(path).content.decode()
    assert 'name="mail" value="1" checked' in page
    assert 'name="sms"' not in page
    response = client.post(path, {})
    assert b"Saved" in client.get(response.url).content
    booked.refresh_from_db()
    assert booked.reminders is False
    assert b"You get no reminder." in client.get(own).content


def test_an_sms_goes_to_the_number_typed_there(client, booked, with_sms, path):
    response = client.post(path, {"mail": "1", "sms": "1", "phone": "0151 23456789"})
    assert response.status_code == 302
    booked.refresh_from_db()
    assert (booked.sms_reminders, booked.phone) == (True, "+4915123456789")
    page = client.get(english(appointment_path(booked))).content
    assert b"We remind you before your appointment by mail and SMS." in page


def test_a_number_that_cannot_be_right_is_said_at_the_field_and_kept(
    client, booked, with_sms, path
):
    response = client.post(path, {"sms": "1", "phone": "03441 12345"})
    assert response.status_code == 422
    page = response.content.decode()
    assert 'href="#phone"' in page
    assert 'value="03441 12345"' in page
    assert "Please enter the number of a mobile phone" in page
    booked.refresh_from_db()
    assert (booked.sms_reminders, booked.phone, booked.reminders) == (False, "", True)


def test_an_office_that_reminds_nobody_says_so(client, booked, office, path):
    office.remind_day_before = office.remind_hour_before = False
    office.save()
    assert b"You get no reminder." in client.get(english(appointment_path(booked))).content
    assert b"At the moment this office sends no reminders." in client.get(path).content
