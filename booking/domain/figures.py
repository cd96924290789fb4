"""What an office's days were like: arrivals, waits, services, counters. Pure: no Django.

Everything is computed from the event log, a day at a time. Waits and times are minutes, hours
are those of the office's clock. No figure is about a member of staff or a single counter.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from math import ceil, floor
from typing import NamedTuple
from zoneinfo import ZoneInfo

from .visit_histories import (
    APPOINTMENT,
    BROUGHT,
    OPEN,
    WALK_IN,
    CounterChange,
    Event,
    History,
    Span,
    histories,
    open_spans,
)


@dataclass(frozen=True)
class DayLog:
    """The log of one local day; ``until`` is the present where the day is not over."""

    day: date
    events: Sequence[Event] = ()
    changes: Sequence[CounterChange] = ()
    until: datetime | None = None


class Spread(NamedTuple):
    """How many values there are, their median, and what nine in ten of them do not exceed."""

    count: int = 0
    median: float | None = None
    ninetieth: float | None = None


class Arrivals(NamedTuple):
    walk_ins: int = 0
    appointments: int = 0
    brought: int = 0

    @property
    def total(self) -> int:
        return self.walk_ins + self.appointments + self.brought

    @property
    def walk_in_share(self) -> float | None:
        """Of those who came from outside."""
        came = self.walk_ins + self.appointments
        return self.walk_ins / came if came else None


class Appointments(NamedTuple):
    """What became of the appointments whose time is over."""

    kept: int = 0
    missed: int = 0
    cancelled: int = 0

    @property
    def missed_share(self) -> float | None:
        """Of those that stood."""
        stood = self.kept + self.missed
        return self.missed / stood if stood else None


NO_APPOINTMENTS = Appointments()


class ServiceTimes(NamedTuple):
    """How often a service was done, for how many persons, and minutes per person."""

    visits: int
    persons: int
    minutes: Spread


class ForecastError(NamedTuple):
    """How well the wait told on arrival was met.

    ``mean_error`` is of the median, without sign; ``bias`` is positive where the wait was longer
    than told; ``within`` is the share between the 10th and 90th percentile.
    """

    count: int = 0
    mean_error: float | None = None
    bias: float | None = None
    within: float | None = None


class HourOfCounters(NamedTuple):
    """An hour of the day on average over the ``days`` on which anything happened in it.

    ``needed`` is the time at a counter that those who came in this hour took, in counters.
    """

    days: int
    open: float
    in_use: float
    needed: float
    waiting: float


@dataclass(frozen=True)
class Figures:
    days: int
    arrivals: Arrivals
    arrivals_by_day: dict[date, Arrivals]
    arrivals_by_hour: dict[int, Arrivals]
    waits: Spread
    waits_by_kind: dict[str, Spread]
    waits_by_hour: dict[int, Spread]
    waits_by_weekday: dict[int, Spread]
    waits_by_weekday_and_hour: dict[tuple[int, int], Spread]
    outcomes: dict[str, int]
    services: dict[Hashable | None, ServiceTimes]
    counters_by_hour: dict[int, HourOfCounters]
    forecast: ForecastError
    appointments: Appointments


def figures(
    days: Iterable[DayLog], zone: ZoneInfo, appointments: Appointments = NO_APPOINTMENTS
) -> Figures:
    """The figures of a period. Days are read one after the other and not kept."""
    sums = _Sums(zone)
    for day in days:
        sums.add(day)
    return sums.figures(appointments)


def quantile(values: Sequence[float], share: float) -> float:
    """A quantile of ascending values, interpolated as spreadsheets' PERCENTILE does.

    Hyndman and Fan, Sample Quantiles in Statistical Packages (1996), type 7.
    """
    place = (len(values) - 1) * share
    below, above = values[floor(place)], values[ceil(place)]
    return below + (above - below) * (place - floor(place))


def spread(values: Iterable[float]) -> Spread:
    ordered = sorted(values)
    if not ordered:
        return Spread()
    return Spread(len(ordered), quantile(ordered, 0.5), quantile(ordered, 0.9))


def arrivals_of(counted: Counter[str]) -> Arrivals:
    return Arrivals(counted[WALK_IN], counted[APPOINTMENT], counted[BROUGHT])


@dataclass
class _Sums:
    """What is kept of the days read so far."""

    zone: ZoneInfo
    by_day: dict[date, Counter[str]] = field(default_factory=dict)
    by_hour: dict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    waits: dict[tuple[int, int], list[float]] = field(default_factory=lambda: defaultdict(list))
    waits_as: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    outcomes: Counter[str] = field(default_factory=Counter)
    services: dict[Hashable | None, list[tuple[int, float]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    errors: list[tuple[float, bool]] = field(default_factory=list)
    active: Counter[int] = field(default_factory=Counter)
    elapsed: Counter[int] = field(default_factory=Counter)
    minutes: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, log: DayLog) -> None:
        visits = histories(log.events)
        counters = open_spans(log.changes, log.events, log.until)
        if not visits and not counters:
            return
        self.by_day[log.day] = Counter(visit.came_as for visit in visits)
        hours: set[int] = set()
        for visit in visits:
            hours.add(self._add_visit(log.day, visit))
        for span in counters:
            hours |= self._add_span("open", span)
        for hour in hours:
            self.active[hour] += 1
            self.elapsed[hour] += self._elapsed(log, hour)

    def _add_visit(self, day: date, visit: History) -> int:
        hour = visit.arrived_at.astimezone(self.zone).hour
        self.by_hour[hour][visit.came_as] += 1
        self.outcomes[visit.outcome] += 1
        if visit.wait is not None:
            self.waits[day.weekday(), hour].append(visit.wait)
            self.waits_as[visit.came_as].append(visit.wait)
            if visit.told is not None:
                low, median, high = visit.told
                self.errors.append((visit.wait - median, low <= visit.wait <= high))
        for done in visit.services:
            self.services[done.offering].append((done.quantity, done.minutes / done.quantity))
        for span in visit.waiting:
            self._add_span("waiting", span)
        for span in visit.at_counter:
            self._add_span("in_use", span)
            self.minutes["needed"][hour] += span.minutes
        return hour

    def _add_span(self, what: str, span: Span) -> set[int]:
        """Share a span out to the hours of the clock it lies in."""
        start, minutes = span.start.astimezone(self.zone), span.minutes
        of_hour = self.minutes[what]
        hours = {start.hour}
        passed = start.minute + start.second / 60 + start.microsecond / 60e6
        while passed + minutes > 60:
            of_hour[start.hour] += 60 - passed
            minutes -= 60 - passed
            # In UTC: where the clocks change an hour is missing or twice on the wall clock.
            start = (start.astimezone(UTC) + timedelta(minutes=60 - passed)).astimezone(self.zone)
            hours.add(start.hour)
            passed = 0
        of_hour[start.hour] += minutes
        return hours

    def _elapsed(self, log: DayLog, hour: int) -> float:
        """How many minutes of an hour of the day are over."""
        if log.until is None:
            return 60
        until = log.until.astimezone(self.zone)
        return 60 if until.hour != hour else max(1, until.minute + until.second / 60)

    def figures(self, appointments: Appointments) -> Figures:
        by_hour, by_weekday = defaultdict(list), defaultdict(list)
        for (weekday, hour), waits in self.waits.items():
            by_hour[hour] += waits
            by_weekday[weekday] += waits
        return Figures(
            days=len(self.by_day),
            arrivals=arrivals_of(sum(self.by_hour.values(), Counter())),
            arrivals_by_day={day: arrivals_of(one) for day, one in self.by_day.items()},
            arrivals_by_hour={hour: arrivals_of(one) for hour, one in sorted(self.by_hour.items())},
            waits=spread(wait for waits in self.waits.values() for wait in waits),
            waits_by_kind={kind: spread(waits) for kind, waits in self.waits_as.items()},
            waits_by_hour={hour: spread(waits) for hour, waits in sorted(by_hour.items())},
            waits_by_weekday={day: spread(waits) for day, waits in sorted(by_weekday.items())},
            waits_by_weekday_and_hour={at: spread(one) for at, one in sorted(self.waits.items())},
            outcomes=dict(self.outcomes),
            services={offering: _service_times(one) for offering, one in self.services.items()},
            counters_by_hour={hour: self._counters(hour) for hour in sorted(self.active)},
            forecast=_forecast_error(self.errors),
            appointments=appointments,
        )

    def _counters(self, hour: int) -> HourOfCounters:
        on_average = {
            what: self.minutes[what][hour] / self.elapsed[hour]
            for what in ("open", "in_use", "needed", "waiting")
        }
        return HourOfCounters(days=self.active[hour], **on_average)


def _service_times(done: list[tuple[int, float]]) -> ServiceTimes:
    return ServiceTimes(
        visits=len(done),
        persons=sum(quantity for quantity, _minutes in done),
        minutes=spread(minutes for _quantity, minutes in done),
    )


def _forecast_error(errors: list[tuple[float, bool]]) -> ForecastError:
    if not errors:
        return ForecastError()
    count = len(errors)
    return ForecastError(
        count=count,
        mean_error=sum(abs(error) for error, _within in errors) / count,
        bias=sum(error for error, _within in errors) / count,
        within=sum(within for _error, within in errors) / count,
    )


def unended(found: Figures) -> int:
    """Visits that nobody ended: still here, or forgotten."""
    return found.outcomes.get(OPEN, 0)
