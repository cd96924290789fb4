"""One day at a simulated office, event by event, with simpy. No database.

People come, wait, are called in an order that is given, and are served; clerks come late,
have lunch, forget to press "finish"; the computers may fail for a while. What comes out is the
same description of a day that the event log of a real office gives, and beside it what only the
simulation knows.
"""

from collections.abc import Callable, Generator, Hashable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from math import exp
from random import Random
from typing import Any
from uuid import UUID

import simpy

from booking.domain.call_order import Priority, Waits, due
from booking.domain.day_log import Booked, DayLog, Event, Person, Presence, Work

from .plan import Climate, OfficePlan, ServicePlan, Shift

# Who of those a counter can serve is called next: people who wait, the moment, and an answer.
CallOrder = Callable[[Sequence[Person], float], Person | None]
MIDNIGHT = datetime(2000, 1, 1)  # noqa: DTZ001 - minutes of a day, in no zone
# A second person of one family needs less time.
FURTHER_PERSON = 0.7
CLERK_LATE = 4.0
PAUSE_MOVES = 10.0
WALK, WALK_SPREAD = 0.8, 0.4
GIVES_UP_AFTER = (1.5, 3.0)
TURN = (0.2, 0.9)
COMES_EARLY, COMES_SPREAD = 8.0, 5.0
BREAKDOWN_MINUTES = (15.0, 30.0)
FORGETS_FOR = (10.0, 45.0)
NOTICES = 0.7
# Whoever is still waiting then is sent home with the clerks.
GOES_HOME = 22 * 60.0
FETCHING_MINUTES = (8.0, 25.0)
# Walk-ins by hour of opening: most come in the first two.
RUSH = (1.6, 1.4, 1.0, 0.8)


@dataclass(frozen=True)
class Truth:
    """What only the simulation knows: today's mean minutes over the configured, by offering."""

    means: dict[Hashable, float]
    spreads: dict[Hashable, float]
    waits: dict[Hashable, float]


@dataclass(frozen=True)
class SimulatedDay:
    log: DayLog
    truth: Truth


def earliest_due(waiting: Sequence[Person], _now: float) -> Person | None:
    """The order of :mod:`booking.domain.call_order`."""
    return min(waiting, key=lambda one: (one.due, one.arrived), default=None)


def simulate(
    plan: OfficePlan,
    seed: Hashable,
    *,
    day: date,
    climate: Climate | None = None,
    order: CallOrder = earliest_due,
    booked: Sequence[Booked] | None = None,
) -> SimulatedDay:
    """The day that belongs to the seed; the same seed always gives the same day.

    Who comes when, and how long each matter takes, does not depend on the order of calls, so
    that orders can be compared on the same day. ``booked``: the day's appointments where they
    are known; else they are made up.
    """
    rng = Random(f"{seed}")  # noqa: S311
    return _Day(plan, rng, day, climate or Climate(), order, booked).play()


@dataclass
class _Coming:
    """Somebody's day, as fate has it."""

    person: Person
    minutes: float
    walk: float
    gone: bool
    # Halfway sent to fetch something, and how long that takes.
    fetches: float | None = None


@dataclass
class _Day:
    plan: OfficePlan
    rng: Random
    day: date
    climate: Climate
    order: CallOrder
    booked: Sequence[Booked] | None = None
    fetching: int = 0
    events: list[Event] = field(default_factory=list)
    waiting: dict[Hashable, Person] = field(default_factory=dict)
    presence: list[Presence] = field(default_factory=list)
    called: dict[Hashable, float] = field(default_factory=dict)

    def play(self) -> SimulatedDay:
        self.env = simpy.Environment()
        self.somebody_came = self.env.event()
        booked, people = self._people()
        self.coming = {one.person.id: one for one in people}
        self.breakdown = self._breakdown()
        # Each clerk has luck of their own, drawn before anything depends on the order.
        lucks = [Random(self.rng.random()) for _shift in self.plan.shifts]  # noqa: S311
        self.env.process(self._arrive(people))
        for shift, luck in zip(self.plan.shifts, lucks, strict=True):
            self.env.process(self._work(shift, luck))
        self.env.run()
        self._end_of_day()
        persons = {one.person.id: one.person for one in people}
        log = DayLog(
            self.day,
            {shift.counter: shift.serves for shift in self.plan.shifts},
            persons,
            self.events,
            booked,
            sorted(self.presence, key=lambda one: one.since),
            self.plan.hours,
        )
        return SimulatedDay(log, self._truth(persons))

    # -- who comes ------------------------------------------------------------------

    def _people(self) -> tuple[list[Booked], list[_Coming]]:
        plan, rng = self.plan, self.rng
        total = plan.load * sum(_length(shift) for shift in plan.shifts) / self._mean_minutes()
        total *= rng.uniform(0.85, 1.15)
        if self.booked is None:
            booked = [self._booked() for _number in range(round(total * plan.booked_share))]
        else:
            booked = [(one, self._persons_of(one)) for one in self.booked]
        coming = []
        for appointment, persons in booked:
            if rng.random() >= plan.no_show:
                offset = rng.gauss(-COMES_EARLY, COMES_SPREAD)
                arrived = max(appointment.start + offset, plan.opens)
                coming.append(self._person(arrived, appointment.work, persons, appointment))
        for _number in range(round(total * (1 - plan.booked_share))):
            service = self._service(walk_in=True)
            persons = self._persons(service)
            coming.append(self._person(self._walk_in_at(), _work(service, persons), persons))
        coming.sort(key=lambda one: one.person.arrived)
        return [appointment for appointment, _persons in booked], coming

    def _booked(self) -> tuple[Booked, int]:
        service = self._service(walk_in=False)
        persons = self._persons(service)
        units = int(self.plan.closes - self.plan.opens - 30) // 5
        start = self.plan.opens + 5 * self.rng.randrange(units)
        while self._is_closed_at(start):
            start = self.plan.opens + 5 * self.rng.randrange(units)
        work = _work(service, persons)
        return Booked(self._id(), work, frozenset({work.offering}), start), persons

    def _persons_of(self, booked: Booked) -> int:
        service = self._service_of(booked.work)
        return max(round(booked.work.minutes / service.configured), 1)

    def _service_of(self, work: Work) -> ServicePlan:
        return next(one for one in self.plan.services if one.offering == work.offering)

    def _is_closed_at(self, at: float, before: float = 0) -> bool:
        """Whether the doors are closed in between, or will be in so many minutes."""
        return any(begin - before <= at < end for begin, end in self.plan.gaps)

    def _person(
        self, arrived: float, work: Work, persons: int, appointment: Booked | None = None
    ) -> _Coming:
        plan, rng = self.plan, self.rng
        # The log tells seconds.
        arrived = round(arrived * 60) / 60
        start = None if appointment is None else appointment.start
        service = self._service_of(work)
        level = service.mean * self.climate.factor(work.offering) * exp(-(service.spread**2) / 2)
        minutes = level * exp(rng.gauss(0, service.spread)) * (1 + FURTHER_PERSON * (persons - 1))
        return _Coming(
            Person(
                id=self._id(),
                work=work,
                needs=frozenset({work.offering}) if appointment is None else appointment.needs,
                arrived=arrived,
                due=self._due(arrived, start, service.target_wait),
                appointment=None if appointment is None else appointment.id,
            ),
            minutes=max(minutes, 0.5),
            walk=WALK * exp(rng.gauss(0, WALK_SPREAD)),
            gone=rng.random() < plan.gone,
            fetches=self._fetches(),
        )

    def _fetches(self) -> float | None:
        # Where nobody does, nothing is drawn: the day stays the same.
        if not self.plan.fetches or self.rng.random() >= self.plan.fetches:
            return None
        return self.rng.uniform(*FETCHING_MINUTES)

    def _due(self, arrived: float, start: float | None, target: int | None) -> float:
        """By the office's own rule."""
        plan = self.plan
        place = due(
            arrived_at=MIDNIGHT + timedelta(minutes=arrived),
            appointment=None if start is None else MIDNIGHT + timedelta(minutes=start),
            priority=Priority.NORMAL,
            waits=Waits(
                grace=plan.grace,
                late=plan.late_wait,
                target=plan.target_wait,
                assisted=plan.target_wait,
                urgent=plan.target_wait,
                returned=0,
            ),
            targets=[target],
        )
        return (place.at - MIDNIGHT) / timedelta(minutes=1)

    def _id(self) -> UUID:
        return UUID(int=self.rng.getrandbits(128), version=4)

    def _service(self, *, walk_in: bool) -> ServicePlan:
        able = [one for one in self.plan.services if (one.walk_in if walk_in else one.online)]
        return self.rng.choices(able, [one.share for one in able])[0]

    def _persons(self, service: ServicePlan) -> int:
        several = service.max_persons > 1 and self.rng.random() < 0.25
        return self.rng.randint(2, min(3, service.max_persons)) if several else 1

    def _walk_in_at(self) -> float:
        opens, last = self.plan.opens, self.plan.closes - self.plan.last_ticket
        while True:
            at = self.rng.uniform(opens - 10, last)
            if self._is_closed_at(at, self.plan.last_ticket):
                continue
            hour = max(int((at - opens) // 60), 0)
            if self.rng.random() * max(RUSH) < RUSH[min(hour, len(RUSH) - 1)]:
                return max(at, opens)

    def _mean_minutes(self) -> float:
        total = sum(one.share for one in self.plan.services)
        mean = sum(one.share * one.mean for one in self.plan.services) / total
        return mean * 1.1 + WALK + sum(TURN) / 2

    def _breakdown(self) -> tuple[float, float] | None:
        if self.rng.random() >= self.plan.breakdown:
            return None
        since = self.rng.uniform(self.plan.opens, self.plan.closes - 60)
        return since, since + self.rng.uniform(*BREAKDOWN_MINUTES)

    # -- what happens ---------------------------------------------------------------

    def _log(self, kind: str, visit: Hashable, counter: Hashable | None = None) -> None:
        self.events.append(Event(self.env.now, visit, kind, counter))

    def _arrive(self, people: Sequence[_Coming]) -> Generator[simpy.Event, Any, None]:
        for one in people:
            yield self.env.timeout(one.person.arrived - self.env.now)
            self._log("drawn" if one.person.appointment is None else "checked_in", one.person.id)
            self._wait(one.person)

    def _wait(self, person: Person) -> None:
        self.waiting[person.id] = person
        self.somebody_came.succeed()
        self.somebody_came = self.env.event()

    def _fetch(self, person: Person, minutes: float) -> Generator[simpy.Event, Any, None]:
        """Gone to fetch something; then waits again, at the old place."""
        yield self.env.timeout(minutes)
        self._log("unparked", person.id)
        self.fetching -= 1
        self._wait(person)

    def _work(self, shift: Shift, luck: Random) -> Generator[simpy.Event, Any, None]:
        """A clerk's day: spans of presence, and in them one person after another."""
        if luck.random() < self.plan.absent and shift is not self.plan.shifts[0]:
            return
        since = shift.since + luck.uniform(0, CLERK_LATE)
        for planned in (*shift.pauses, (shift.until, None)):
            if planned[0] <= since:
                continue
            moved = luck.uniform(-PAUSE_MOVES, PAUSE_MOVES)
            stays = planned[1] is None or planned in self.plan.gaps
            pause = planned if stays else (planned[0] + moved, planned[1] + moved)
            yield self.env.timeout(max(since - self.env.now, 0))
            yield from self._serve(shift, luck, pause[0], is_last=pause[1] is None)
            if planned in self.plan.gaps:
                since = planned[1]
            elif pause[1] is not None:
                since = self.env.now + pause[1] - pause[0]

    def _serve(
        self, shift: Shift, luck: Random, until: float, *, is_last: bool
    ) -> Generator[simpy.Event, Any, None]:
        began = self.env.now
        # Whoever works until the doors close serves those who are inside.
        closings = {begin for begin, _end in self.plan.gaps}
        stays = until in closings or (is_last and until >= self.plan.closes)
        forgotten: Hashable | None = None
        while self.env.now < until or (stays and self._somebody_is_inside()):
            yield from self._wait_for_computers()
            person = self._next(shift)
            if person is None:
                if self.env.now < until:
                    yield self.somebody_came | self.env.timeout(until - self.env.now)
                elif self.fetching:
                    yield self.somebody_came
                else:
                    break
                continue
            if forgotten is not None:
                self._log("finished", forgotten, shift.counter)
            forgotten = yield from self._call(shift, luck, person)
            yield self.env.timeout(luck.uniform(*TURN))
        # Noticed after a while – or never, and the day ends the visit.
        if forgotten is not None and (not is_last or luck.random() < NOTICES):
            yield self.env.timeout(luck.uniform(*FORGETS_FOR))
            self._log("finished", forgotten, shift.counter)
        self._was_there(Presence(shift.counter, began, max(until, self.env.now)))

    def _was_there(self, span: Presence) -> None:
        """Whoever has served through the closing between two openings did not go away."""
        before = next(
            (
                one
                for one in self.presence
                if one.counter == span.counter and one.until == span.since
            ),
            None,
        )
        if before is not None:
            self.presence.remove(before)
            span = span._replace(since=before.since)
        self.presence.append(span)

    def _somebody_is_inside(self) -> bool:
        return bool(self.waiting or self.fetching) and self.env.now < GOES_HOME

    def _next(self, shift: Shift) -> Person | None:
        able = [
            one
            for one in self.waiting.values()
            if shift.serves is None or one.needs <= shift.serves
        ]
        return self.order(able, self.env.now) if able else None

    def _call(
        self, shift: Shift, luck: Random, person: Person
    ) -> Generator[simpy.Event, Any, Hashable | None]:
        """Call and serve; the visit, if the clerk then forgets to say that it is over."""
        fate = self.coming[person.id]
        del self.waiting[person.id]
        self.called.setdefault(person.id, self.env.now)
        self._log("called", person.id, shift.counter)
        if fate.gone:
            yield self.env.timeout(luck.uniform(*GIVES_UP_AFTER))
            self._log("missed", person.id, shift.counter)
            return None
        yield self.env.timeout(fate.walk)
        self._log("begun", person.id, shift.counter)
        if fate.fetches is not None:
            return (yield from self._send_to_fetch(shift, person, fate))
        ends = self.env.now + fate.minutes
        if self.breakdown and self.env.now < self.breakdown[1] and ends > self.breakdown[0]:
            ends += self.breakdown[1] - max(self.breakdown[0], self.env.now)
        yield self.env.timeout(ends - self.env.now)
        if luck.random() < self.plan.forgotten_finish:
            return person.id
        self._log("finished", person.id, shift.counter)
        return None

    def _send_to_fetch(
        self, shift: Shift, person: Person, fate: _Coming
    ) -> Generator[simpy.Event, Any, None]:
        half = fate.minutes / 2
        self.coming[person.id] = replace(fate, minutes=half, fetches=None)
        yield self.env.timeout(half)
        self._log("parked", person.id, shift.counter)
        self.fetching += 1
        self.env.process(self._fetch(person, fate.fetches))

    def _wait_for_computers(self) -> Generator[simpy.Event, Any, None]:
        if self.breakdown and self.breakdown[0] <= self.env.now < self.breakdown[1]:
            yield self.env.timeout(self.breakdown[1] - self.env.now)

    def _end_of_day(self) -> None:
        """What nobody ended ends with the day, at midnight."""
        last = {event.visit: event for event in self.events}
        for visit, event in last.items():
            if event.kind not in ("finished", "missed"):
                self.events.append(Event(24 * 60.0, visit, "forgotten", event.counter))

    def _truth(self, persons: dict[Hashable, Person]) -> Truth:
        services = self.plan.services
        return Truth(
            means={
                one.offering: one.mean * self.climate.factor(one.offering) / one.configured
                for one in services
            },
            spreads={one.offering: one.spread for one in services},
            waits={visit: at - persons[visit].arrived for visit, at in self.called.items()},
        )


def _work(service: ServicePlan, persons: int) -> Work:
    return Work(service.offering, float(service.configured * persons))


def _length(shift: Shift) -> float:
    return shift.until - shift.since - sum(until - since for since, until in shift.pauses)
