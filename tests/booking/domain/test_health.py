from datetime import timedelta

import pytest
from django.db import DatabaseError, connection

from booking.domain.health import beat, channel_layer_state, database_state, worker_state
from tests.conftest import TUESDAY


def broken(*_args, **_options):
    raise DatabaseError


def test_a_worker_that_was_never_seen_is_absent(db):
    assert worker_state() == "absent"


@pytest.mark.parametrize(("seconds", "state"), [(0, "ok"), (59, "ok"), (60, "late")])
def test_a_worker_is_late_after_a_minute_of_silence(db, set_time, seconds, state):
    beat()
    set_time(TUESDAY + timedelta(seconds=seconds))
    assert worker_state() == state


def test_the_worker_beats_in_real_time_whatever_the_demo_says(db, settings, tmp_path, set_time):
    beat()
    settings.DEMO, settings.DEMO_CLOCK_FILE = True, tmp_path / "demo_clock"
    settings.DEMO_CLOCK_FILE.write_text("360000")
    assert worker_state() == "ok"


def test_a_database_that_does_not_answer_is_unreachable(db, monkeypatch):
    assert database_state() == "ok"
    with monkeypatch.context() as away:
        away.setattr(connection, "cursor", broken)
        assert (database_state(), worker_state()) == ("unreachable", "absent")


def test_redis_that_does_not_answer_is_unreachable(settings):
    settings.REDIS_URL = ""
    assert channel_layer_state() == "ok"
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert channel_layer_state() == "unreachable"
