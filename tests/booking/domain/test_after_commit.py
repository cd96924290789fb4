"""What is done after a commit never fails what was committed."""

import logging

import pytest
from django.db import OperationalError

from booking.domain import announcements, outbox
from booking.domain.actor import CITIZEN
from booking.domain.appointments import confirm_appointment, hold_appointment
from booking.domain.arrivals import draw_ticket
from booking.domain.items import Item
from booking.models import Appointment, OutboxMail
from tests.conftest import TUESDAY

pytestmark = pytest.mark.django_db(transaction=True)


def broken(*_arguments: object, **_options: object) -> None:
    raise OperationalError("database or disk is full")


def test_a_booking_stands_where_the_worker_cannot_be_woken(offering, monkeypatch, caplog):
    held = hold_appointment(
        office=offering.office, items=[Item(offering, 1)], start=TUESDAY.replace(hour=10, minute=0)
    )
    monkeypatch.setattr(type(outbox.deliver_mail), "enqueue", broken)
    with caplog.at_level(logging.ERROR):
        booked = confirm_appointment(held.pk, name="Kim", email="kim@example.org")
    assert booked.state == Appointment.State.BOOKED
    assert OutboxMail.objects.get().state == OutboxMail.State.PENDING
    assert "database or disk is full" in caplog.text


def test_a_ticket_stands_where_nobody_can_be_told(offering, monkeypatch, caplog):
    monkeypatch.setattr(announcements.queue_changed, "send_robust", broken)
    with caplog.at_level(logging.ERROR):
        visit = draw_ticket(office=offering.office, items=[Item(offering, 1)], actor=CITIZEN)
    assert visit.state == visit.State.WAITING
    assert "database or disk is full" in caplog.text
