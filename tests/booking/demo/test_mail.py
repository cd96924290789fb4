import email
import logging

import pytest
from django.core.mail import EmailMessage, get_connection


@pytest.fixture
def send(settings, tmp_path):
    settings.EMAIL_FILE_PATH = tmp_path / "mail"

    def send_one() -> bytes:
        connection = get_connection("booking.demo.mail.FileBackend")
        message = EmailMessage("Ihr Termin", "Bis bald", to=["muster1@example.org"])
        assert connection.send_messages([message]) == 1
        [path] = settings.EMAIL_FILE_PATH.iterdir()
        return path.read_bytes()

    return send_one


def test_each_mail_becomes_a_file_that_mail_programs_read(send):
    message = email.message_from_bytes(send())
    assert (message["To"], message["Subject"]) == ("muster1@example.org", "Ihr Termin")


def test_the_address_is_in_the_log_of_the_demo_alone(send, settings, caplog):
    caplog.set_level(logging.INFO, "booking.demo.mail")
    send()
    assert "muster1@example.org" in caplog.text


def test_outside_the_demo_the_log_names_the_file_alone(send, settings, caplog):
    settings.DEMO = False
    caplog.set_level(logging.INFO, "booking.demo.mail")
    send()
    assert "written to" in caplog.text
    assert "muster1" not in caplog.text
