"""The waits of an office: who computes them, and how they are read.

The worker calls :func:`refresh_forecasts` with every tick, a few seconds apart, and computes
where the queue's version or the minute has changed. Whoever shows waits calls
:func:`forecast_for`, which is one short query and never computes. Somebody who has just
changed the queue, and is not a citizen's request, may call :func:`refresh_forecast` to be
earlier than the worker. Parked visits are not counted on: nobody knows when they come back.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from time import monotonic
from uuid import UUID

from django.db.models import F, Q

from booking import clock
from booking.models import Counter, Offering, Office, Queue, Visit, WaitForecast

from .call_order import Priority, due
from .day_log import ENDS, DayLog, Observed, observe
from .due_times import waits_of
from .forecast import Busy, CounterNow, Expected, Newcomer, Situation, Wait, Waiting, forecast
from .recorded_days import minutes_of, read_days, what_counters_serve
from .service_times import Habits, learn, learn_today

# Past days that are learned from; with the half-life of what is learned, more would not help.
PAST_DAYS = timedelta(days=42)
# For one call of the worker, which has other duties; the next call goes on with the rest. Only
# on a morning, when past days are read, are many large offices more than that.
SECONDS = 2.0
# An older forecast is none.
STALE = timedelta(minutes=3)


@dataclass(frozen=True)
class OfficeWaits:
    """Remaining minutes by visit that waits, and for a ticket now by offering.

    What is missing or ``None`` is unknown.
    """

    version: int
    made_at: datetime
    visits: dict[UUID, Wait | None]
    tickets: dict[UUID, Wait | None]


def forecast_for(office_id: UUID) -> OfficeWaits | None:
    """The newest forecast; ``None`` where there is none or the worker has fallen behind."""
    row = WaitForecast.objects.filter(pk=office_id).first()
    if row is None or clock.now() - row.made_at > STALE:
        return None
    return OfficeWaits(
        version=row.version,
        made_at=row.made_at,
        visits=_from_json(row.waits["visits"]),
        tickets=_from_json(row.waits["tickets"]),
    )


def refresh_forecasts() -> int:
    """Compute the waits of the offices where anybody waits or works; of how many.

    The oldest first, and no new one is begun after ``SECONDS``. One query where nothing has
    changed.
    """
    busy = Q(counters__state__in=[Counter.State.OPEN, Counter.State.PAUSED])
    busy |= Q(visits__state__in=Visit.OPEN)
    minute = clock.now().replace(second=0, microsecond=0)
    offices = Office.objects.filter(busy).exclude(
        wait_forecast__version=F("queue__version"), wait_forecast__made_at__gte=minute
    )
    oldest_first = F("wait_forecast__made_at").asc(nulls_first=True)
    ids = offices.order_by(oldest_first, "pk").values_list("pk", flat=True).distinct()
    computed, ends = 0, monotonic() + SECONDS
    for office_id in ids:
        computed += refresh_forecast(office_id)
        if monotonic() > ends:
            break
    return computed


def refresh_forecast(office_id: UUID) -> bool:
    """Compute the waits of an office unless this was done in this minute for this queue.

    The version is read first: what changes meanwhile is computed again.
    """
    now = clock.now()
    version = Queue.objects.filter(pk=office_id).values_list("version", flat=True).first() or 0
    made = WaitForecast.objects.filter(pk=office_id).first()
    if made and made.version == version and _minute(made.made_at) == _minute(now):
        return False
    office = Office.objects.get(pk=office_id)
    situation, seen = read_situation(office)
    habits = habits_of(office_id, clock.today(office.zone))
    running = [
        (counter.busy.work, situation.now - counter.busy.begun)
        for counter in situation.counters
        if counter.busy and counter.busy.begun is not None
    ]
    today = learn_today(habits, seen.services, running)
    waits = forecast(situation, habits, today)
    newcomers = {one.id for one in situation.newcomers}
    WaitForecast.objects.update_or_create(
        pk=office_id,
        defaults={
            "version": version,
            "made_at": now,
            "waits": {
                "visits": _to_json({key: waits[key] for key in waits.keys() - newcomers}),
                "tickets": _to_json({key: waits[key] for key in newcomers}),
            },
        },
    )
    return True


@lru_cache(maxsize=1024)
def habits_of(office_id: UUID, day: date) -> Habits:
    """What the days before have taught; read once a day and process."""
    office = Office.objects.get(pk=office_id)
    days = read_days(office, day - PAST_DAYS, day - timedelta(days=1))
    return learn([observe(log) for log in days], weekday=day.weekday())


def read_situation(office: Office) -> tuple[Situation, Observed]:
    """The office as it stands, and what the day has shown so far."""
    now, day = clock.now(), clock.today(office.zone)
    days = read_days(office, day, day)
    log = days[0] if days else DayLog(day, what_counters_serve(office), {}, [])
    at = minutes_of(office, day, now)
    seen = observe(log)
    shows = habits_of(office.pk, day).shows
    came = {one.appointment for one in log.persons.values()}
    earliest = at - office.check_in_closes_minutes
    states = dict(
        Visit.objects.filter(office=office, state__in=Visit.OPEN, day=day).values_list(
            "pk", "state"
        )
    )
    situation = Situation(
        now=at,
        counters=_counters(office, log),
        waiting=[
            Waiting(one.id, one.work, one.needs, one.due, one.arrived)
            for one in log.persons.values()
            if states.get(one.id) == Visit.State.WAITING
        ],
        expected=[
            Expected(one.work, one.needs, one.start, shows)
            for one in log.booked
            if one.id not in came and one.start >= earliest
        ],
        newcomers=_newcomers(office, day, now),
        closes=log.closes(at),
    )
    return situation, seen


def _counters(office: Office, log: DayLog) -> list[CounterNow]:
    """Every counter, and who is there since when."""
    called: dict[UUID, float] = {}
    begun: dict[UUID, float] = {}
    freed: dict[UUID, float] = {}
    for at, visit, kind, counter in log.events:
        if kind == "called":
            called[visit] = at
            begun.pop(visit, None)
        elif kind == "begun":
            begun[visit] = at
        elif kind in ENDS and counter is not None:
            freed[counter] = at
    rows = Counter.objects.filter(office=office).values_list("pk", "state")
    at_counter = dict(
        Visit.objects.filter(office=office, state__in=Visit.AT_COUNTER).values_list("counter", "pk")
    )
    counters = []
    for pk, state in rows:
        visit = at_counter.get(pk)
        busy = None
        if visit in log.persons and visit in called:
            busy = Busy(log.persons[visit].work, called[visit], begun.get(visit))
        counters.append(
            CounterNow(
                pk,
                serves=log.counters.get(pk),
                busy=busy,
                present=state == Counter.State.OPEN,
                freed=freed.get(pk, float("-inf")),
            )
        )
    return counters


def _newcomers(office: Office, day: date, now: datetime) -> list[Newcomer]:
    """Somebody for each offering that needs no appointment."""
    place = due(arrived_at=now, appointment=None, priority=Priority.NORMAL, waits=waits_of(office))
    at = minutes_of(office, day, place.at)
    offerings = Offering.objects.filter(office=office, walk_in=True).order_by()
    return [Newcomer(pk, frozenset([pk]), at) for pk in offerings.values_list("pk", flat=True)]


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _to_json(waits: dict[UUID, Wait | None]) -> dict[str, list[float | None] | None]:
    """Tenths of a minute; an end that is not known is ``null``."""
    return {
        str(key): wait and [None if part == float("inf") else round(part, 1) for part in wait]
        for key, wait in waits.items()
    }


def _from_json(waits: dict[str, list[float | None] | None]) -> dict[UUID, Wait | None]:
    return {
        UUID(key): parts and Wait(*(float("inf") if part is None else part for part in parts))
        for key, parts in waits.items()
    }
