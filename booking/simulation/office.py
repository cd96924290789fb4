"""A plan of a real office, and a simulated day written into its event log.

The rows are those that the domain's functions would have left, made in bulk: a day in a
second rather than a minute. Who comes is nobody; appointments bear no personal data.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import pairwise
from math import exp, inf
from random import Random

from django.db import transaction

from booking.domain.announcements import announce
from booking.domain.call_order import Rule
from booking.domain.day_log import DayLog, Event, Person, Work
from booking.domain.due_times import target_of
from booking.domain.office_hours import spans_of_day
from booking.domain.recorded_days import booked_on, minutes_of, what_counters_serve
from booking.domain.slot_grid import local_day_bounds
from booking.models import (
    Appointment,
    AppointmentItem,
    Counter,
    CounterEvent,
    Offering,
    Office,
    TicketSeries,
    User,
    Visit,
    VisitEvent,
    VisitItem,
)

from .day import SimulatedDay, simulate
from .plan import Climate, OfficePlan, ServicePlan, Shift, next_climate

# By the last thing that happened; a person who is called or served is at a counter.
STATE_AFTER = {
    "drawn": Visit.State.WAITING,
    "checked_in": Visit.State.WAITING,
    "called": Visit.State.CALLED,
    "begun": Visit.State.SERVING,
    "finished": Visit.State.DONE,
    "missed": Visit.State.MISSED,
    "parked": Visit.State.PARKED,
    "unparked": Visit.State.WAITING,
    "forgotten": Visit.State.LEFT,
}
ARRIVALS = ("drawn", "checked_in")
NOT_ENDED = ("called", "begun", "forgotten")
# What the visitor does, not the clerk; and what the end of the day does.
NOT_BY_STAFF = frozenset("drawn checked_in unparked forgotten".split())
LUNCH = 12 * 60.0
LUNCH_MINUTES, LONG_DAY = 30.0, 6 * 60.0


class DayTaken(Exception):  # noqa: N818 - reads as what is wrong
    """Somebody really came on that day."""


class NothingToSimulate(Exception):  # noqa: N818
    """The office has no hours on that day, no counter, or no service."""


def plan_of(office: Office, day: date, seed: object, **changes: object) -> OfficePlan:
    """How the office might really be: its services take more or less than configured.

    What is drawn depends on the seed, not on the day. Raises ``NothingToSimulate``.
    """
    rng = Random(f"office {seed} {office.name_de}")  # noqa: S311 - a repeatable office, no secret
    offerings = Offering.objects.filter(office=office).order_by("position", "pk")
    services = [_service(offering, rng) for offering in offerings]
    spans = [
        (minutes_of(office, day, opens), minutes_of(office, day, closes))
        for opens, closes in spans_of_day(office, day)
    ]
    counters = what_counters_serve(office)
    if not (services and spans and counters):
        raise NothingToSimulate
    labels = Counter.objects.filter(office=office).order_by("position", "label")
    shifts = [
        _shift(counter, counters[counter], spans, number)
        for number, counter in enumerate(labels.values_list("pk", flat=True))
    ]
    values = {
        "services": services,
        "shifts": shifts,
        "opens": spans[0][0],
        "closes": spans[-1][1],
        "gaps": tuple(_closed_between(spans)),
        "grace": office.grace_minutes,
        "late_wait": office.late_wait_minutes,
        "target_wait": office.target_wait_minutes,
        "last_ticket": office.last_ticket_minutes,
    }
    return OfficePlan(**(values | changes))


def days_of_office(
    office: Office, seed: object, *, last: date, days: int = 1, counters: int, **changes: object
) -> Iterator[SimulatedDay]:
    """So many days up to ``last``, without those on which the office is closed.

    At most ``counters`` are staffed. Whoever has an appointment there is among those who may
    come; where nobody has, appointments are made up.
    """
    rng = Random(f"climate {seed}")  # noqa: S311 - repeatable days, no secret
    climate = Climate()
    for number in reversed(range(days)):
        day = last - timedelta(days=number)
        try:
            plan = plan_of(office, day, seed, **changes)
        except NothingToSimulate:
            continue
        climate = next_climate(climate, plan, rng)
        plan = replace(plan, shifts=plan.shifts[:counters])
        booked = booked_on(office, day) or None
        yield simulate(plan, f"{seed} {day}", day=day, climate=climate, booked=booked)


def _service(offering: Offering, rng: Random) -> ServicePlan:
    return ServicePlan(
        offering=offering.pk,
        configured=offering.minutes,
        mean=offering.minutes * exp(rng.gauss(0, 0.2)),
        spread=rng.uniform(0.35, 0.7),
        share=rng.uniform(0.3, 2.0),
        max_persons=offering.max_quantity,
        online=offering.online,
        walk_in=offering.walk_in,
        target_wait=offering.target_wait_minutes,
    )


def _closed_between(spans: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(end, begin) for (_, end), (begin, _) in pairwise(spans)]


def _shift(
    counter: object, serves: frozenset | None, spans: Sequence[tuple[float, float]], number: int
) -> Shift:
    since, until = spans[0][0], spans[-1][1]
    closed = _closed_between(spans)
    if not closed and until - since > LONG_DAY:
        lunch = LUNCH + LUNCH_MINUTES * (number % 3)
        closed = [(lunch, lunch + LUNCH_MINUTES)]
    return Shift(counter, serves, since, until, tuple(closed))


def until(log: DayLog, now: float) -> DayLog:
    """The day as it stood at ``now``: what came later has not happened.

    Whoever is still at a counter has no end yet.
    """
    events = [event for event in log.events if event.at <= now]
    came = {event.visit for event in events}
    persons = {pk: person for pk, person in log.persons.items() if pk in came}
    presence = [
        one if one.until <= now else one._replace(until=inf)
        for one in log.presence
        if one.since <= now
    ]
    return replace(log, events=events, persons=persons, presence=presence)


@transaction.atomic
def write_day(office: Office, log: DayLog, staff: Sequence[User]) -> None:
    """Write a simulated day; counters that somebody still works at are open afterwards.

    Appointments that the office has already stay as they are. ``staff``: one for each counter
    at least. Raises ``DayTaken``.
    """
    if Visit.objects.filter(office=office, day=log.day).exists():
        raise DayTaken
    clerks = dict(zip(log.counters, staff, strict=False))
    write_appointments(office, log)
    last = {event.visit: event for event in log.events}
    _write_visits(office, log, last)
    _write_events(office, log, clerks)
    _write_counters(office, log, last, clerks)
    announce(office.pk)


def write_appointments(office: Office, log: DayLog) -> None:
    """Those of the day that the office does not have yet; nobody's name is on them."""
    there = set(
        Appointment.objects.filter(pk__in=[one.id for one in log.booked]).values_list(
            "pk", flat=True
        )
    )
    rows, items = [], []
    for booked in log.booked:
        if booked.id in there:
            continue
        start = moment_of(office, log.day, booked.start)
        made = start - timedelta(days=7)
        end = start + timedelta(minutes=booked.work.minutes)
        rows.append(
            Appointment(
                pk=booked.id,
                office=office,
                state=Appointment.State.BOOKED,
                start=start,
                end=end,
                created_at=made,
                booked_at=made,
                # As after the retention: nobody's name.
                blanked_at=made,
            )
        )
        items.append((booked.id, booked.work))
    Appointment.objects.bulk_create(rows)
    quantity = quantities(office)
    AppointmentItem.objects.bulk_create(
        AppointmentItem(appointment_id=pk, offering_id=work.offering, quantity=quantity(work))
        for pk, work in items
    )


def _write_visits(office: Office, log: DayLog, last: dict[object, Event]) -> None:
    offerings = {one.pk: one for one in Offering.objects.filter(office=office)}
    drawn: dict[str, int] = defaultdict(int)
    starts = {booked.id: booked.start for booked in log.booked}
    called = {event.visit: event.at for event in log.events if event.kind == "called"}
    moment = partial(moment_of, office, log.day)
    rows = []
    for person in sorted(log.persons.values(), key=lambda one: one.arrived):
        offering = offerings[person.work.offering]
        letter = offering.letter
        drawn[letter] += 1
        event = last[person.id]
        state = STATE_AFTER[event.kind]
        rows.append(
            Visit(
                pk=person.id,
                office=office,
                day=log.day,
                letter=letter,
                serial=drawn[letter],
                state=state,
                counter_id=event.counter if state in Visit.AT_COUNTER else None,
                appointment_id=person.appointment,
                arrived_at=moment(person.arrived),
                due_at=moment(person.due),
                due_rule=_rule(person, starts, office, offering),
                called_at=moment_of(office, log.day, called[person.id])
                if person.id in called
                else None,
            )
        )
    Visit.objects.bulk_create(rows)
    quantity = quantities(office)
    VisitItem.objects.bulk_create(
        VisitItem(visit_id=one.id, offering_id=one.work.offering, quantity=quantity(one.work))
        for one in _by_arrival(log)
    )
    TicketSeries.objects.bulk_create(
        TicketSeries(office=office, day=log.day, letter=letter, last=serial)
        for letter, serial in drawn.items()
    )


def _rule(
    person: Person, starts: Mapping[object, float], office: Office, offering: Offering
) -> Rule:
    """By which rule the due time came about; a simulated day knows no priorities."""
    if person.appointment is None:
        is_office = target_of(office, [offering]) == office.target_wait_minutes
        return Rule.TARGET if is_office else Rule.SERVICE
    return Rule.ON_TIME if person.due == starts[person.appointment] else Rule.LATE


def _write_events(office: Office, log: DayLog, clerks: dict[object, User]) -> None:
    quantity = quantities(office)

    def came_for(event: Event) -> dict[str, object]:
        if event.kind not in ARRIVALS:
            return {}
        work = log.persons[event.visit].work
        return {
            "offering_id": work.offering,
            "quantity": quantity(work),
            "priority": Visit.Priority.NORMAL,
        }

    VisitEvent.objects.bulk_create(
        VisitEvent(
            visit_id=event.visit,
            office=office,
            kind=event.kind,
            at=moment_of(office, log.day, event.at),
            counter_id=event.counter,
            staff=None if event.kind in NOT_BY_STAFF else clerks[event.counter],
            **came_for(event),
        )
        for event in log.events
    )


def _write_counters(
    office: Office, log: DayLog, last: dict[object, Event], clerks: dict[object, User]
) -> None:
    """When each was open. One before which somebody still stands is not closed."""
    left = {event.counter: event.at for event in last.values() if event.kind in NOT_ENDED}
    changes = []
    for counter, since, until_ in log.presence:
        changes.append((since, counter, CounterEvent.Kind.OPENED))
        if until_ < inf and not since <= left.get(counter, -inf) <= until_:
            changes.append((until_, counter, CounterEvent.Kind.CLOSED))
    CounterEvent.objects.bulk_create(
        CounterEvent(
            office=office, counter_id=counter, kind=kind, at=moment_of(office, log.day, at)
        )
        for at, counter, kind in sorted(changes, key=lambda one: one[0])
    )
    at_work = {one.counter for one in log.presence if one.until == inf}
    at_work |= {one.counter for one in last.values() if one.kind in ("called", "begun")}
    for counter in at_work:
        Counter.objects.filter(pk=counter).update(state=Counter.State.OPEN, staff=clerks[counter])


def _by_arrival(log: DayLog) -> list[Person]:
    return sorted(log.persons.values(), key=lambda one: one.arrived)


def quantities(office: Office) -> Callable[[Work], int]:
    """How many persons so many configured minutes of a service stand for."""
    minutes = dict(Offering.objects.filter(office=office).values_list("pk", "minutes"))

    def quantity(work: Work) -> int:
        return round(work.minutes / minutes[work.offering])

    return quantity


def moment_of(office: Office, day: date, minutes: float) -> datetime:
    midnight, _next = local_day_bounds(day, office.zone)
    return midnight + timedelta(minutes=minutes)
