"""The waits of an office: how they are computed.

The worker calls :func:`refresh_forecasts` with every tick, and computes where the queue's
version or the minute has changed. Somebody who has just changed the queue, and is not a
citizen's request, may call :func:`refresh_forecast` to be earlier than the worker. Parked
visits are not counted on: nobody knows when they come back.
"""

from datetime import date, datetime, timedelta
from functools import lru_cache
from time import monotonic
from uuid import UUID

from django.db.models import F, Q

from booking import clock
from booking.models import Counter, Offering, Office, Queue, Visit, WaitForecast

from .arrivals import require_tickets
from .call_order import shortest_target
from .day_log import ENDS, DayLog, Observed, observe
from .due_times import due_if_late, waits_of
from .errors import Refused
from .forecast import Busy, CounterNow, Expected, Newcomer, Situation, Wait, Waiting, forecast
from .recorded_days import minutes_of, read_days, what_counters_serve
from .service_times import Habits, learn, learn_today
from .slot_grid import local_day_bounds
from .wait_range import widest
from .waits import OfficeWaits, Waits, keep_forecast

# Past days that are learned from; with the half-life of what is learned, more would not help.
PAST_DAYS = timedelta(days=42)
# For one call of the worker, which has other duties; the next call goes on with the rest. Only
# on a morning, when past days are read, are many large offices more than that.
SECONDS = 2.0


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
    waits = {
        key: wait and Wait(*(round(part, 1) for part in wait))
        for key, wait in forecast(situation, habits, today).items()
    }
    tickets = {one.id: waits.pop(one.id) for one in situation.newcomers}
    keep_forecast(
        office_id,
        OfficeWaits(
            version=version,
            made_at=now,
            visits=waits,
            tickets=tickets,
            letters=_by_letter(tickets),
        ),
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
    late = _said_late(office, day)
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
            Expected(one.work, one.needs, late.get(one.id, one.start), shows)
            for one in log.booked
            if one.id not in came and one.start >= earliest
        ],
        newcomers=_newcomers(office, day, now),
        closes=log.closes(at),
    )
    return situation, seen


def _said_late(office: Office, day: date) -> dict[UUID, float]:
    """When those will be due who said that they are running late, by appointment."""
    begins, ends = local_day_bounds(day, office.zone)
    said = office.appointments.filter(
        start__gte=begins, start__lt=ends, late_minutes__isnull=False
    ).values_list("pk", "start", "late_minutes")
    return {
        pk: minutes_of(office, day, due_if_late(office, start, minutes))
        for pk, start, minutes in said
    }


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
    """Somebody for each offering that needs no appointment, while tickets are issued."""
    try:
        require_tickets(office)
    except Refused:
        return []
    at, waits = minutes_of(office, day, now), waits_of(office)
    offerings = Offering.objects.filter(office=office, walk_in=True).order_by()
    return [
        Newcomer(pk, frozenset([pk]), at + shortest_target([target], waits))
        for pk, target in offerings.values_list("pk", "target_wait_minutes")
    ]


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _by_letter(tickets: Waits) -> dict[str, Wait | None]:
    """For a ticket now: what holds for every offering of a letter."""
    offerings: dict[str, list[UUID]] = {}
    walk_in = Offering.objects.filter(pk__in=tickets).order_by()
    for letter, pk in walk_in.values_list("letter", "pk"):
        offerings.setdefault(letter, []).append(pk)
    return {
        letter: widest(tickets[pk] for pk in of_letter) for letter, of_letter in offerings.items()
    }
