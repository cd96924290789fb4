import logging
from datetime import date, datetime, timedelta

import pytest

from booking import worker
from booking.domain.actor import CITIZEN
from booking.domain.arrivals import draw_ticket
from booking.domain.health import worker_state
from booking.domain.items import Item
from booking.models import Slot, Visit
from tests import factories
from tests.conftest import BERLIN, TUESDAY


class Ticks:
    """What the worker asks whether to stop: after so many ticks."""

    def __init__(self, count):
        self.left = count

    def is_set(self):
        return self.left == 0

    def wait(self, seconds):
        assert seconds == worker.TICK_SECONDS
        self.left -= 1


@pytest.fixture
def tick(monkeypatch):
    """Let the worker tick so often."""
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    return lambda count: worker.tick_until(Ticks(count))


def test_a_duty_that_fails_is_logged_and_the_others_go_on(caplog):
    done = []

    def broken():
        raise ValueError("no")

    with caplog.at_level(logging.ERROR):
        worker.run(lambda: done.append(1), broken, lambda: done.append(2))
    assert done == [1, 2]
    assert "broken failed" in caplog.text


def test_a_failing_duty_fails_again_with_every_tick_and_stops_nothing(db, monkeypatch, tick):
    calls = []

    def broken():
        calls.append("broken")
        raise ValueError

    monkeypatch.setattr(worker, "expire_holds", broken)
    monkeypatch.setattr(worker, "deliver_due_mails", lambda: calls.append("mails"))
    tick(3)
    assert calls == ["broken", "mails"] * 3
    assert worker_state() == "ok"


def test_publishing_and_forgetting_are_done_once_an_hour(db, monkeypatch, tick):
    done = []
    monkeypatch.setattr(worker, "publish_everywhere", lambda: done.append("published"))
    monkeypatch.setattr(worker, "delete_expired_personal_data", lambda: done.append("forgotten"))
    monkeypatch.setattr(worker, "TICKS_PER_HOUR", 3)
    tick(4)
    assert done == ["published", "forgotten"] * 2


def test_every_office_is_published(db):
    offices = [factories.OfficeFactory() for _ in range(2)]
    for office in offices:
        factories.make_hours(office).slots.all().delete()
        office.opening_hours.update(published_until=None)
    worker.publish_everywhere()
    assert Slot.objects.count() == 2 * 9 * 24


@pytest.fixture
def some_offices(db):
    """Three offices of three towns, with hours and somebody who waits today."""
    offices = [factories.OfficeFactory() for _ in range(3)]
    for office in offices:
        factories.make_hours(office)
        items = [Item(factories.OfferingFactory(office=office), 1)]
        draw_ticket(office=office, items=items, actor=CITIZEN)
    return offices


@pytest.mark.parametrize(
    ("duty", "queries"),
    [
        (worker.publish_everywhere, 1),
        # Who is open longer than their hours, and these.
        (worker.end_forgotten_visits_everywhere, 2),
        # The rules in use; for the one rule its mails, its notes and its appointments. Calendars.
        (worker.delete_expired_personal_data, 5),
        # A day before, and an hour before.
        (worker.write_due_reminders, 2),
        (worker.expire_holds, 1),
        (worker.deliver_due_mails, 1),
    ],
)
def test_finding_that_nothing_is_to_be_done_costs_the_same_for_many_offices(
    some_offices, django_assert_num_queries, duty, queries
):
    with django_assert_num_queries(queries):
        duty()


def test_forgotten_visits_end_in_every_office(some_offices, set_time):
    set_time(TUESDAY + timedelta(days=1))
    assert worker.end_forgotten_visits_everywhere() == 3
    assert not Visit.objects.filter(state__in=Visit.OPEN).exists()


def test_visits_of_today_are_forgotten_in_no_zone(db, set_time):
    """One in the afternoon in Berlin: in Auckland it is the next day, in Honolulu it is not."""
    for zone in ("Pacific/Auckland", "Pacific/Honolulu"):
        office = factories.OfficeFactory(time_zone=zone)
        Visit.objects.create(
            office=office, day=date(2026, 11, 24), letter="A", serial=1,
            arrived_at=TUESDAY, due_at=TUESDAY,
        )  # fmt: skip
    set_time(datetime(2026, 11, 24, 13, 0, tzinfo=BERLIN))
    worker.end_forgotten_visits_everywhere()
    left = Visit.objects.get(state=Visit.State.LEFT)
    assert left.office.time_zone == "Pacific/Auckland"
