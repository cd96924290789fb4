"""Which times are free: what citizens see before they choose.

The number of queries depends on neither the horizon nor the number of bookings. What was found
is remembered in the process, and stays true until the version of the office's grid rises, the
minute is over (slots begin and are released on whole minutes) or a hold lapses.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from operator import attrgetter, itemgetter
from uuid import UUID

from django.db import connection
from django.db.models import F, Min, Q

from booking import clock
from booking.models import Appointment, Office, OpeningHours, Slot
from booking.prepared import PreparedQuery, Statement, ask

from .grid import grid_version
from .holds import expire_holds
from .items import Item, total_minutes
from .publishing import ensure_published, horizon
from .slot_grid import local_day_bounds, starts_with_room, units_needed

NEAR_DAYS = 8
# Answers kept by each process, of some 100 KiB at most.
REMEMBERED = 128


@dataclass(frozen=True, eq=False)
class FreeTimes:
    """The free starts of each local day, ascending, in the office's time.

    A day without a free start is not in it. ``lapses_at`` is when the first of the office's
    holds runs out: then more may be free. One object is one answer, so it can be a key.
    """

    by_day: Mapping[date, Sequence[datetime]]
    lapses_at: datetime | None = None

    def is_over(self) -> bool:
        return self.lapses_at is not None and self.lapses_at <= clock.now()


@dataclass(frozen=True)
class _Question:
    """All that decides about an answer, beside the version of the grid."""

    office_id: UUID
    time_zone: str
    offerings: frozenset[UUID]
    minutes: int
    first_day: date
    last_day: date
    minute: datetime
    by_staff: bool
    # As they are now; what matters of them stands above.
    office: Office = field(compare=False)
    items: Sequence[Item] = field(compare=False)


def free_starts(
    office: Office, items: Sequence[Item], *, first_day: date, days: int, by_staff: bool = False
) -> Mapping[date, Sequence[datetime]]:
    """The free starts of each local day in the range, ascending, in the office's time.

    A day without a free start is not in the answer. ``by_staff`` for what staff may book.
    """
    return free_times(office, items, first_day=first_day, days=days, by_staff=by_staff).by_day


def free_times(
    office: Office, items: Sequence[Item], *, first_day: date, days: int, by_staff: bool = False
) -> FreeTimes:
    """What is free in the range of local days, and until when that is certain."""
    end_of_horizon = horizon(office)
    first_day = max(first_day, clock.today(office.zone))
    if first_day > end_of_horizon or days < 1:
        return FreeTimes({})
    question = _Question(
        office_id=office.pk,
        time_zone=office.time_zone,
        offerings=frozenset(item.offering.pk for item in items),
        minutes=total_minutes(items),
        first_day=first_day,
        last_day=first_day + timedelta(days=min(days - 1, (end_of_horizon - first_day).days)),
        minute=_this_minute(),
        by_staff=by_staff,
        office=office,
        items=items,
    )
    if not may_remember():
        return _find(question)
    found = _remembered(question, grid_version(office.pk))
    if found.is_over() and expire_holds(office):
        found = _remembered(question, grid_version(office.pk))
    return found


def _find(question: _Question) -> FreeTimes:
    office, items = question.office, question.items
    ensure_published(office)
    expire_holds(office)
    found = _starts(
        office, items, question.first_day, question.last_day, by_staff=question.by_staff
    )
    by_day: dict[date, list[datetime]] = {}
    for start in found:
        by_day.setdefault(start.date(), []).append(start)
    held = Appointment.objects.filter(office=office, state=Appointment.State.HELD)
    return FreeTimes(by_day, held.aggregate(first=Min("expires_at"))["first"])


def _starts(
    office: Office, items: Sequence[Item], first_day: date, last_day: date, **whose: bool
) -> list[datetime]:
    """The free starts, ascending, in the office's time."""
    series = {one.pk: one for one in series_for(office, items)}
    found: set[datetime] = set()
    free_slots = _free_slots(series.values(), first_day, last_day, **whose)
    for series_id, slots in groupby(free_slots, key=itemgetter(0)):
        unit = series[series_id].unit_minutes
        free = (start for _series, start in slots)
        found.update(starts_with_room(free, units_needed(total_minutes(items), unit), unit))
    return [start.astimezone(office.zone) for start in sorted(found)]


def starts_for_wishes(office: Office, items: Sequence[Item]) -> list[datetime]:
    """The starts that can be offered to wishes, ascending, in the office's time.

    As it is: nothing is published and no hold ended, so it locks nothing.
    """
    return _starts(office, items, clock.today(office.zone), horizon(office), for_wish=True)


def free_times_stamp(office_id: UUID) -> Hashable:
    """All that may change the office's free times, read in one query.

    For whoever remembers something made of them; as long as the stamp is equal and they are
    not over, it is still true. ``None`` where nothing may be remembered.
    """
    version = grid_version(office_id) if may_remember() else 0
    return (_this_minute(), version) if version else None


def may_remember() -> bool:
    """A transaction may see what is never committed: that is not to be remembered."""
    return not connection.in_atomic_block


def _this_minute() -> datetime:
    """Slots begin and are released on whole minutes: within one, time changes nothing."""
    return clock.now().replace(second=0, microsecond=0)


@lru_cache(REMEMBERED)
def _remembered(question: _Question, version: int) -> FreeTimes:
    """What was found when the grid had this version, or what came since: never less."""
    return _find(question)


def series_for(office: Office, items: Sequence[Item]) -> list[OpeningHours]:
    """The office's series that serve every item, in the order in which they are locked."""
    return serving(office, items, ask(reading_series(office))[0])


def reading_series(office: Office) -> Statement:
    """The office's series for ``serving``: a row for each service of a series, one without a
    service for those that serve all.
    """
    return _series_and_services.statement(office.pk)


def serving(
    office: Office, items: Sequence[Item], rows: Iterable[OpeningHours]
) -> list[OpeningHours]:
    """Those of ``reading_series`` that serve every item."""
    wanted = {item.offering.pk for item in items}
    found = []
    for _pk, of_series in groupby(rows, key=attrgetter("pk")):
        series, *others = of_series
        served = {series.serves, *(row.serves for row in others)}
        if served == {None} or wanted <= served:
            series.office = office
            found.append(series)
    return found


_series_and_services = PreparedQuery(
    lambda office_id: (
        OpeningHours.objects.filter(office=office_id).order_by("pk").annotate(serves=F("offerings"))
    ),
    UUID,
)


def nearest_starts(
    office: Office,
    items: Sequence[Item],
    start: datetime,
    *,
    count: int = 5,
    by_staff: bool = False,
) -> list[datetime]:
    """The free starts nearest to ``start``, ascending, in the office's time.

    Looks at the weeks around it first: in a rush everybody who comes too late asks for this.
    """
    for days in (NEAR_DAYS, office.horizon_days):
        day = start.astimezone(office.zone).date()
        by_day = free_starts(
            office,
            items,
            first_day=day - timedelta(days=days),
            days=2 * days + 1,
            by_staff=by_staff,
        )
        every = (moment for moments in by_day.values() for moment in moments)
        nearest = sorted(every, key=lambda moment: abs(moment - start))[:count]
        # Whatever lies outside the days looked at is further away than they reach.
        if len(nearest) == count and abs(nearest[-1] - start) <= timedelta(days=days):
            break
    return sorted(nearest)


def _free_slots(
    series: Iterable[OpeningHours],
    first_day: date,
    last_day: date,
    *,
    by_staff: bool = False,
    for_wish: bool = False,
) -> Iterable[tuple[int, datetime]]:
    """Series and start of every slot with a place for a citizen, in order, none past.

    The rule of ``capacity.online_places`` as one query over all the series.
    """
    now = clock.now()
    alike: dict[tuple[int, int, int], list[OpeningHours]] = {}
    for one in series:
        online = one.online_counters + (one.wish_counters if for_wish else 0)
        key = (online, one.short_notice_counters, one.short_notice_hours)
        if by_staff:
            key = (one.counters, 0, 0)
        alike.setdefault(key, []).append(one)
    if not alike:
        return []
    with_place = Q()
    for (online, short_notice, hours), group in alike.items():
        of_group = Q(series__in=group)
        soon = Q(start__lte=now + timedelta(hours=hours))
        with_place |= of_group & soon & Q(booked__lt=online)
        with_place |= of_group & ~soon & Q(booked__lt=online - short_notice)
    zone = next(iter(alike.values()))[0].office.zone
    return (
        Slot.objects.filter(
            with_place,
            booked__lt=F("capacity"),
            start__gt=max(local_day_bounds(first_day, zone)[0] - timedelta(seconds=1), now),
            start__lt=local_day_bounds(last_day, zone)[1],
        )
        .order_by("series_id", "start")
        .values_list("series_id", "start")
        .iterator()
    )
