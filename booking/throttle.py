"""A limit on attempts: for guessed codes, pairing and holds.

Counts in the cache: Redis where there is one, else the memory of the one process. Without
a reachable cache nothing is limited – an outage must not close the office.

Each window has a counter of its own. Were it left to the cache alone when one ends, a clock
that is set back by an hour would keep everybody out for an hour.
"""

import logging

from django.core.cache import cache
from redis.exceptions import RedisError

from . import clock
from .domain.errors import TooManyAttempts

logger = logging.getLogger(__name__)


def require_attempts_left(name: str, whose: str, *, limit: int, seconds: int = 60) -> None:
    """Raise ``TooManyAttempts`` where ``count_attempt`` has counted ``limit`` in the window.

    For guesses of which only the wrong ones count.
    """
    try:
        attempts = cache.get(_key(name, whose, seconds), 0)
    except RedisError:
        return
    if attempts >= limit:
        raise TooManyAttempts


def count_attempt(name: str, whose: str, *, limit: int, seconds: int = 60) -> None:
    """Count one attempt by ``whose``; raise ``TooManyAttempts`` beyond ``limit`` in a window."""
    key = _key(name, whose, seconds)
    try:
        cache.add(key, 0, timeout=seconds)
        attempts = cache.incr(key)
    except ValueError:  # the window ended between the two calls
        return
    except RedisError:
        logger.warning("no cache: attempts at %s are not limited", name)
        return
    if attempts > limit:
        raise TooManyAttempts


def _key(name: str, whose: str, seconds: int) -> str:
    window = int(clock.system_time().timestamp()) // seconds
    return f"throttle:{name}:{whose}:{window}"
