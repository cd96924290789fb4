"""Who has lost the link gets it again, and nobody else learns anything."""

from datetime import timedelta

import pytest
from django.core import mail as sent
from django.urls import reverse

from booking.citizen import find
from booking.domain.cancelling import cancel_appointment
from booking.domain.outbox import deliver_due_mails
from booking.models import OutboxMail
from booking.security import appointment_secret
from tests import factories
from tests.conftest import TUESDAY

from .conftest import english


@pytest.fixture
def path(booked) -> str:
    deliver_due_mails()
    sent.outbox.clear()
    return english(reverse("find", args=[booked.office.authority.slug]))


def told(client, path, **typed) -> bytes:
    """The answer without the mark of its form."""
    response = client.post(path, typed)
    assert (response.status_code, response.url) == (302, f"{path}?sent=1")
    return client.get(response.url).content


def test_code_and_address_send_the_link_to_the_address(client, path, booked):
    code = f"{booked.code[:4]} {booked.code[4:]}"
    page = told(client, path, code=code, email="Kim@Example.org")
    assert b"a mail with the link is on its way" in page
    assert appointment_secret(booked.pk).encode() not in page
    deliver_due_mails()
    (message,) = sent.outbox
    assert message.to == ["kim@example.org"]
    for page in ("", "move/", "cancel/"):
        assert f"/{booked.pk}/{appointment_secret(booked.pk)}/{page}\n" in message.body


@pytest.mark.parametrize(
    ("code", "email"), [("87654321", "kim@example.org"), (None, "eva@example.org")]
)
def test_the_answer_is_the_same_where_there_is_none(client, path, booked, code, email):
    right = told(client, path, code=booked.code, email=booked.email)
    OutboxMail.objects.all().delete()
    assert told(client, path, code=code or booked.code, email=email) == right
    assert OutboxMail.objects.count() == 0


def test_nothing_is_sent_of_what_is_over_cancelled_or_another_towns(client, path, booked, set_time):
    OutboxMail.objects.all().delete()
    code, email = booked.code, booked.email
    other = factories.OfficeFactory().authority
    told(client, english(reverse("find", args=[other.slug])), code=code, email=email)
    set_time(TUESDAY + timedelta(hours=2))
    told(client, path, code=code, email=email)
    set_time(TUESDAY)
    cancel_appointment(booked.pk)
    OutboxMail.objects.all().delete()
    told(client, path, code=code, email=email)
    assert OutboxMail.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "typed"), [("code", "123"), ("code", ""), ("email", "kim"), ("email", "")]
)
def test_what_cannot_be_right_is_said_at_its_field(client, path, booked, field, typed):
    response = client.post(path, {"code": booked.code, "email": booked.email, field: typed})
    assert response.status_code == 422
    page = response.content.decode()
    assert f'href="#id_{field}"' in page
    assert f'id="id_{field}_error"' in page
    kept = {"code": booked.code, "email": booked.email, field: typed}
    assert all(f'value="{value}"' in page for value in kept.values() if value)


def test_no_mailbox_is_filled_and_the_answer_does_not_tell(client, path, booked):
    for _time in range(find.MAILS_PER_HOUR + 2):
        page = told(client, path, code=booked.code, email=booked.email)
        deliver_due_mails()
    assert b"a mail with the link is on its way" in page
    assert len(sent.outbox) == find.MAILS_PER_HOUR


def test_whoever_tries_many_is_told_to_wait(client, path, booked):
    client.defaults["REMOTE_ADDR"] = "192.0.2.7"
    for number in range(find.SEARCHES_PER_MINUTE):
        told(client, path, code=str(10_000_000 + number), email="kim@example.org")
    response = client.post(path, {"code": booked.code, "email": booked.email})
    assert response.status_code == 429
    assert b"Too many attempts" in response.content
    deliver_due_mails()
    assert sent.outbox == []


def test_every_page_of_the_town_leads_there(client, path, booked):
    start = client.get(english(reverse("start", args=[booked.office.authority.slug])))
    assert start.content.decode().count(f'href="{path}"') == 2
