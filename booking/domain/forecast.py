"""How long somebody will still wait. Pure: no database, no Django.

The rest of the day is played through many times, as the office works: whoever gets free calls
the person first in order that they can serve. Each time everything that is not known – how
long each matter takes, how today goes, who comes to their appointment – is drawn anew. The
answer is the spread of what came out: its 10th, 50th and 90th percentile.

The draws are no accident: each unknown takes evenly spread quantiles of its distribution, in an
order that differs from unknown to unknown (Latin hypercube sampling, McKay et al. 1979). So
few rounds are enough, and the same situation always gives the same answer.
"""

from bisect import bisect_right, insort
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heapreplace
from math import exp, inf, log
from random import Random
from statistics import NormalDist
from typing import NamedTuple

from .day_log import Work
from .service_times import Habits, Today
from .staffing import Span, likely_spans

ROUNDS = 64
# Orders of the quantiles; more than unknowns in most offices, after which they repeat.
ORDERS = 509
NORMAL = NormalDist()
# Nobody is taken to be so far beyond the usual that nothing can be said of the rest.
FARTHEST = 3.0


class Wait(NamedTuple):
    """Minutes: with one chance in ten less than ``low``, or more than ``high``."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Busy:
    """Whom a counter has called, and since when they are being served (``None``: not yet)."""

    work: Work
    called: float
    begun: float | None


@dataclass(frozen=True, slots=True)
class CounterNow:
    """``serves``: offerings, ``None`` for all; ``present``: somebody calls from there."""

    id: Hashable
    serves: frozenset[Hashable] | None = None
    busy: Busy | None = None
    present: bool = True
    # When its last visit ended, where nobody has been called since.
    freed: float = -inf


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who waits."""

    id: Hashable
    work: Work
    needs: frozenset[Hashable]
    due: float
    arrived: float


@dataclass(frozen=True, slots=True)
class Expected:
    """An appointment nobody has come to yet: ``start``, and the ``chance`` of coming at all."""

    work: Work
    needs: frozenset[Hashable]
    start: float
    chance: float


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who would draw a ticket now, and would be due at ``due``."""

    id: Hashable
    needs: frozenset[Hashable]
    due: float


@dataclass(frozen=True)
class Situation:
    """An office at one moment. All moments are minutes since one origin."""

    now: float
    counters: Sequence[CounterNow]
    waiting: Sequence[Waiting]
    expected: Sequence[Expected] = ()
    newcomers: Sequence[Newcomer] = ()
    # When the doors close; whoever is inside is still served.
    closes: float = inf


# The person with the least is called first.
Order = Callable[[Waiting], tuple[float, ...]]


def by_due_time(person: Waiting) -> tuple[float, ...]:
    """The order of :mod:`booking.domain.call_order`."""
    return (person.due, person.arrived)


def forecast(
    situation: Situation, habits: Habits, today: Today, *, order: Order = by_due_time
) -> dict[Hashable, Wait | None]:
    """The remaining wait of everybody who waits, and of every newcomer, by id, in minutes.

    ``None`` where nobody is there who could serve them.
    """
    return _Play(situation, habits, today, order).waits()


def _orders() -> list[list[int]]:
    rng = Random(1)  # noqa: S311 - an even spread, no secret
    return [rng.sample(range(ROUNDS), ROUNDS) for _ in range(ORDERS)]


# By unknown and round: a share of its distribution, and the standard normal's quantile there.
SHARES = [[(place + 0.5) / ROUNDS for place in order] for order in _orders()]
QUANTILES = [[NORMAL.inv_cdf((place + 0.5) / ROUNDS) for place in order] for order in _orders()]


class _Play:
    """One situation, prepared once for all rounds."""

    def __init__(self, situation: Situation, habits: Habits, today: Today, order: Order) -> None:
        self.situation, self.habits, self.today = situation, habits, today
        self.used = 0
        self.everybody = self._column()
        self.levels: dict[Hashable, list[float]] = {}
        coming = [
            Waiting(None, one.work, one.needs, one.start, one.start) for one in situation.expected
        ]
        people = [*situation.waiting, *coming]
        places = sorted(range(len(people)), key=lambda place: order(people[place]))
        self.people = [people[place] for place in places]
        self.keys = [order(one) for one in self.people]
        rank = {place: rank for rank, place in enumerate(places)}
        here = len(situation.waiting)
        self.waiting = sorted(rank[place] for place in range(here))
        self.is_waiting = [False] * len(people)
        for one in self.waiting:
            self.is_waiting[one] = True
        self.arrivals = self._arrivals([rank[here + index] for index in range(len(coming))])
        self.minutes = [self._minutes(one.work) for one in self.people]
        self.newcomer_keys = [
            order(Waiting(one.id, Work(None, 0), one.needs, one.due, situation.now))
            for one in situation.newcomers
        ]
        self.first_newcomer = min(self.newcomer_keys, default=())
        self.spans = self._spans()
        self.free = [self._free(counter) for counter in situation.counters]
        self.serves = [self._serves(counter) for counter in situation.counters]

    def waits(self) -> dict[Hashable, Wait | None]:
        found: list[list[float]] = [[] for _ in range(len(self.people))]
        new: list[list[float]] = [[] for _ in self.situation.newcomers]
        for number in range(ROUNDS):
            self._round(number, found, new)
        answers: dict[Hashable, Wait | None] = {}
        for rank in self.waiting:
            answers[self.people[rank].id] = self._wait(found[rank])
        for newcomer, starts in zip(self.situation.newcomers, new, strict=True):
            answers[newcomer.id] = self._wait(starts)
        return answers

    def _round(self, number: int, found: list[list[float]], new: list[list[float]]) -> None:
        """Play it once and note when everybody is called."""
        queue = self.waiting.copy()
        arrivals = self.arrivals[number]
        minutes, serves = self.minutes, self.serves
        spans = self.spans[number % len(self.spans)]
        free = [
            (_next_presence(spans[counter], starts[number]), counter)
            for counter, starts in enumerate(self.free)
            if spans[counter]
        ]
        heapify(free)
        left = len(queue)
        unseen = [*range(len(new))]
        arrived = 0
        while free and (left or unseen):
            at, counter = free[0]
            while arrived < len(arrivals) and arrivals[arrived][0] <= at:
                insort(queue, arrivals[arrived][1])
                arrived += 1
            if at == inf:
                return
            able = serves[counter]
            if able is None:
                place = 0 if queue else -1
            else:
                place = next((index for index, one in enumerate(queue) if able[one]), -1)
            if unseen and (place < 0 or self.keys[queue[place]] > self.first_newcomer):
                key = self.keys[queue[place]] if place >= 0 else None
                unseen = self._meet(counter, key, at, unseen, new)
            if place >= 0:
                person = queue.pop(place)
                if self.is_waiting[person]:
                    found[person].append(at)
                    left -= 1
                at += minutes[person][number]
                heapreplace(free, (_next_presence(spans[counter], at), counter))
            elif arrived < len(arrivals):
                at = arrivals[arrived][0]
                heapreplace(free, (_next_presence(spans[counter], at), counter))
            else:
                heappop(free)

    def _meet(
        self,
        counter: int,
        key: tuple[float, ...] | None,
        at: float,
        unseen: list[int],
        new: list[list[float]],
    ) -> list[int]:
        """Newcomers who would be called now; they stand in nobody's way."""
        serves = self.situation.counters[counter].serves
        rest = []
        for index in unseen:
            comes_first = key is None or self.newcomer_keys[index] < key
            needs = self.situation.newcomers[index].needs
            if comes_first and (serves is None or needs <= serves):
                new[index].append(at)
            else:
                rest.append(index)
        return rest

    def _wait(self, starts: list[float]) -> Wait | None:
        if len(starts) < ROUNDS // 2:
            return None
        starts = sorted(starts) + [inf] * (ROUNDS - len(starts))
        now = self.situation.now
        low, middle, high = (max(_quantile(starts, share) - now, 0.0) for share in (0.1, 0.5, 0.9))
        return Wait(low, middle, high)

    def _column(self) -> list[float]:
        """Draws of a standard normal, one for each round."""
        self.used += 1
        return QUANTILES[self.used % ORDERS]

    def _shares(self) -> list[float]:
        """Draws between 0 and 1, one for each round."""
        self.used += 1
        return SHARES[self.used % ORDERS]

    def _level(self, offering: Hashable) -> list[float]:
        """Today's mean logarithm of an offering in each round."""
        if offering not in self.levels:
            counts, said, spread = self.today.offering(offering)
            base = self.habits.pace(offering).level + counts * said
            share = 1 - counts
            common, width = share * self.today.level, share * self.today.spread
            self.levels[offering] = [
                base + common + width * everybody + spread * own
                for everybody, own in zip(self.everybody, self._column(), strict=True)
            ]
        return self.levels[offering]

    def _minutes(self, work: Work) -> list[float]:
        """How long somebody keeps a counter from their call to the next, in each round."""
        habits = self.habits
        spread = habits.pace(work.offering).spread
        around = habits.walk + habits.turn
        minutes = [
            work.minutes * exp(level + spread * own) + around
            for level, own in zip(self._level(work.offering), self._column(), strict=True)
        ]
        for number, drawn in enumerate(self._shares()):
            if drawn > habits.comes:
                minutes[number] = habits.giving_up + habits.turn
        return minutes

    def _spans(self) -> list[list[Sequence[Span]]]:
        """When each counter is there, by past day; the rounds take turns in them."""
        situation = self.situation
        return [
            [
                likely_spans(
                    counter.id,
                    present=counter.present,
                    now=situation.now,
                    closes=situation.closes,
                    past=past,
                )
                for counter in situation.counters
            ]
            for past in self.habits.days or ({},)
        ]

    def _free(self, counter: CounterNow) -> list[float]:
        """When the counter calls next, in each round."""
        now, habits = self.situation.now, self.habits
        if counter.busy is None:
            return [max(now, counter.freed + habits.turn)] * ROUNDS
        work, called, begun = counter.busy.work, counter.busy.called, counter.busy.begun
        if begun is None:
            # Somebody is on the way, and may not come.
            return [max(called + minutes, now) for minutes in self._minutes(work)]
        return [now + rest + habits.turn for rest in self._rest(work, now - begun)]

    def _rest(self, work: Work, so_far: float) -> list[float]:
        """The minutes a service still takes that has taken ``so_far``, in each round."""
        spread = self.habits.pace(work.offering).spread
        done = log(max(so_far, 0.1) / work.minutes)
        rests = []
        for level, own in zip(self._level(work.offering), self._shares(), strict=True):
            below = NORMAL.cdf(min((done - level) / spread, FARTHEST))
            z = NORMAL.inv_cdf(below + (1 - below) * own)
            rests.append(max(work.minutes * exp(level + spread * z) - so_far, 0.0))
        return rests

    def _arrivals(self, ranks: Sequence[int]) -> list[list[tuple[float, int]]]:
        """Who comes to their appointment when, in each round, in order of time."""
        rounds: list[list[tuple[float, int]]] = [[] for _ in range(ROUNDS)]
        now, offsets = self.situation.now, self.habits.offsets
        for expected, rank in zip(self.situation.expected, ranks, strict=True):
            chances, times = self._shares(), self._shares()
            first = bisect_right(offsets, now - expected.start)
            later = offsets[first:]
            # Whoever could have come already is less likely to come at all (Bayes).
            missing = expected.chance * len(later) / len(offsets)
            chance = missing / (1 - expected.chance + missing) if later else 0.0
            for number in range(ROUNDS):
                if chances[number] < chance:
                    place = int(times[number] * len(later))
                    rounds[number].append((expected.start + later[place], rank))
        for arrivals in rounds:
            arrivals.sort()
        return rounds

    def _serves(self, counter: CounterNow) -> list[bool] | None:
        if counter.serves is None:
            return None
        return [one.needs <= counter.serves for one in self.people]


def _next_presence(spans: Sequence[Span], at: float) -> float:
    """The first moment from ``at`` on when the counter is there; infinity if there is none."""
    for since, until in spans:
        if at < until:
            return at if at >= since else since
    return inf


def _quantile(values: Sequence[float], share: float) -> float:
    """Between the values, as if each stood for an equal part (Hazen)."""
    place = share * len(values) - 0.5
    below = int(place)
    if values[below + 1] == inf:
        return inf
    return values[below] + (place - below) * (values[below + 1] - values[below])
