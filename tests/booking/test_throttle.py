import logging

import pytest
from django.core.cache import cache
from redis.exceptions import ConnectionError as NoRedis

from booking.domain.errors import TooManyAttempts
from booking.throttle import count_attempt, require_attempts_left


def attempts(count, whose="kiosk", **options):
    for _ in range(count):
        count_attempt("code", whose, limit=3, **options)


def test_attempts_up_to_the_limit_pass_and_the_next_is_refused():
    attempts(3)
    with pytest.raises(TooManyAttempts):
        attempts(1)


def test_everybody_has_attempts_of_their_own():
    attempts(3)
    attempts(3, whose="another")


def test_a_new_window_begins_when_the_old_one_has_ended():
    attempts(3)
    cache.clear()
    attempts(3)


def test_asking_for_attempts_left_counts_none():
    attempts(2)
    for _ in range(5):
        require_attempts_left("code", "kiosk", limit=3)
    attempts(1)
    with pytest.raises(TooManyAttempts):
        require_attempts_left("code", "kiosk", limit=3)


def test_a_window_that_ends_in_between_limits_nothing(monkeypatch):
    monkeypatch.setattr(cache, "add", lambda *_args, **_options: None)
    attempts(1)


def test_without_redis_nothing_is_limited_and_the_log_says_so(monkeypatch, caplog):
    def down(*_args, **_options):
        raise NoRedis

    monkeypatch.setattr(cache, "add", down)
    monkeypatch.setattr(cache, "get", down)
    with caplog.at_level(logging.WARNING):
        attempts(5)
        require_attempts_left("code", "kiosk", limit=0)
    assert "not limited" in caplog.text
