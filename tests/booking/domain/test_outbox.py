from datetime import datetime, timedelta

import pytest
from django.core import mail as sent
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction

from booking.domain import outbox
from booking.domain.cancelling import cancel_appointment
from booking.domain.confirming import confirm_appointment
from booking.domain.holding import hold_appointment
from booking.domain.items import Item
from booking.domain.outbox import DELAYS, LEASE, MAX_ATTEMPTS, deliver, deliver_due_mails
from booking.models import Appointment, OutboxMail
from tests.conftest import BERLIN, TUESDAY

START = datetime(2026, 12, 1, 8, 0, tzinfo=BERLIN)


class DeadServer(EmailBackend):
    """A mail server that repeats the address in its complaint."""

    def send_messages(self, messages):
        raise ConnectionRefusedError(f"no route for {messages[0].to[0]}")


@pytest.fixture
def held(office, offering):
    return hold_appointment(office=office, items=[Item(offering, 1)], start=START)


@pytest.fixture
def mail(held):
    confirm_appointment(held.pk, name="Erika Mustermann", email="erika@example.org")
    return OutboxMail.objects.get()


@pytest.fixture
def dead_server(settings):
    settings.EMAIL_BACKEND = f"{__name__}.DeadServer"


def test_the_mail_is_written_with_the_booking_and_not_sent_by_it(mail):
    assert (mail.state, mail.recipient) == ("pending", "erika@example.org")
    assert sent.outbox == []


def test_a_booking_that_is_rolled_back_leaves_no_mail(held):
    with transaction.atomic():
        confirm_appointment(held.pk, name="Erika Mustermann", email="erika@example.org")
        assert OutboxMail.objects.count() == 1
        transaction.set_rollback(True)
    assert OutboxMail.objects.count() == 0
    assert Appointment.objects.get().state == "held"


def test_what_was_sent_is_blanked(mail):
    assert deliver_due_mails() == 1
    mail.refresh_from_db()
    assert (mail.state, mail.sent_at) == ("sent", TUESDAY)
    assert mail.recipient == ""


def test_the_message_carries_the_calendar_entry_and_an_id_of_its_own(mail):
    deliver(mail.pk)
    (message,) = sent.outbox
    assert message.to == ["erika@example.org"]
    assert message.extra_headers["Message-ID"].startswith(f"<{mail.pk}@")
    (entry,) = message.attachments
    assert entry.get_content_type() == "text/calendar"
    assert entry.get_param("method") == "REQUEST"
    assert "BEGIN:VEVENT" in entry.get_payload(decode=True).decode()


def test_a_second_worker_sends_nothing_twice(mail, monkeypatch):
    message = outbox._message

    def while_another_tries(one):
        assert deliver(mail.pk) is False
        return message(one)

    monkeypatch.setattr(outbox, "_message", while_another_tries)
    assert deliver(mail.pk) is True
    assert deliver(mail.pk) is False
    assert len(sent.outbox) == 1


def test_a_worker_that_dies_loses_only_its_lease(mail, monkeypatch, set_time):
    def die(_mail):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(outbox, "_message", die)
        with pytest.raises(SystemExit):
            deliver(mail.pk)
    assert deliver_due_mails() == 0
    set_time(TUESDAY + LEASE)
    assert deliver_due_mails() == 1


@pytest.mark.usefixtures("dead_server")
def test_a_dead_server_loses_nothing_and_is_asked_less_and_less_often(mail, set_time):
    moment, waits = TUESDAY, []
    for _ in range(8):
        assert deliver_due_mails() == 0
        mail.refresh_from_db()
        waits.append(mail.next_attempt_at - moment)
        moment = mail.next_attempt_at
        set_time(moment - timedelta(seconds=1))
        assert (deliver(mail.pk), OutboxMail.objects.get().attempts) == (False, mail.attempts)
        set_time(moment)
    assert waits == [*DELAYS, DELAYS[-1], DELAYS[-1]]
    assert waits == sorted(waits)
    assert (mail.state, mail.recipient) == ("pending", "erika@example.org")


@pytest.mark.usefixtures("dead_server")
def test_of_an_error_only_its_kind_is_kept(mail):
    deliver(mail.pk)
    mail.refresh_from_db()
    assert mail.last_error == "ConnectionRefusedError"


def test_the_mail_leaves_when_the_server_is_back(mail, settings, set_time, dead_server):
    deliver_due_mails()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    set_time(TUESDAY + DELAYS[0])
    assert deliver_due_mails() == 1
    mail.refresh_from_db()
    assert (mail.state, mail.last_error) == ("sent", "")


@pytest.mark.usefixtures("dead_server")
def test_after_about_two_days_a_mail_is_given_up_and_kept(mail):
    OutboxMail.objects.update(attempts=MAX_ATTEMPTS - 1)
    deliver(mail.pk)
    mail.refresh_from_db()
    assert (mail.state, mail.recipient) == ("failed", "erika@example.org")
    tried = sum(DELAYS, timedelta()) + (MAX_ATTEMPTS - 1 - len(DELAYS)) * DELAYS[-1]
    assert timedelta(hours=40) < tried < timedelta(hours=56)


def test_a_slow_server_does_not_keep_the_worker_for_ever(mail, monkeypatch):
    monkeypatch.setattr(outbox, "PATIENCE", 0)
    assert deliver_due_mails() == 0
    assert sent.outbox == []


def test_a_mail_is_there_with_the_commit_of_what_it_tells(held):
    with transaction.atomic():
        confirm_appointment(held.pk, name="Erika Mustermann", email="erika@example.org")
        assert OutboxMail.objects.count() == 1
        transaction.set_rollback(True)
    assert OutboxMail.objects.count() == 0


def test_a_mail_that_waited_says_what_was_booked_then(mail, set_time):
    """A confirmation that leaves after the cancellation still invites, with its own revision."""
    set_time(TUESDAY + timedelta(seconds=5))
    cancel_appointment(mail.appointment_id)
    assert Appointment.objects.get().email == ""
    assert deliver_due_mails() == 2
    request, cancel = (
        message.attachments[0].get_payload(decode=True).decode() for message in sent.outbox
    )
    assert ("SEQUENCE:0" in request, "SEQUENCE:1" in cancel) == (True, True)
    assert "mailto:erika@example.org" in request.replace("\r\n ", "")
    assert "mailto:erika@example.org" in cancel.replace("\r\n ", "")


def test_a_cancellation_waits_for_the_confirmation_before_it(mail, set_time, monkeypatch):
    monkeypatch.setattr(outbox, "_message", lambda one: 1 / 0)
    deliver(mail.pk)
    monkeypatch.undo()
    set_time(TUESDAY + timedelta(seconds=5))
    cancel_appointment(mail.appointment_id)
    assert deliver_due_mails() == 0
    set_time(TUESDAY + LEASE)
    assert deliver_due_mails() == 2
    assert [message.attachments[0].get_param("method") for message in sent.outbox] == [
        "REQUEST",
        "CANCEL",
    ]


def test_a_mail_about_an_appointment_without_a_code_is_sent_all_the_same(mail):
    """Nothing about an appointment may keep its mail waiting for ever."""
    Appointment.objects.update(code=None)
    deliver_due_mails()
    assert len(sent.outbox) == 1
