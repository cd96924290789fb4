"""The page that says a mail is on its way, and the page behind its link."""

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from booking.models import Appointment, Office
from booking.security import appointment_secret, mail_answer
from tests.conftest import BERLIN

NEXT = datetime(2026, 12, 1, 8, 0, tzinfo=BERLIN)


@pytest.fixture
def asked(client: Client, office, offering) -> Appointment:
    Office.objects.filter(pk=office.pk).update(confirm_by_mail=True)
    chosen = {"offering": f"{offering.pk}:1", "start": NEXT.isoformat()}
    held = client.post(reverse("hold", args=[office.pk]), chosen)
    assert "Weiter: Wir senden Ihnen" in client.get(held.url).content.decode()
    sent = client.post(held.url, {"name": "Erika Mustermann", "email": "erika@example.org"})
    assert sent.status_code == 302
    return Appointment.objects.get()


def page_of(appointment: Appointment) -> str:
    return reverse("appointment", args=[appointment.pk, appointment_secret(appointment.pk)])


def answer_of(appointment: Appointment, answer: str | None = None) -> str:
    answer = answer or mail_answer(appointment.pk, appointment.email)
    secret = appointment_secret(appointment.pk)
    return reverse("answer", args=[appointment.pk, secret, answer])


def test_the_page_says_clearly_that_a_step_is_missing(client, asked):
    page = client.get(page_of(asked)).content.decode()
    assert "erika@example.org" in page
    assert "Noch nicht gebucht: Bitte bestätigen Sie bis 10:30" in page


def test_looking_at_the_link_books_nothing_and_its_button_does(client, asked):
    assert client.get(answer_of(asked)).status_code == 200
    asked.refresh_from_db()
    assert asked.state == "held"
    booked = client.post(answer_of(asked))
    assert (booked.status_code, booked.url) == (302, page_of(asked))
    asked.refresh_from_db()
    assert asked.state == "booked"
    assert client.get(answer_of(asked)).url == page_of(asked)


def test_what_was_typed_can_be_corrected(client, asked):
    form = client.get(page_of(asked) + "?edit=1").content.decode()
    assert 'value="erika@example.org"' in form
    client.post(page_of(asked), {"name": "Erika Mustermann", "email": "e@example.org"})
    assert client.get(answer_of(asked)).status_code == 404
    asked.refresh_from_db()
    assert client.post(answer_of(asked)).status_code == 302


def test_a_guessed_answer_leads_nowhere(client, asked):
    assert client.post(answer_of(asked, "0" * 32)).status_code == 404
    asked.refresh_from_db()
    assert asked.state == "held"


def test_a_time_that_was_lost_meanwhile_offers_others_and_keeps_what_was_typed(client, asked):
    Appointment.objects.filter(pk=asked.pk).update(state="expired")
    asked.series.slots.filter(start=NEXT).update(booked=2)
    page = client.post(answer_of(asked), follow=True).content.decode()
    assert "nicht mehr frei" in page
    assert 'value="erika@example.org"' in page
