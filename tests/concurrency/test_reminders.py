"""Several workers look for the same reminders at the same moment."""

from datetime import datetime, timedelta

import pytest
from django.core import mail as sent

from booking.domain import reminders
from booking.domain.confirming import confirm_appointment
from booking.domain.holding import hold_appointment
from booking.domain.outbox import deliver_due_mails
from booking.models import OutboxMail
from tests.conftest import BERLIN

from .rivals import Meeting, race

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

START = datetime(2026, 12, 1, 10, 0, tzinfo=BERLIN)


def test_workers_that_find_the_same_at_once_remind_once(office, items, set_time, monkeypatch):
    for minutes in (0, 10, 20):
        start = START + timedelta(minutes=minutes)
        held = hold_appointment(office=office, items=items, start=start)
        confirm_appointment(held.pk, name="Kim Muster", email="kim@example.org")
    deliver_due_mails()
    sent.outbox.clear()
    set_time(START + timedelta(minutes=20) - timedelta(hours=1))
    # All have read that there is none yet before the first writes one.
    everybody = Meeting(OutboxMail.objects.bulk_create, 4)
    monkeypatch.setattr(OutboxMail.objects, "bulk_create", everybody)
    assert race([lambda: reminders._write(reminders.LEADS[1])] * 4) == [3] * 4
    race([deliver_due_mails] * 4)
    assert OutboxMail.objects.filter(kind="hour_before").count() == 3
    assert len(sent.outbox) == 3
