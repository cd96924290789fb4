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


def count_lately(name: str, whose: str, *, seconds: int = 60) -> float:
    """Count one, and tell how many there were within the last ``seconds``; 0 without a cache.

    This window, and of the one before the share that is not over yet: so no rate begins anew
    with each minute.
    """
    now = clock.system_time().timestamp()
    this, before = _key(name, whose, seconds), _key(name, whose, seconds, windows_ago=1)
    try:
        cache.add(this, 0, timeout=2 * seconds)
        return cache.incr(this) + cache.get(before, 0) * (1 - now % seconds / seconds)
    except ValueError:  # the window ended between the two calls
        return 0.0
    except RedisError:
        logger.warning("no cache: the rate of %s is not known", name)
        return 0.0


def is_first_use(name: str, what: str, *, seconds: int) -> bool:
    """Whether ``what`` has not been used within ``seconds``; without a cache nobody knows."""
    try:
        return cache.add(f"used:{name}:{what}", 1, timeout=seconds)
    except RedisError:
        logger.warning("no cache: %s may be used twice", name)
        return True


def _key(name: str, whose: str, seconds: int, *, windows_ago: int = 0) -> str:
    window = int(clock.system_time().timestamp()) // seconds - windows_ago
    return f"throttle:{name}:{whose}:{window}"
