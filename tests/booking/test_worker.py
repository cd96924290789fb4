import logging

import pytest
from django.db import InterfaceError, OperationalError

from booking import worker
from booking.domain.health import worker_state
from booking.models import Slot
from tests import factories


class Stop(BaseException):
    """Ends the endless loop of the worker."""


def ticks(monkeypatch, count):
    """Let the worker tick so often."""
    slept = iter(range(1, count))

    def sleep(seconds):
        assert seconds == worker.TICK_SECONDS
        if next(slept, None) is None:
            raise Stop

    monkeypatch.setattr(worker.time, "sleep", sleep)
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    with pytest.raises(Stop):
        worker.tick_forever()


def test_a_duty_that_fails_is_logged_and_the_others_go_on(caplog):
    done = []

    def broken():
        raise ValueError("no")

    with caplog.at_level(logging.ERROR):
        worker.run(lambda: done.append(1), broken, lambda: done.append(2))
    assert done == [1, 2]
    assert "broken failed" in caplog.text


def test_a_failing_duty_fails_again_with_every_tick_and_stops_nothing(db, monkeypatch):
    calls = []

    def broken():
        calls.append("broken")
        raise ValueError

    monkeypatch.setattr(worker, "expire_holds", broken)
    monkeypatch.setattr(worker, "deliver_due_mails", lambda: calls.append("mails"))
    ticks(monkeypatch, 3)
    assert calls == ["broken", "mails"] * 3
    assert worker_state() == "ok"


def test_publishing_and_forgetting_are_done_once_an_hour(db, monkeypatch):
    done = []
    monkeypatch.setattr(worker, "publish_everywhere", lambda: done.append("published"))
    monkeypatch.setattr(worker, "delete_expired_personal_data", lambda: done.append("forgotten"))
    monkeypatch.setattr(worker, "TICKS_PER_HOUR", 3)
    ticks(monkeypatch, 4)
    assert done == ["published", "forgotten"] * 2


def test_every_office_is_published(db):
    offices = [factories.OfficeFactory() for _ in range(2)]
    for office in offices:
        factories.make_hours(office).slots.all().delete()
        office.opening_hours.update(published_until=None)
    worker.publish_everywhere()
    assert Slot.objects.count() == 2 * 9 * 24


def test_a_database_that_is_away_is_waited_for(monkeypatch, caplog):
    outcomes = iter([OperationalError("away"), InterfaceError("away"), None])
    slept = []

    def db_worker(name, **_options):
        assert name == "db_worker"
        if error := next(outcomes):
            raise error

    monkeypatch.setattr(worker, "call_command", db_worker)
    monkeypatch.setattr(worker.time, "sleep", slept.append)
    with caplog.at_level(logging.ERROR):
        worker.take_tasks_forever()
    assert slept == [worker.PAUSE_SECONDS] * 2
    assert caplog.text.count("the database does not answer") == 2
