"""Who is offered which time, and until when it can be answered. Pure: no database, no Django.

Wishes are served strictly in their order: each takes the earliest time that suits it, and the
next gets what is left. So nobody is offered what somebody before would have taken.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

# Less is no time to read a mail.
REPLY_AT_LEAST = timedelta(minutes=30)


@dataclass(frozen=True)
class Suits:
    """When an appointment suits somebody, in local time of the office.

    It lies between the two times of one of the ``weekdays`` (Monday 0), on ``latest_day`` at
    the latest, and begins before the moment ``earlier_than`` where there is one.
    """

    weekdays: frozenset[int]
    from_time: time
    until_time: time
    latest_day: date
    earlier_than: datetime | None = None

    def at(self, start: datetime, minutes: int) -> bool:
        """Whether an appointment of so many minutes suits. ``start`` is local time."""
        end = start + timedelta(minutes=minutes)
        return (
            start.date() <= self.latest_day
            and start.weekday() in self.weekdays
            and self.from_time <= start.time()
            and end.date() == start.date()
            and end.time() <= self.until_time
            and (self.earlier_than is None or start < self.earlier_than)
        )


@dataclass(frozen=True)
class Answering:
    """How long an office gives people to answer an offer."""

    reply: timedelta
    lead: timedelta

    def until(self, start: datetime, now: datetime) -> datetime | None:
        """The last moment to answer an offer made ``now`` for ``start``; ``None``: too late.

        Half of the time that is left where that is less than the office gives, so that the
        place can be passed on once more; never past the start less the lead.
        """
        left = start - self.lead - now
        given = min(self.reply, left / 2)
        return now + given if given >= REPLY_AT_LEAST else None


@dataclass(frozen=True)
class Asked:
    """What of a wish concerns one office. ``key`` is equal where the free times are."""

    office: Hashable
    key: Hashable
    minutes: int
    suits: Suits
    answering: Answering
    not_again: frozenset[datetime] = frozenset()

    def first_of(self, starts: Sequence[datetime], now: datetime) -> datetime | None:
        """The first of the ascending local starts that can be offered."""
        for start in starts:
            if (
                self.suits.at(start, self.minutes)
                and start not in self.not_again
                and self.answering.until(start, now) is not None
            ):
                return start
        return None


@dataclass(frozen=True)
class Found:
    """A time for a wish."""

    wish: Hashable
    asked: Asked
    start: datetime


def next_offer(
    wishes: Iterable[tuple[Hashable, Sequence[Asked]]],
    free: Callable[[Asked], Sequence[datetime]],
    now: datetime,
) -> Found | None:
    """The first of the wishes, which come in their order, that a free time suits, and which.

    ``free`` answers the ascending free starts at an office for what is asked, in its local
    time. Of several offices it is the one with the earliest time.
    """
    for wish, every in wishes:
        found = [
            Found(wish, asked, start)
            for asked in every
            if (start := asked.first_of(free(asked), now)) is not None
        ]
        if found:
            return min(found, key=lambda one: one.start)
    return None
