"""Which times are free: what citizens see before they choose.

The number of queries depends on neither the horizon nor the number of bookings. What was found
is remembered in the process, and stays true until the version of the office's grid rises, the
minute is over (slots begin and are released on whole minutes) or a hold lapses. Several offices
are asked about side by side, in as many queries as one.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from operator import attrgetter, itemgetter
from uuid import UUID

from django.db import connection
from django.db.models import F, Min, Q, QuerySet

from booking import clock
from booking.models import Appointment, Office, OpeningHours, Slot
from booking.prepared import PreparedQuery, Statement, ask

from .grid import grid_version, grid_versions
from .holds import expire_holds
from .items import Item, total_minutes
from .publishing import ensure_published, horizon, released_until
from .remembered import Remembered
from .slot_grid import local_day_bounds, starts_with_room, units_needed
from .unused import give_back_unused

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
    (found,) = free_times_side_by_side(
        [(office, items)], first_day=first_day, days=days, by_staff=by_staff
    )
    return found


def free_times_side_by_side(
    wanted: Sequence[tuple[Office, Sequence[Item]]],
    *,
    first_day: date,
    days: int,
    by_staff: bool = False,
) -> list[FreeTimes]:
    """``free_times`` of several offices, each of them once, in as many queries as of one."""
    questions = [
        _question(office, items, first_day, days, by_staff=by_staff) for office, items in wanted
    ]
    asked = [question for question in questions if question is not None]
    if not may_remember():
        found = _find(asked)
    else:
        found = _look_up(asked)
        over = [question.office for question in asked if found[question].is_over()]
        if over and expire_holds(*over):
            found = _look_up(asked)
    return [FreeTimes({}) if question is None else found[question] for question in questions]


def _question(
    office: Office, items: Sequence[Item], first_day: date, days: int, *, by_staff: bool
) -> _Question | None:
    """``None`` where the range lies outside of what can be booked."""
    end_of_horizon = horizon(office)
    first_day = max(first_day, clock.today(office.zone))
    if first_day > end_of_horizon or days < 1:
        return None
    return _Question(
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


def _look_up(questions: Sequence[_Question]) -> dict[_Question, FreeTimes]:
    """What was found when the grids had their present versions, or what came since: never less."""
    if not questions:
        return {}
    versions = grid_versions([question.office_id for question in questions])
    keys = [(question, versions.get(question.office_id, 0)) for question in questions]
    found = {key[0]: known for key in keys if (known := _remembered.get(key))}
    missing = _find([question for question in questions if question not in found])
    for question, version in keys:
        if question in missing:
            _remembered.keep((question, version), missing[question])
    return found | missing


def _find(questions: Sequence[_Question]) -> dict[_Question, FreeTimes]:
    """The answers; no office may be in two questions."""
    if not questions:
        return {}
    offices = [question.office for question in questions]
    ensure_published(*offices)
    expire_holds(*offices)
    give_back_unused(*offices)
    starts = _starts(questions, by_staff=questions[0].by_staff)
    held = Appointment.objects.filter(office__in=offices, state=Appointment.State.HELD)
    lapsing = dict(held.order_by().values_list("office").annotate(Min("expires_at")))
    return {
        question: FreeTimes(_by_day(question, found), lapsing.get(question.office_id))
        for question, found in starts.items()
    }


def _starts(questions: Sequence[_Question], **whose: bool) -> dict[_Question, set[datetime]]:
    """The free starts at the office of each question."""
    every_series: dict[int, tuple[OpeningHours, _Question]] = {}
    found_series = series_side_by_side([(one.office, one.items) for one in questions])
    for question, of_office in zip(questions, found_series, strict=True):
        every_series |= {series.pk: (series, question) for series in of_office}
    starts: dict[_Question, set[datetime]] = {question: set() for question in questions}
    bounds = [_bounds(question) for question in questions]
    found_slots = free_slots(
        [series for series, _question in every_series.values()],
        min(begin for begin, _end in bounds),
        max(end for _begin, end in bounds),
        **whose,
    )
    for series_id, slots in groupby(found_slots, key=itemgetter(0)):
        series, question = every_series[series_id]
        free = (start for _series, start in slots)
        needed = units_needed(question.minutes, series.unit_minutes)
        starts[question].update(starts_with_room(free, needed, series.unit_minutes))
    return starts


def starts_for_wishes(office: Office, items: Sequence[Item]) -> list[datetime]:
    """The starts that can be offered to wishes, ascending, in the office's time.

    As it is: nothing is published and no hold ended, so it locks nothing.
    """
    today, days = clock.today(office.zone), office.horizon_days + 1
    question = _question(office, items, today, days, by_staff=False)
    if question is None:
        return []
    by_day = _by_day(question, _starts([question], for_wish=True)[question])
    return [start for starts in by_day.values() for start in starts]


def _by_day(question: _Question, starts: Iterable[datetime]) -> dict[date, list[datetime]]:
    """In the office's time. Where other offices have other days, some starts lie outside."""
    by_day: dict[date, list[datetime]] = {}
    for start in sorted(starts):
        local = start.astimezone(question.office.zone)
        if question.first_day <= (day := local.date()) <= question.last_day:
            by_day.setdefault(day, []).append(local)
    return by_day


def _bounds(question: _Question) -> tuple[datetime, datetime]:
    """The first instant of the question's days and the first after them."""
    zone = question.office.zone
    return (
        local_day_bounds(question.first_day, zone)[0],
        local_day_bounds(question.last_day, zone)[1],
    )


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


_remembered: Remembered[tuple[_Question, int], FreeTimes] = Remembered(REMEMBERED)


def series_for(office: Office, items: Sequence[Item]) -> list[OpeningHours]:
    """The office's series that serve every item, in the order in which they are locked."""
    return serving(office, items, ask(reading_series(office))[0])


def series_side_by_side(
    wanted: Sequence[tuple[Office, Sequence[Item]]],
) -> list[list[OpeningHours]]:
    """``series_for`` of several offices in one query."""
    if not wanted:
        return []
    rows = _series_and_services(len(wanted)).all(*[office.pk for office, _items in wanted])
    by_office = {pk: list(of_office) for pk, of_office in groupby(rows, key=_office_of)}
    return [serving(office, items, by_office.get(office.pk, [])) for office, items in wanted]


def reading_series(office: Office) -> Statement:
    """The office's series for ``serving``: a row for each service of a series, one without a
    service for those that serve all.
    """
    return _series_and_services(1).statement(office.pk)


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


_office_of = attrgetter("office_id")


@lru_cache
def _series_and_services(count: int) -> PreparedQuery[OpeningHours]:
    def write(*office_ids: UUID) -> QuerySet[OpeningHours]:
        of_offices = OpeningHours.objects.filter(office__in=office_ids)
        return of_offices.order_by("office_id", "pk").annotate(serves=F("offerings"))

    return PreparedQuery(write, *[UUID] * count)


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


def free_slots(
    series: Iterable[OpeningHours],
    begin: datetime,
    end: datetime,
    *,
    by_staff: bool = False,
    for_wish: bool = False,
    released: bool = False,
) -> Iterable[tuple[int, datetime]]:
    """Series and start of every slot with a place for a citizen, in order, none past.

    ``released``: as it will be once everything is released.

    The rule of ``capacity.online_places`` as one query over all the series.
    """
    now = clock.now()
    alike: dict[tuple[int, int, int, datetime], list[OpeningHours]] = {}
    for one in series:
        until = end if released else released_until(one.office, by_staff=by_staff)
        online = one.online_counters + (one.wish_counters if for_wish else 0)
        key = (online, one.short_notice_counters, one.short_notice_hours, until)
        if by_staff or released:
            key = (one.counters if by_staff else online, 0, 0, until)
        alike.setdefault(key, []).append(one)
    if not alike:
        return []
    with_place = Q()
    for (online, short_notice, hours, until), group in alike.items():
        of_group = Q(series__in=group, start__lte=until)
        soon = Q(start__lte=now + timedelta(hours=hours))
        with_place |= of_group & soon & Q(booked__lt=online)
        with_place |= of_group & ~soon & Q(booked__lt=online - short_notice)
    return (
        Slot.objects.filter(
            with_place,
            booked__lt=F("capacity"),
            start__gt=max(begin - timedelta(seconds=1), now),
            start__lt=end,
        )
        .order_by("series_id", "start")
        .values_list("series_id", "start")
        .iterator()
    )
