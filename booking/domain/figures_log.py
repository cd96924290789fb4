"""Reads the log that an office's figures are made of, in four queries however long it is."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import attrgetter, itemgetter
from uuid import UUID

from django.db.models import CharField, Count, Q
from django.db.models.functions import Cast

from booking import clock
from booking.models import Appointment, CounterEvent, Office, VisitEvent

from .figures import Appointments, DayLog, Figures, figures
from .slot_grid import local_day_bounds
from .visit_histories import CounterChange, Event

Kind = VisitEvent.Kind
# Rows of the log fetched at once.
AT_ONCE = 5000
Bounds = tuple[datetime, datetime]


def figures_of(
    office: Office, first: date, last: date, *, until: datetime | None = None
) -> Figures:
    """The figures of an office from one local day to another, both included.

    Nothing after ``until`` (aware) counts, by default the present.
    """
    until = until or clock.now()
    begins = local_day_bounds(first, office.zone)[0]
    ends = min(local_day_bounds(last, office.zone)[1], until + timedelta.resolution)
    return figures(
        _days(office, (begins, ends), until),
        office.zone,
        _appointments(office, (begins, ends), until),
    )


def _days(office: Office, bounds: Bounds, until: datetime) -> Iterator[DayLog]:
    brought, sent_on = _transfers(office, bounds)
    changes = _changes(office, bounds)
    days = _by_day(office, _events(office, bounds, sent_on))
    for day, events in _each_day(days, set(changes) | set(brought)):
        is_today = until < local_day_bounds(day, office.zone)[1]
        yield DayLog(
            day=day,
            events=sorted([*events, *brought[day]], key=attrgetter("at")),
            changes=changes[day],
            until=until if is_today else None,
        )


def _by_day(office: Office, events: Iterator[Event]) -> Iterator[tuple[date, list[Event]]]:
    """Events in the order of time, a list for each local day."""
    of_day: list[Event] = []
    day, ends = date.min, datetime.min.replace(tzinfo=UTC)
    for event in events:
        if event.at >= ends:
            if of_day:
                yield day, of_day
            day, of_day = _day(office, event.at), []
            ends = local_day_bounds(day, office.zone)[1]
        of_day.append(event)
    if of_day:
        yield day, of_day


def _each_day(
    days: Iterator[tuple[date, list[Event]]], others: set[date]
) -> Iterator[tuple[date, list[Event]]]:
    """The days with events, and after them those that have something else alone."""
    for day, events in days:
        others.discard(day)
        yield day, events
    for day in sorted(others):
        yield day, []


def _day(office: Office, at: datetime) -> date:
    return at.astimezone(office.zone).date()


def _events(office: Office, bounds: Bounds, sent_on: set[int]) -> Iterator[Event]:
    rows = (
        VisitEvent.objects.filter(office=office, at__gte=bounds[0], at__lt=bounds[1])
        .order_by("at", "pk")
        .annotate(visit_key=_key("visit_id"), counter_key=_key("counter_id"))
        .values_list(
            "pk", "visit_key", "kind", "at", "counter_key", "offering_id", "quantity",
            "told_low", "told_median", "told_high",
        )
    )  # fmt: skip
    for pk, visit, kind, at, counter, offering, quantity, low, median, high in rows.iterator(
        AT_ONCE
    ):
        told = None if low is None else (low, median, high)
        # By position: there may be a million of them.
        yield Event(
            visit, "sent_on" if pk in sent_on else kind, at, counter, offering, quantity, told
        )


def _key(name: str) -> Cast:
    """An id as the database's text of it: it is only compared, and an object would cost time."""
    return Cast(name, CharField())


def _transfers(office: Office, bounds: Bounds) -> tuple[dict[date, list[Event]], set[int]]:
    """Who was brought here, by day, and which transfers led away.

    The log says where somebody was sent from. Where to, the next transfer says, or where they
    are now.
    """
    rows = (
        VisitEvent.objects.filter(
            kind=Kind.TRANSFERRED,
            office__in=Office.objects.filter(authority=office.authority_id),
            at__gte=bounds[0],
            at__lt=bounds[1],
        )
        .order_by("visit_id", "pk")
        .annotate(visit_key=_key("visit_id"))
        .values_list(
            "visit_key", "pk", "office_id", "visit__office_id", "at", "offering_id", "quantity"
        )
    )
    brought: dict[date, list[Event]] = defaultdict(list)
    sent_on: set[int] = set()
    for visit, transfers in groupby(rows, itemgetter(0)):
        chain = list(transfers)
        targets: list[UUID] = [row[2] for row in chain[1:]] + [chain[-1][3]]
        for (_visit, pk, source, _now, at, offering, quantity), target in zip(
            chain, targets, strict=True
        ):
            if source == office.pk != target:
                sent_on.add(pk)
            elif source != office.pk == target:
                event = Event(visit, "brought", at, offering=offering, quantity=quantity)
                brought[_day(office, at)].append(event)
    return brought, sent_on


def _changes(office: Office, bounds: Bounds) -> dict[date, list[CounterChange]]:
    rows = CounterEvent.objects.filter(office=office, at__gte=bounds[0], at__lt=bounds[1])
    changes: dict[date, list[CounterChange]] = defaultdict(list)
    rows = rows.order_by("at", "pk").annotate(counter_key=_key("counter_id"))
    for counter, kind, at in rows.values_list("counter_key", "kind", "at"):
        changes[_day(office, at)].append(CounterChange(counter, kind, at))
    return changes


def _appointments(office: Office, bounds: Bounds, until: datetime) -> Appointments:
    """Whoever has not come is missing once check-in is closed.

    The appointment stays as a row when the personal data on it is blanked, so this can be told
    of any time.
    """
    closed = until.astimezone(UTC) - timedelta(minutes=office.check_in_closes_minutes)
    counted = Appointment.objects.filter(
        office=office, start__gte=bounds[0], start__lt=bounds[1]
    ).aggregate(
        kept=Count("pk", filter=Q(visit__isnull=False)),
        missed=Count(
            "pk",
            filter=Q(state=Appointment.State.BOOKED, visit__isnull=True, start__lt=closed),
        ),
        cancelled=Count("pk", filter=Q(state=Appointment.State.CANCELLED)),
    )
    return Appointments(**counted)
