"""The real week: which calendars are one pool of places, and what each change means to us.

A row says that a calendar's start became free or was taken between two looks at it, a quarter
of an hour apart. We make of it:

- calendars of one branch with the same history are one pool, hence one of our offices;
- a start is a unit with one place, because free or taken is all that the rows tell;
- ``taken`` is a booking of one unit, ``freed`` its cancellation;
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
    """What we do: ``book``, ``cancel``, ``give_back`` a start, or ``publish`` its day.

    ``rows`` are the changes that it stands for.
    """

    at: datetime
    act: str
    start: datetime
    rows: int = 1


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

    def taken_before(self, first_day: date) -> list[tuple[datetime, datetime]]:
        """What is taken when the week begins or its day appears: spans from and to.

        Those given back later stand alone, others that touch are one.
        """
        spans: list[tuple[datetime, datetime]] = []
        mergeable = False
        for ordinal in range(first_day.toordinal(), self.last_day.toordinal() + 1):
            for start in self.starts(date.fromordinal(ordinal)):
                if self.is_first_free(start):
                    mergeable = False
                elif start in self.by_start:
                    spans.append((start, start + self.unit))
                    mergeable = False
                elif mergeable and spans[-1][1] == start:
                    spans[-1] = (spans[-1][0], start + self.unit)
                else:
                    spans.append((start, start + self.unit))
                    mergeable = True
        return spans

    def steps(self) -> list[Step]:
        """What is to be done, in order."""
        steps: list[Step] = []
        publishing: dict[date, int] = {}
        for change in self.changes:
            day = change.start.date()
            if change.kind == "taken":
                steps.append(Step(change.at, "book", change.start))
            elif change.kind == "freed":
                steps.append(Step(change.at, "cancel", change.start))
            elif self.published.get(day) != change.at:
                steps.append(Step(change.at, "give_back", change.start))
            elif day in publishing:
                before = steps[publishing[day]]
                steps[publishing[day]] = Step(change.at, "publish", before.start, before.rows + 1)
            else:
                publishing[day] = len(steps)
                steps.append(Step(change.at, "publish", change.start))
        return steps

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
