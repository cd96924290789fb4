"""What is done after a commit never fails what was committed."""

import logging

import pytest
from django.db import OperationalError

from booking.domain import announcements
from booking.domain.actor import CITIZEN
from booking.domain.arrivals import draw_ticket
from booking.domain.items import Item

pytestmark = pytest.mark.django_db(transaction=True)


def broken(*_arguments: object, **_options: object) -> None:
    raise OperationalError("database or disk is full")


def test_a_ticket_stands_where_nobody_can_be_told(offering, monkeypatch, caplog):
    monkeypatch.setattr(announcements.queue_changed, "send_robust", broken)
    with caplog.at_level(logging.ERROR):
        visit = draw_ticket(office=offering.office, items=[Item(offering, 1)], actor=CITIZEN)
    assert visit.state == visit.State.WAITING
    assert "database or disk is full" in caplog.text
