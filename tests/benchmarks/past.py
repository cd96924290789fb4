"""A past for an office: days whose visits, calls and counters stand in its log.

Written in bulk, not played: a year of it is a few seconds. It looks like a citizen office:
mornings are full, some come late, some not at all, services have skewed times.
"""

import heapq
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from booking.models import (
    Appointment,
    AppointmentItem,
    Counter,
    CounterEvent,
    Offering,
    Office,
    Visit,
    VisitEvent,
    VisitItem,
)

MINUTE = timedelta(minutes=1)
# How many come in each hour, as a share of the day.
RUSH = {8: 5, 9: 6, 10: 5, 11: 4, 13: 3, 14: 3, 15: 2}
NO_SHOW, CANCELLED, MISSED, LEFT_AFTER = 0.12, 0.08, 0.03, 75
TOLD = {"told_low": 0.6, "told_median": 1.0, "told_high": 1.7}


def fill(office: Office, first: date, last: date, a_day: int, seed: int = 1) -> int:
    """Give the office about ``a_day`` visits on each working day; how many there are."""
    rng = Random(seed)
    past = _Past(office, rng)
    ordinals = range(first.toordinal(), last.toordinal() + 1)
    days = [date.fromordinal(one) for one in ordinals if date.fromordinal(one).weekday() < 5]
    for day in days:
        past.play(
            day, round(a_day * rng.uniform(0.75, 1.25) * (1.2 if day.weekday() in (1, 3) else 1))
        )
    return past.write()


class _Past:
    def __init__(self, office: Office, rng: Random) -> None:
        self.office, self.rng = office, rng
        self.offerings: list[Offering] = list(office.offerings.select_related("service"))
        self.counters: list[Counter] = list(office.counters.all())
        self.pace = {one.pk: rng.uniform(0.8, 1.5) for one in self.offerings}
        self.rows: dict[type, list] = {
            model: []
            for model in (Appointment, AppointmentItem, Visit, VisitItem, VisitEvent, CounterEvent)
        }

    def write(self) -> int:
        for model, rows in self.rows.items():
            model.objects.bulk_create(rows, batch_size=1000)
        return len(self.rows[Visit])

    def play(self, day: date, visitors: int) -> None:
        """People come, the counter that is free first calls the first; lunch is from 12 to 13."""
        opens = datetime.combine(day, time(8), self.office.zone).astimezone(UTC)
        counters = self.counters[: max(1, len(self.counters) - self.rng.randint(0, 1))]
        free = [(opens + index * 2 * MINUTE, index) for index in range(len(counters))]
        ended = dict.fromkeys(range(len(counters)), opens)
        for moment, index in free:
            self._counter(counters[index], "opened", moment)
        arrivals = sorted(self._arrivals(opens, visitors), key=lambda one: one[0])
        for serial, (arrived, offering, appointment) in enumerate(arrivals, 1):
            visit = self._arrive(day, serial, arrived, offering, appointment)
            moment, index = heapq.heappop(free)
            called = max(moment, arrived + self.rng.uniform(0.2, 1.5) * MINUTE)
            if called - arrived > LEFT_AFTER * MINUTE:
                self._event(visit, "left", arrived + LEFT_AFTER * MINUTE)
                heapq.heappush(free, (moment, index))
                continue
            self._told(called - arrived)
            ended[index] = self._serve(visit, offering, counters[index], called)
            heapq.heappush(free, (ended[index] + self.rng.uniform(0.3, 2) * MINUTE, index))
        for index, counter in enumerate(counters):
            self._counter(counter, "closed", max(ended[index], opens + 8 * 60 * MINUTE))

    def _arrivals(self, opens: datetime, visitors: int) -> Iterator[tuple]:
        for hour in self.rng.choices(list(RUSH), RUSH.values(), k=visitors):
            start = opens + (hour - 8) * 60 * MINUTE + self.rng.randrange(0, 60, 10) * MINUTE
            offering = self.rng.choice(self.offerings[:9])
            if self.rng.random() < 0.4:
                yield start + self.rng.uniform(0, 10) * MINUTE, offering, None
            elif appointment := self._book(start, offering):
                early = self.rng.gauss(6, 5)
                yield max(opens, start - early * MINUTE), offering, appointment

    def _book(self, start: datetime, offering: Offering) -> Appointment | None:
        fate = self.rng.random()
        cancelled = fate < CANCELLED
        booked = Appointment(
            office=self.office,
            state=Appointment.State.CANCELLED if cancelled else Appointment.State.BOOKED,
            start=start,
            end=start + offering.minutes * MINUTE,
            created_at=start - timedelta(days=9),
            blanked_at=start + timedelta(days=2),
        )
        self.rows[Appointment].append(booked)
        self.rows[AppointmentItem].append(AppointmentItem(appointment=booked, offering=offering))
        return booked if fate >= CANCELLED + NO_SHOW else None

    def _arrive(
        self, day: date, serial: int, at: datetime, offering: Offering, booked: Appointment | None
    ) -> Visit:
        visit = Visit(
            office=self.office, day=day, letter="Z", serial=serial, state=Visit.State.DONE,
            appointment=booked, arrived_at=at, due_at=at,
        )  # fmt: skip
        self.rows[Visit].append(visit)
        self.rows[VisitItem].append(VisitItem(visit=visit, offering=offering))
        self._event(visit, "checked_in" if booked else "drawn", at, offering=offering, quantity=1)
        return visit

    def _told(self, wait: timedelta) -> None:
        """A forecast that is about right."""
        arrival = self.rows[VisitEvent][-1]
        guess = max(1, wait / MINUTE * self.rng.lognormvariate(0, 0.3))
        for name, share in TOLD.items():
            setattr(arrival, name, round(guess * share))

    def _serve(
        self, visit: Visit, offering: Offering, counter: Counter, called: datetime
    ) -> datetime:
        self._event(visit, "called", called, counter)
        begun = called + self.rng.uniform(0.3, 1.5) * MINUTE
        if self.rng.random() < MISSED:
            self._event(visit, "missed", begun + 2 * MINUTE, counter)
            return begun + 2 * MINUTE
        self._event(visit, "begun", begun, counter)
        minutes = offering.minutes * self.pace[offering.pk] * self.rng.lognormvariate(-0.1, 0.45)
        self._event(visit, "finished", begun + minutes * MINUTE, counter)
        return begun + minutes * MINUTE

    def _event(
        self, visit: Visit, kind: str, at: datetime, counter: Counter | None = None, **more: object
    ) -> None:
        row = VisitEvent(visit=visit, office=self.office, kind=kind, at=at, counter=counter, **more)
        self.rows[VisitEvent].append(row)

    def _counter(self, counter: Counter, kind: str, at: datetime) -> None:
        row = CounterEvent(office=self.office, counter=counter, kind=kind, at=at)
        self.rows[CounterEvent].append(row)
