"""A waiting room before the free times of an office, unseen until more come than can be served.

Whoever comes while others wait draws a number, once: it stands in a signed cookie, so neither
reloading nor a second tab moves anybody forward. Every few seconds so many are let in as the
pages can serve, in the order of the numbers. What they can serve is measured: the rate rises
while answers are quick and falls when they are not.

A few counts per room in the cache, nothing per person. Without a cache there is no room.
"""

import logging
import math
from dataclasses import dataclass
from uuid import UUID

from django.core import signing
from django.core.cache import cache
from redis.exceptions import RedisError

from . import clock
from .throttle import count_attempt

logger = logging.getLogger(__name__)

# People are let in once in so many seconds; also how long what is measured is measured.
WINDOW = 5
# People let in per second: to begin with, and between what the measurements may move it.
FIRST_RATE, LEAST_RATE, GREATEST_RATE = 40.0, 2.0, 1000.0
# Milliseconds; answers that take longer on average say that there are too many at once.
SLOW = 800
SLOWER, QUICKER = 0.7, 1.15
# Numbers that one address may draw; many people may share one.
NUMBERS_PER_MINUTE = 60
# Seconds in which somebody who was let in may look around and book.
PASS = 900
# Where nobody has looked for a while, no more are let in together than in so many windows.
WINDOWS_AT_ONCE = 4
# Of an office, by its id, or of a town, by its short name.
Room = UUID | str
COUNTS = ("drawn", "let_in", "rate", "turned")
# Counts are forgotten after a day without anybody: no number is older.
KEPT = 86_400


@dataclass(frozen=True)
class Place:
    """Where somebody stands: ``ahead`` is 0 inside. ``ticket`` is what the cookie says then."""

    ahead: int = 0
    seconds: int = 0
    ticket: str = ""


INSIDE = Place()


def enter(whose: Room, ticket: str, client: str = "") -> Place:
    """Come in, or draw a number; ``ticket`` is what the cookie says now, if there is one.

    Raises ``TooManyAttempts`` for a client that draws one number after the other: nobody shall
    fill the room with people who are not there.
    """
    try:
        return _enter(_Counts(whose), ticket, client)
    except RedisError:
        logger.warning("no cache: no waiting room")
        return INSIDE


def is_inside(whose: Room, ticket: str) -> bool:
    """Whether somebody may book now: nobody waits, or the ticket has been let in."""
    try:
        room = _Counts(whose)
        return not room.in_use() or _has_pass(*_read(room, ticket))
    except RedisError:
        return True


def was_let_in(whose: Room, ticket: str) -> bool:
    """Whether the ticket has been let in, also where nobody waits any more."""
    try:
        return bool(ticket) and _has_pass(*_read(_Counts(whose), ticket))
    except RedisError:
        return True


def measure(whose: Room, milliseconds: float) -> None:
    """Note how long an answer to somebody inside has taken."""
    try:
        room = _Counts(whose)
        room.count("answers", room.window)
        room.count("busy", room.window, by=max(1, round(milliseconds)))
    except RedisError:
        pass


def _enter(room: "_Counts", ticket: str, client: str) -> Place:
    number, let_in_at = _read(room, ticket)
    if _has_pass(number, let_in_at):
        return INSIDE
    room.turn()
    if not number:
        if not room.in_use():
            if room.count("arrivals", room.window) <= room.rate * WINDOW:
                return INSIDE
            room.close()
        if client:
            count_attempt("room", client, limit=NUMBERS_PER_MINUTE)
        number = room.count("drawn")
    ahead = max(0, number - room.let_in)
    now = 0 if ahead else int(clock.system_time().timestamp())
    return Place(ahead, math.ceil(ahead / room.rate), room.sign([number, now]))


def _read(room: "_Counts", ticket: str) -> tuple[int, int]:
    """The number of a ticket and when it was let in; zeros for none, or one of before."""
    try:
        number, let_in_at = signing.loads(ticket, salt=room.salt, max_age=KEPT)
    except (signing.BadSignature, ValueError, TypeError):
        return 0, 0
    if number > room.drawn or (let_in_at and not _has_pass(number, let_in_at)):
        return 0, 0
    return number, let_in_at


def _has_pass(number: int, let_in_at: int) -> bool:
    return bool(number) and 0 <= clock.system_time().timestamp() - let_in_at < PASS


class _Counts:
    """The counts of one room: numbers drawn and let in, and the rate, people per second."""

    def __init__(self, whose: Room) -> None:
        self.prefix = f"room:{whose}"
        self.salt = self.prefix
        self.window = int(clock.system_time().timestamp()) // WINDOW
        known = cache.get_many([self.key(name) for name in COUNTS])
        self.drawn = known.get(self.key("drawn"), 0)
        self.let_in = known.get(self.key("let_in"), 0)
        self.rate = known.get(self.key("rate"), FIRST_RATE)
        self.turned = known.get(self.key("turned"), 0)

    def key(self, name: str, window: int | None = None) -> str:
        return f"{self.prefix}:{name}" if window is None else f"{self.prefix}:{name}:{window}"

    def sign(self, value: list[int]) -> str:
        return signing.dumps(value, salt=self.salt)

    def in_use(self) -> bool:
        return self.drawn > self.let_in

    def count(self, name: str, window: int | None = None, *, by: int = 1) -> int:
        key = self.key(name, window)
        cache.add(key, 0, timeout=KEPT if window is None else 4 * WINDOW)
        try:
            counted = cache.incr(key, by)
        except ValueError:  # forgotten between the two calls
            return by
        if name == "drawn":
            self.drawn = counted
        return counted

    def close(self) -> None:
        """As many have come in this window as may: the next are let in with the next.

        Numbers go on where they stood, also where one of the counts was forgotten.
        """
        self.drawn = self.let_in = max(self.drawn, self.let_in)
        counts = {"drawn": self.drawn, "let_in": self.let_in, "turned": self.window}
        cache.set_many({self.key(name): count for name, count in counts.items()}, KEPT)

    def turn(self) -> None:
        """Let the next in; once in a window, by whoever comes first."""
        if not self.in_use() or self.turned >= self.window:
            return
        if not cache.add(self.key("turn", self.window), 1, 4 * WINDOW):
            return
        self._adjust()
        windows = min(self.window - self.turned, WINDOWS_AT_ONCE)
        self.let_in = min(self.drawn, self.let_in + round(self.rate * WINDOW * windows))
        cache.set(self.key("turned"), self.window, KEPT)
        cache.set(self.key("let_in"), self.let_in, KEPT)
        cache.touch(self.key("drawn"), KEPT)

    def _adjust(self) -> None:
        answers = cache.get(self.key("answers", self.window - 1), 0)
        if not answers:
            return
        mean = cache.get(self.key("busy", self.window - 1), 0) / answers
        factor = SLOWER if mean > SLOW else QUICKER
        self.rate = min(max(self.rate * factor, LEAST_RATE), GREATEST_RATE)
        cache.set(self.key("rate"), self.rate, KEPT)
