"""Past and present days of an office, read from the event log as plain descriptions.

Moments become minutes since local midnight. How many queries are needed depends neither on
the number of days nor on that of visits.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from booking.models import (
    Appointment,
    AppointmentItem,
    Counter,
    Office,
    Visit,
    VisitEvent,
    VisitItem,
)

from .day_log import Booked, DayLog, Event, Person, Work, presence_of
from .event_log import standing
from .office_hours import spans_by_day
from .slot_grid import local_day_bounds

Items = tuple[Work, frozenset[UUID]]


def read_days(office: Office, first_day: date, last_day: date) -> list[DayLog]:
    """The local days of a range on which anybody came or had an appointment, oldest first."""
    begin, _end = local_day_bounds(first_day, office.zone)
    _begin, end = local_day_bounds(last_day, office.zone)
    visits = Visit.objects.filter(office=office, day__gte=first_day, day__lte=last_day)
    booked = Appointment.objects.filter(
        office=office, state=Appointment.State.BOOKED, start__gte=begin, start__lt=end
    )
    persons, day_of = _persons(office, visits)
    booked_by_day = _booked(office, booked)
    events = _events(office, begin, end, day_of)
    counters = what_counters_serve(office)
    hours = spans_by_day(office, first_day, last_day)
    return [
        _day(
            DayLog(
                day=day,
                counters=counters,
                persons=persons[day],
                events=events[day],
                booked=booked_by_day[day],
                hours=[
                    (minutes_of(office, day, opens), minutes_of(office, day, closes))
                    for opens, closes in hours.get(day, [])
                ],
            )
        )
        for day in sorted({*persons, *booked_by_day})
    ]


def booked_on(office: Office, day: date) -> list[Booked]:
    """The appointments of a local day, by start."""
    begin, end = local_day_bounds(day, office.zone)
    booked = Appointment.objects.filter(
        office=office, state=Appointment.State.BOOKED, start__gte=begin, start__lt=end
    )
    return _booked(office, booked)[day]


def minutes_of(office: Office, day: date, moment: datetime) -> float:
    """Minutes from the local midnight that ``day`` began with."""
    return (moment - _midnight(day, office.zone)).total_seconds() / 60


@lru_cache(maxsize=1024)
def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return local_day_bounds(day, zone)[0]


def what_counters_serve(office: Office) -> dict[UUID, frozenset[UUID] | None]:
    """By counter: the offerings it serves, ``None`` for all."""
    pairs = Counter.objects.filter(office=office).values_list("pk", "offerings")
    serves: dict[UUID, set[UUID]] = defaultdict(set)
    for counter, offering in pairs:
        serves[counter] |= {offering} if offering else set()
    return {counter: frozenset(some) or None for counter, some in serves.items()}


def _day(log: DayLog) -> DayLog:
    """With the presence that the log lets one see."""
    return DayLog(**(vars(log) | {"presence": presence_of(log)}))


def _persons(
    office: Office, visits: Iterable[Visit]
) -> tuple[dict[date, dict[UUID, Person]], dict[UUID, date]]:
    rows = VisitItem.objects.filter(visit__in=visits)
    items = items_by(rows, "visit")
    done = rows.filter(done_at__isnull=False).order_by().values_list("visit", "offering")
    for pk, offering in done:
        work, needs = items[pk]
        # What is left decides who can go on with it.
        items[pk] = work, (needs - {offering}) or needs
    persons: dict[date, dict[UUID, Person]] = defaultdict(dict)
    day_of: dict[UUID, date] = {}
    columns = ("pk", "day", "arrived_at", "due_at", "appointment")
    for pk, day, arrived, due, appointment in visits.order_by().values_list(*columns):
        if pk in items:
            at, due_at = minutes_of(office, day, arrived), minutes_of(office, day, due)
            persons[day][pk] = Person(pk, *items[pk], at, due_at, appointment)
            day_of[pk] = day
    return persons, day_of


def _booked(office: Office, booked: Iterable[Appointment]) -> dict[date, list[Booked]]:
    items = items_by(AppointmentItem.objects.filter(appointment__in=booked), "appointment")
    days: dict[date, list[Booked]] = defaultdict(list)
    for pk, start in booked.order_by("start", "pk").values_list("pk", "start"):
        if pk in items:
            day = start.astimezone(office.zone).date()
            days[day].append(Booked(pk, *items[pk], minutes_of(office, day, start)))
    return days


def _events(
    office: Office, begin: datetime, end: datetime, day_of: dict[UUID, date]
) -> dict[date, list[Event]]:
    # What nobody ended is ended when the next day begins.
    rows = VisitEvent.objects.filter(office=office, at__gte=begin, at__lt=end + timedelta(days=7))
    days: dict[date, list[Event]] = defaultdict(list)
    columns = ("at", "visit", "kind", "counter")
    for at, visit, kind, counter in rows.order_by("at", "id").values_list(*columns):
        if visit in day_of:
            day = day_of[visit]
            days[day].append(Event(minutes_of(office, day, at), visit, kind, counter))
    return defaultdict(list, {day: _standing(events) for day, events in days.items()})


def _standing(events: Sequence[Event]) -> list[Event]:
    """Without what was undone."""
    of_visit: dict[Hashable, list[Event]] = defaultdict(list)
    for event in events:
        of_visit[event.visit].append(event)
    stand = {id(event) for its_events in of_visit.values() for event in standing(its_events)}
    return [event for event in events if id(event) in stand]


def items_by(rows: Iterable[VisitItem | AppointmentItem], owner: str) -> dict[UUID, Items]:
    """What people come for: the offering that takes longest, the minutes of all, all needed."""
    minutes: dict[UUID, dict[UUID, int]] = defaultdict(dict)
    columns = (owner, "offering", "quantity", "offering__minutes")
    for pk, offering, quantity, each in rows.order_by("id").values_list(*columns):
        minutes[pk][offering] = quantity * each
    return {
        pk: (Work(max(own, key=own.__getitem__), float(sum(own.values()))), frozenset(own))
        for pk, own in minutes.items()
    }
