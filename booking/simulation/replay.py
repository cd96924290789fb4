"""A recorded day, step by step: what was to be seen at the office at each arrival. Pure."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from booking.domain.day_log import ENDS, DayLog, Event, Observed, Person, observe
from booking.domain.forecast import Busy, CounterNow, Expected, Situation, Waiting
from booking.domain.service_times import Habits, Today, learn_today


class Arrival(NamedTuple):
    """Somebody has come: the office at that moment, and how long they will really wait."""

    person: Person
    situation: Situation
    today: Observed
    waited: float


@dataclass
class Replay:
    """Knows at each moment only what the office knew then."""

    log: DayLog
    habits: Habits
    waiting: dict[Hashable, Person] = field(default_factory=dict)
    # By counter: who is there, called when, begun when.
    at_counter: dict[Hashable, tuple[Person, float, float | None]] = field(default_factory=dict)
    freed: dict[Hashable, float] = field(default_factory=dict)

    def arrivals(self) -> Iterator[Arrival]:
        """Everybody who came while somebody was at work, and was called in the end."""
        seen = observe(self.log)
        came: set[Hashable] = set()
        for event in self.log.events:
            self._apply(event)
            if event.kind not in ("drawn", "checked_in"):
                continue
            person = self.log.persons[event.visit]
            came.add(person.appointment)
            called = seen.called.get(person.id)
            situation = self._situation(event.at, came)
            if called is not None and any(one.present for one in situation.counters):
                yield Arrival(person, situation, seen.until(event.at), called - event.at)

    def _apply(self, event: Event) -> None:
        at, visit, kind, counter = event
        person = self.log.persons.get(visit)
        if person is None:
            return
        if kind == "called":
            self.waiting.pop(visit, None)
            self.at_counter[counter] = (person, at, None)
        elif kind == "begun":
            self.at_counter[counter] = (*self.at_counter[counter][:2], at)
        elif kind in ENDS:
            self.waiting.pop(visit, None)
            if counter is not None and self.at_counter.get(counter, (None,))[0] is person:
                del self.at_counter[counter]
                self.freed[counter] = at
        if kind in ("drawn", "checked_in", "returned", "unparked", "transferred"):
            self.waiting[visit] = person

    def _situation(self, now: float, came: set[Hashable]) -> Situation:
        present = {one.counter for one in self.log.presence if one.since <= now < one.until}
        return Situation(
            now=now,
            counters=[self._counter(counter, counter in present) for counter in self.log.counters],
            closes=self.log.closes(now),
            waiting=[
                Waiting(one.id, one.work, one.needs, one.due, one.arrived)
                for one in self.waiting.values()
            ],
            expected=[
                Expected(one.work, one.needs, one.start, self.habits.shows)
                for one in self.log.booked
                if one.id not in came
            ],
        )

    def _counter(self, counter: Hashable, present: bool) -> CounterNow:
        there = self.at_counter.get(counter)
        return CounterNow(
            counter,
            present=present,
            serves=self.log.counters[counter],
            busy=there and Busy(there[0].work, there[1], there[2]),
            freed=self.freed.get(counter, float("-inf")),
        )


def today_of(arrival: Arrival, habits: Habits) -> Today:
    return learn_today(habits, arrival.today.services, running(arrival.situation))


def running(situation: Situation) -> Sequence[tuple]:
    busy = [one.busy for one in situation.counters if one.busy and one.busy.begun is not None]
    return [(one.work, situation.now - one.begun) for one in busy]
