"""Nothing that opens a door and nobody's name gets into the log, whatever is asked and fails."""

import io
import logging
import logging.config
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse
from django.utils.log import DEFAULT_LOGGING

from booking.citizen import appointment as appointment_page
from booking.domain.outbox import deliver_due_mails
from booking.models import Appointment

from .addresses import rightful, typical
from .database import undone
from .towns import Person, Town

PASSWORD = "kein Geheimnis, ein Kennwort"


@contextmanager
def whole_log() -> Iterator[io.StringIO]:
    """What the product's own logging writes, with everything it can be made to say."""
    written = io.StringIO()
    configured = settings.LOGGING | {"root": settings.LOGGING["root"] | {"level": "DEBUG"}}
    before = logging.root.handlers[:], logging.root.level
    logging.config.dictConfig(DEFAULT_LOGGING)
    logging.config.dictConfig(configured)
    handler = next(one for one in logging.root.handlers if one.name == "console")
    handler.setStream(written)
    try:
        yield written
    finally:
        logging.root.handlers[:], logging.root.level = before


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    with whole_log() as written:
        yield written


def secrets_of(town: Town) -> dict[str, str]:
    """Everything that no log may hold, by what it is."""
    appointment = town.appointment
    return {
        "secret": town.secret,
        "kiosk": town.kiosk_token,
        "display": town.display_token,
        "staff token": dict(town.desk.headers)["Authorization"].partition(" ")[2],
        "code": appointment.code,
        "name": appointment.name,
        "mail": appointment.email,
        "phone": appointment.phone,
        "typed name": "Vorname Nachname",
        "typed mail": "vorname.nachname@example.org",
        "password": PASSWORD,
        "search": "Schwerbehindertenausweis",
        "session": str(town.desk.client().cookies.get("sessionid").value),
    }


def held_in(text: str, secrets: dict[str, str]) -> list[str]:
    return [what for what, secret in secrets.items() if secret in text or quote(secret) in text]


def everybody(town: Town) -> list[Person]:
    return [town.citizen, town.desk, town.setup, town.at_kiosk, town.at_display]


def test_no_page_and_no_operation_logs_a_secret(town, log):
    secrets = secrets_of(town)
    typed = {
        "name": secrets["typed name"], "email": secrets["typed mail"], "phone": "03443 12345",
        "code": secrets["code"], "username": secrets["typed name"], "password": PASSWORD,
        "q": secrets["search"], "token": secrets["display"], "key": secrets["kiosk"],
    }  # fmt: skip
    for address in typical():
        client = rightful(address.key, town).client(raise_request_exception=False)
        for method, path in (
            ("GET", f"{address.path(town)}?q={quote(secrets['search'])}"),
            ("GET", f"{address.path(town)}nothing/?token={secrets['display']}"),
            ("POST", address.path(town)),
            ("DELETE", address.path(town)),
        ):
            with undone():
                if method == "POST" and not address.is_api:
                    client.post(path, typed)
                else:
                    client.generic(method, path, str(typed), "application/json")
    assert "Not Found" in log.getvalue()
    assert held_in(log.getvalue(), secrets) == []


def test_a_form_without_its_mark_and_a_wrong_host_log_no_secret(town, log):
    secrets = secrets_of(town)
    path = reverse("appointment", args=[town.appointment.pk, town.secret])
    with undone():
        Client(enforce_csrf_checks=True).post(path, {"name": secrets["typed name"]})
        forged = {"HTTP_REFERER": f"https://testserver:1{path}", "HTTP_X_FORWARDED_PROTO": "https"}
        Client(enforce_csrf_checks=True).post(path, {}, secure=True, **forged)
        Client().get(path, HTTP_HOST="evil.example")
    assert "Forbidden" in log.getvalue()
    assert "Invalid HTTP_HOST" in log.getvalue()
    assert held_in(log.getvalue(), secrets) == []


def test_a_fault_of_ours_logs_where_it_was_and_not_for_whom(town, log, monkeypatch):
    """A database repeats the row it refuses, and a traceback repeats what the database said."""
    secrets = secrets_of(town)

    def refuse(*args: object, **named: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE booking_appointment SET state = 'held', expires_at = NULL WHERE id = %s",
                [town.appointment.pk],
            )

    client = town.citizen.client(raise_request_exception=False)
    path = reverse("appointment", args=[town.appointment.pk, town.secret])
    monkeypatch.setattr(appointment_page, "items_of", refuse)
    with undone():
        assert client.get(path).status_code == 500
    monkeypatch.setattr("booking.api.appointments._answer", refuse)
    with undone():
        api = f"/api/v1/appointments/{town.appointment.pk}"
        assert client.get(api).status_code == 500
    assert IntegrityError.__name__ in log.getvalue()
    assert "test_traces.py" in log.getvalue()
    assert held_in(log.getvalue(), secrets) == []


def test_a_mail_that_cannot_be_sent_logs_no_address(town, log, monkeypatch):
    def refuse(message: object) -> None:
        raise OSError(f"550 {town.appointment.email} unknown")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    deliver_due_mails()
    assert held_in(log.getvalue(), secrets_of(town)) == []
    assert Appointment.objects.filter(email=town.appointment.email).exists()


def test_nobody_writes_lines_of_their_own_into_the_log(town, log):
    for path in ("/a%0a2026-11-24 ERROR booking: forged/", "/api/v1/%0aforged", "/%1b[2Jforged/"):
        Client().get(path)
    Client().get("/", HTTP_HOST="a\nforged")
    assert [line for line in log.getvalue().splitlines() if line.startswith("forged")] == []
    assert "\x1b" not in log.getvalue()
