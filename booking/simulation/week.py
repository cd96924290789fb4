"""The real week: which calendars are one pool of places, and what each change means to us.

A row says that a calendar's start became free or was taken between two looks at it, a quarter
of an hour apart. We make of it:

- calendars of one branch with the same history are one pool, hence one of our offices;
- a start is a unit with one place, because free or taken is all that the rows tell;
- units that touch, are ``taken`` at the same look and ``freed`` at the same look, or never, are
  one booking and its cancellation;
- ``released`` on a day that nobody had seen anything of is part of that day's publication;
  on other days somebody has given back what was taken before the week began;
- of starts that no row names nothing is known: taken before the week.

Times are local and naive here.
"""

import csv
import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from math import gcd
from pathlib import Path

EVENTS, OFFICES = "slot_events_2026w11.csv.gz", "real_offices_2026w11.json"
WEEKDAYS = "mon tue wed thu fri sat sun".split()


@dataclass(frozen=True)
class Change:
    """One row: seen ``at``, of the unit that begins at ``start``."""

    at: datetime
    start: datetime
    kind: str


@dataclass(frozen=True)
class Step:
    """What we do: ``publish`` a day, ``cancel`` or ``book`` units that touch.

    Each of the ``starts`` stands for a row.
    """

    at: datetime
    act: str
    starts: tuple[datetime, ...]


# In this order, where several are due at the same moment.
ACTS = ("publish", "cancel", "book")
# As many persons as an offering may be for at once.
UNITS_AT_MOST = 20


@dataclass
class Pool:
    """One office: its units, its weekly hours and its week."""

    name: str
    unit_minutes: int
    hours: dict[int, tuple[time, time]]
    changes: list[Change] = field(repr=False)

    @property
    def unit(self) -> timedelta:
        return timedelta(minutes=self.unit_minutes)

    @cached_property
    def by_start(self) -> dict[datetime, list[Change]]:
        """The history of each start."""
        found: dict[datetime, list[Change]] = defaultdict(list)
        for change in self.changes:
            found[change.start].append(change)
        return dict(found)

    @cached_property
    def published(self) -> dict[date, datetime]:
        """The days that appeared during the week, and when; others were there before."""
        seen_before = {
            start.date()
            for start, history in self.by_start.items()
            if history[0].kind != "released"
        }
        days: dict[date, datetime] = {}
        for change in self.changes:
            if change.start.date() not in seen_before:
                days.setdefault(change.start.date(), change.at)
        return days

    @property
    def last_day(self) -> date:
        return max(self.by_start).date()

    def starts(self, day: date) -> list[datetime]:
        """Every unit that the hours have on a day."""
        if day.weekday() not in self.hours:
            return []
        opens, closes = self.hours[day.weekday()]
        start, end = datetime.combine(day, opens), datetime.combine(day, closes)
        return [start + n * self.unit for n in range((end - start) // self.unit)]

    def is_first_free(self, start: datetime) -> bool:
        """Whether a start is free as soon as its day can be seen."""
        history = self.by_start.get(start)
        if history is None:
            return False
        return history[0].kind == "taken" or history[0].at == self.published.get(start.date())

    def taken_before(self, day: date) -> list[tuple[datetime, ...]]:
        """What of a day is taken as soon as it can be seen: units of one appointment each.

        Such as are given back at different times are different appointments.
        """
        until: dict[datetime | None, list[datetime]] = defaultdict(list)
        for start in self.starts(day):
            if not self.is_first_free(start):
                history = self.by_start.get(start)
                until[history[0].at if history else None].append(start)
        return [run for starts in until.values() for run in self.runs(starts)]

    def runs(self, starts: Iterable[datetime]) -> list[tuple[datetime, ...]]:
        """The units in groups that touch, of as many as one appointment can have."""
        groups: list[list[datetime]] = []
        for start in sorted(starts):
            last = groups[-1] if groups else []
            if last and start - last[-1] == self.unit and len(last) < UNITS_AT_MOST:
                last.append(start)
            else:
                groups.append([start])
        return [tuple(group) for group in groups]

    def steps(self) -> list[Step]:
        """What is to be done, in order."""
        together: dict[tuple, list[datetime]] = defaultdict(list)
        for history in self.by_start.values():
            for before, change, after in zip(
                [None, *history], history, [*history[1:], None], strict=False
            ):
                act = self._act(change)
                other = {"book": after, "cancel": before, "publish": None}[act]
                together[change.at, act, other and other.at].append(change.start)
        steps = []
        for (at, act, _other), starts in together.items():
            if act == "publish":
                days = {start.date() for start in starts}
                groups = [tuple(one for one in starts if one.date() == day) for day in days]
            else:
                groups = self.runs(starts)
            steps += [Step(at, act, group) for group in groups]
        return sorted(steps, key=lambda step: (step.at, ACTS.index(step.act), step.starts))

    def _act(self, change: Change) -> str:
        if change.kind == "taken":
            return "book"
        if change.kind == "freed" or self.published.get(change.start.date()) != change.at:
            return "cancel"
        return "publish"

    def free_after(self, moment: datetime) -> set[datetime]:
        """The starts that are free once all changes up to a moment have happened."""
        free = set()
        for start, history in self.by_start.items():
            happened = [change for change in history if change.at <= moment]
            # One seen free before it was taken for the first time in the week.
            before = history[0].kind == "taken"
            if happened[-1].kind != "taken" if happened else before:
                free.add(start)
        return free


def read_pools(folder: Path) -> list[Pool]:
    """The week's pools, the busiest first."""
    offices = json.loads((folder / OFFICES).read_text())
    calendars = {(office["source"], office["location"]): office for office in offices}
    histories: dict[tuple[str, str], list[Change]] = defaultdict(list)
    with gzip.open(folder / EVENTS, "rt", newline="") as rows:
        for row in csv.DictReader(rows):
            change = Change(
                datetime.fromisoformat(row["seen_at"]),
                datetime.fromisoformat(row["slot_start"]),
                row["change"],
            )
            histories[row["source"], row["location"]].append(change)
    return make_pools(calendars, histories)


def make_pools(
    calendars: dict[tuple[str, str], dict], histories: dict[tuple[str, str], list[Change]]
) -> list[Pool]:
    alike: dict[tuple[str, str, frozenset[Change]], list[tuple[str, str]]] = defaultdict(list)
    for source, location in histories:
        branch = location.partition("/")[0]
        alike[source, branch, frozenset(histories[source, location])].append((source, location))
    pools = [
        _make_pool([calendars[key] for key in keys], histories[keys[0]]) for keys in alike.values()
    ]
    return sorted(pools, key=lambda pool: -len(pool.changes))


def _make_pool(offices: Sequence[dict], changes: list[Change]) -> Pool:
    """The hours that any of the calendars has. The last free start seen still needs its unit."""
    spans: dict[int, list[time]] = defaultdict(list)
    for office in offices:
        for day, observed in office["free_slot_hours_observed"].items():
            spans[WEEKDAYS.index(day)] += map(time.fromisoformat, observed)
    unit = _unit(offices[0]["slot_minutes_observed"], spans, [change.start for change in changes])
    return Pool(
        name=f"{offices[0]['authority']}, {offices[0]['name']}"[:120],
        unit_minutes=unit,
        hours={
            weekday: (min(moments), _later(max(moments), unit))
            for weekday, moments in spans.items()
        },
        changes=changes,
    )


def _unit(observed: int, spans: dict[int, list[time]], starts: Iterable[datetime]) -> int:
    """The slot length observed, or what divides it where starts lie between."""
    unit = observed
    for start in starts:
        opens = min(spans[start.weekday()])
        unit = gcd(unit, 60 * (start.hour - opens.hour) + start.minute - opens.minute)
    return unit


def _later(moment: time, minutes: int) -> time:
    return (datetime.combine(date.min, moment) + timedelta(minutes=minutes)).time()
