"""The real week with a waiting list: which places that came back reach a wish, and how soon.

What is real: when a place was freed and when somebody took it again. What is assumed: who would
have wished for something earlier, and how people answer. Each wisher is compared with the same
person who keeps reloading the page in the week as it was. See ``docs/wishes.md``.
"""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from heapq import heapify, heappop, heappush
from itertools import count

from booking.domain.slot_grid import starts_with_room
from booking.domain.wish_matching import Answering, Asked, Suits, next_offer

from .week import Pool

# Nobody reloads a page by night.
AWAKE = (time(7), time(22))
# As in ``booking.domain.offer_ends``, which knows Django.
UNANSWERED_AT_MOST = 2
ANY_DAY = frozenset(range(7))


@dataclass(frozen=True)
class Assumed:
    """What the rows do not tell. Shares are of 1, times of people in hours."""

    wishing: float = 0.25
    from_days: int = 3
    # Nobody changes an appointment for less.
    worth_days: float = 1.0
    unanswered: float = 0.3
    declined: float = 0.1
    answer_hours: float = 2.0
    reply_hours: float = 24.0
    lead_hours: float = 2.0
    reload_hours: Sequence[float] = (1, 3, 12)


@dataclass
class Wisher:
    """Somebody who booked ``own`` at ``at`` and would rather come ``before`` another time."""

    number: int
    at: datetime
    own: datetime
    before: datetime
    units: int
    lapsed: int = 0
    not_again: set[datetime] = field(default_factory=set)
    got: datetime | None = None


@dataclass
class Reloading:
    """How many days earlier each came, and how often they looked together."""

    days: list[float] = field(default_factory=list)
    looks: int = 0


@dataclass
class Outcome:
    """Figures of one office or of several together. Places are units of the office's hours."""

    bookings: int = 0
    freed: int = 0
    # That somebody on the list waited for; of these, such as no offer could be answered for.
    wanted: int = 0
    too_late: int = 0
    reached: int = 0
    exchanged: int = 0
    offers: int = 0
    lapsed: int = 0
    declined: int = 0
    # Of each freed place that reached a wish: from its return to the booking.
    hours: list[float] = field(default_factory=list)
    # Of each wisher how many days earlier; and of the same people reloading every so many hours.
    by_list: list[float] = field(default_factory=list)
    by_reloading: dict[float, "Reloading"] = field(default_factory=dict)

    def add(self, other: "Outcome") -> None:
        for name, mine in vars(self).items():
            theirs = getattr(other, name)
            if isinstance(mine, dict):
                for every, reloading in theirs.items():
                    together = mine.setdefault(every, Reloading())
                    together.days += reloading.days
                    together.looks += reloading.looks
            else:
                setattr(self, name, mine + theirs)


def replay_wishes(pool: Pool, assumed: Assumed, seed: str) -> Outcome:
    """One office's week, the same for the same seed."""
    found = Outcome()
    chance = random.Random(f"{seed} {pool.name} {len(pool.changes)}")  # noqa: S311 - no secret
    wishers = _wishers(pool, assumed, chance, found)
    _Office(pool, assumed, chance, found).play(wishers)
    found.by_list = [_days_earlier(one, one.got) for one in wishers]
    page = _Page(pool, wishers)
    found.by_reloading = {every: page.reloaded(every, chance) for every in assumed.reload_hours}
    return found


def _wishers(pool: Pool, assumed: Assumed, chance: random.Random, found: Outcome) -> list[Wisher]:
    """Some of those who booked a time some days away would have liked an earlier one."""
    wishers = []
    for step in pool.steps():
        if step.act != "book":
            continue
        found.bookings += 1
        own = step.starts[0]
        far = own - step.at >= timedelta(days=assumed.from_days)
        if far and chance.random() < assumed.wishing:
            before = own - timedelta(days=assumed.worth_days)
            wishers.append(Wisher(len(wishers), step.at, own, before, len(step.starts)))
    return wishers


def _days_earlier(wisher: Wisher, got: datetime | None) -> float:
    return (wisher.own - got) / timedelta(days=1) if got else 0.0


class _Office:
    """The waiting list of one office: what happens, in order of time."""

    def __init__(self, pool: Pool, assumed: Assumed, chance: random.Random, found: Outcome) -> None:
        self.pool, self.assumed, self.chance, self.found = pool, assumed, chance, found
        self.answering = Answering(
            reply=timedelta(hours=assumed.reply_hours), lead=timedelta(hours=assumed.lead_hours)
        )
        # When each place that a wish may get now came back.
        self.free: dict[datetime, datetime] = {}
        # Held for somebody, or booked: what the rows say of these no longer happens.
        self.ours: set[datetime] = set()
        self.given_up: set[datetime] = set()
        self.waiting: dict[int, Wisher] = {}
        self.events: list[tuple] = []
        self.order = count()

    def play(self, wishers: Iterable[Wisher]) -> None:
        for wisher in wishers:
            self._at(wisher.at, self._wish, wisher)
        for change in self.pool.changes:
            if change.kind == "freed" and change.start > change.at:
                self._at(change.at, self._freed, change.start)
        while self.events:
            now = self.events[0][0]
            # All rows of one look are one moment.
            while self.events and self.events[0][0] == now:
                _now, _order, happen, *what = heappop(self.events)
                happen(now, *what)
            while self._offered(now):
                pass
            # What nobody on the list wants is anybody's, as in the week as it was.
            self.free.clear()

    def _at(self, moment: datetime, happen: Callable[..., None], *what: object) -> None:
        heappush(self.events, (moment, next(self.order), happen, *what))

    def _wish(self, _now: datetime, wisher: Wisher) -> None:
        self.waiting[wisher.number] = wisher

    def _freed(self, now: datetime, start: datetime) -> None:
        self.found.freed += 1
        if start not in self.ours and start not in self.given_up:
            self.free[start] = now
            if any(start < one.before for one in self.waiting.values()):
                self.found.wanted += 1
                self.found.too_late += self.answering.until(start, now) is None

    def _offered(self, now: datetime) -> bool:
        """Whether another offer was made."""
        rooms = {
            units: starts_with_room(sorted(self.free), units, self.pool.unit_minutes)
            for units in {one.units for one in self.waiting.values()}
        }
        in_order = ((key, [self._asked(one)]) for key, one in sorted(self.waiting.items()))
        found = next_offer(in_order, lambda asked: rooms[asked.key], now) if self.free else None
        if found is None:
            return False
        wisher = self.waiting.pop(found.wish)
        places = {unit: self.free.pop(unit) for unit in self._units(found.start, wisher.units)}
        self.ours.update(places)
        self.found.offers += 1
        wisher.not_again.add(found.start)
        reply_by = found.asked.answering.until(found.start, now)
        answered = now + timedelta(hours=self.chance.expovariate(1 / self.assumed.answer_hours))
        drawn = self.chance.random()
        if drawn < self.assumed.unanswered or answered >= reply_by:
            self._at(reply_by, self._lapse, wisher, places)
        elif drawn < self.assumed.unanswered + self.assumed.declined:
            self._at(answered, self._decline, wisher, places)
        else:
            self._at(answered, self._accept, wisher, places)
        return True

    def _accept(self, now: datetime, wisher: Wisher, places: dict[datetime, datetime]) -> None:
        wisher.got = min(places)
        for start, came_back in places.items():
            if start in self.given_up:
                self.found.exchanged += 1
            else:
                self.found.reached += 1
                self.found.hours.append((now - came_back) / timedelta(hours=1))
        for start in self._units(wisher.own, wisher.units):
            self.given_up.add(start)
            self.free[start] = now

    def _decline(self, now: datetime, wisher: Wisher, places: dict[datetime, datetime]) -> None:
        self.found.declined += 1
        self._pass_on(now, wisher, places)

    def _lapse(self, now: datetime, wisher: Wisher, places: dict[datetime, datetime]) -> None:
        self.found.lapsed += 1
        wisher.lapsed += 1
        self._pass_on(now, wisher, places)

    def _pass_on(self, _now: datetime, wisher: Wisher, places: dict[datetime, datetime]) -> None:
        self.ours.difference_update(places)
        self.free.update(places)
        if wisher.lapsed < UNANSWERED_AT_MOST:
            self.waiting[wisher.number] = wisher

    def _units(self, start: datetime, units: int) -> list[datetime]:
        return [start + n * self.pool.unit for n in range(units)]

    def _asked(self, wisher: Wisher) -> Asked:
        return Asked(
            office=self.pool.name,
            key=wisher.units,
            minutes=wisher.units * self.pool.unit_minutes,
            suits=Suits(ANY_DAY, time(0), time(23, 59), wisher.before.date(), wisher.before),
            answering=self.answering,
            not_again=frozenset(wisher.not_again),
        )


class _Page:
    """The page of times in the week as it was, for people who keep reloading it.

    A place that came back can be seen until somebody took it, or one of these people did.
    """

    def __init__(self, pool: Pool, awaited: Sequence[Wisher]) -> None:
        self.pool, self.awaited = pool, awaited
        self.end = max(change.at for change in pool.changes)
        self.spans = sorted(
            (change.at, after.at if after else change.start, change.start)
            for history in pool.by_start.values()
            for change, after in zip(history, [*history[1:], None], strict=True)
            if change.kind == "freed"
        )

    def reloaded(self, every: float, chance: random.Random) -> "Reloading":
        """Each looks every so many hours by day, takes the earliest that is earlier, and stops."""
        found = Reloading([0.0] * len(self.awaited))
        gap = timedelta(hours=every)
        looks = [(one.at + gap * chance.random(), one.number) for one in self.awaited]
        heapify(looks)
        came, free = 0, {}
        while looks:
            look, number = heappop(looks)
            while came < len(self.spans) and self.spans[came][0] <= look:
                since, until, start = self.spans[came]
                free[start] = (since, until)
                came += 1
            person, got = self.awaited[number], None
            if AWAKE[0] <= look.time() <= AWAKE[1]:
                found.looks += 1
                got = self._seen(person, free, look)
            if got is not None:
                found.days[number] = _days_earlier(person, got)
                for n in range(person.units):
                    del free[got + n * self.pool.unit]
            elif look + gap < min(person.before, self.end):
                heappush(looks, (look + gap, number))
        return found

    def _seen(
        self, person: Wisher, free: dict[datetime, tuple[datetime, datetime]], look: datetime
    ) -> datetime | None:
        """What was free when they booked did not suit them."""
        visible = sorted(
            start
            for start, (since, until) in free.items()
            if person.at <= since and look < min(until, start) and start < person.before
        )
        rooms = starts_with_room(visible, person.units, self.pool.unit_minutes)
        return rooms[0] if rooms else None
