"""Today at a demo office, up to now: a simulated day, of several one that shows enough."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date
from math import inf
from uuid import UUID

from booking import clock
from booking.domain.day_log import DayLog
from booking.domain.recorded_days import booked_on, minutes_of
from booking.models import Office, User
from booking.simulation.day import simulate
from booking.simulation.office import NothingToSimulate, plan_of, until
from booking.simulation.played import play_day

from .town import OfficeData

# Days to choose among at most, for each clerk: more clerks can show more at once. What they have
# in common: it is crowded, and nothing fails.
DAYS = 8
CROWDED = {"load": 1.0, "booked_share": 0.2, "fetches": 0.12, "gone": 0.08}
NOTHING_FAILS = {"absent": 0.0, "breakdown": 0.0, "forgotten_finish": 0.0}
WAITING_PER_CLERK = 3
# With these every list of every screen has somebody in it.
KINDS = frozenset("called begun parked missed".split())
# All of these, somebody overdue, and about as many waiting.
ENOUGH = (len(KINDS) + 1, -7.0)


def play_today(office: Office, data: OfficeData, today: date) -> None:
    """Play the day so far through the domain; where the office is closed all day nothing.

    The first counter and its clerk stay free for whoever tries the demo.
    """
    now = minutes_of(office, today, clock.now())
    labels, names = data.counters[1:], data.clerks[1:]
    counters = dict(office.counters.values_list("label", "pk"))
    users = {user.username: user for user in User.objects.filter(username__in=names)}
    clerks = {
        counters[label]: users[name]
        for label, name in zip(labels, names, strict=True)
        if label in counters and name in users
    }
    try:
        chosen = _chosen_day(office, data, today, clerks.keys(), now)
    except NothingToSimulate:
        return
    staff = [clerks[counter] for counter in chosen.counters]
    play_day(office, chosen, staff, until=now, key="demo")


def _chosen_day(
    office: Office, data: OfficeData, today: date, staffed: Collection[UUID], now: float
) -> DayLog:
    """The first day that shows enough, else the one that shows most; closed, any will do."""
    best, most = None, None
    for log in _days(office, data, today, staffed):
        shown = _shows(until(log, now), len(staffed), now)
        if most is None or shown > most:
            best, most = log, shown
        if shown >= ENOUGH or log.closes(now) == inf:
            break
    return best


def _days(
    office: Office, data: OfficeData, today: date, staffed: Collection[UUID]
) -> Iterator[DayLog]:
    booked = booked_on(office, today)
    for number in range(DAYS * len(staffed)):
        seed = f"{data.name_de} {today} {number}"
        plan = plan_of(office, today, seed, **CROWDED, **NOTHING_FAILS)
        shifts = [one for one in plan.shifts if one.counter in staffed]
        if not shifts:
            raise NothingToSimulate
        yield simulate(replace(plan, shifts=shifts), seed, day=today, booked=booked).log


def _shows(log: DayLog, clerks: int, now: float) -> tuple[float, float]:
    """How much there is to see: everybody on every list, and about as many as shall wait."""
    last = {event.visit: event.kind for event in log.events}
    kinds = [*last.values()]
    waiting = [one for one, kind in last.items() if kind in ("drawn", "checked_in", "unparked")]
    overdue = any(log.persons[one].due < now for one in waiting)
    idle = clerks - kinds.count("called") - kinds.count("begun")
    too_many = abs(len(waiting) - WAITING_PER_CLERK * clerks)
    return len(KINDS & set(kinds)) + overdue, -too_many - idle
