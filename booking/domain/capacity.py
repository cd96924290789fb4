"""Taking and giving back places in slots.

The locking protocol: the office's slots as a whole (see ``grid``), then appointments,
then what ``limits`` counts, then slots in order of series and start, and last
``raise_grid_version``, which every transaction that changes a slot ends with. Whoever keeps to
this order cannot deadlock, and ``booked <= capacity`` is also a database constraint.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import groupby, islice
from operator import attrgetter
from typing import Any

from django.db.models import F, Min, Q, QuerySet
from django.db.models.functions import Greatest

from booking import clock
from booking.models import Appointment, Office, OpeningHours, Slot
from booking.prepared import PreparedQuery, PreparedUpdate, Statement, ask

from .errors import OutsideHours, SlotTaken
from .publishing import opens_at, released_until
from .slot_grid import count_overlaps, covers, local_day_bounds


def online_places(
    series: OpeningHours,
    start: datetime,
    now: datetime,
    *,
    by_staff: bool = False,
    for_wish: bool = False,
) -> int:
    """How many places of a slot may be booked at ``now``, taken ones included.

    Citizens get the online part, wishes some more; staff, who know what the counters can do,
    all.
    """
    if by_staff:
        return series.counters
    more = series.wish_counters if for_wish else 0
    if start - now <= timedelta(hours=series.short_notice_hours):
        return series.online_counters + more
    return series.online_counters - series.short_notice_counters + more


def next_places_at(office: Office, now: datetime) -> datetime | None:
    """When the passing of time alone makes more places free at an office the next time.

    The next slot comes within the horizon, or what is kept for short notice is released.
    """
    slots = Slot.objects.filter(series__office=office)
    beyond = slots.filter(start__gt=released_until(office))
    opening = beyond.aggregate(first=Min("start"))["first"]
    moments = [opens_at(office, opening)] if opening else []
    for series in OpeningHours.objects.filter(office=office, short_notice_counters__gt=0):
        ahead = timedelta(hours=series.short_notice_hours)
        waiting = Slot.objects.filter(series=series, start__gt=now + ahead)
        first = waiting.aggregate(first=Min("start"))["first"]
        moments += [first - ahead] if first else []
    return min(moments, default=None)


def claim(appointment: Appointment) -> None:
    """Take a place in every slot the appointment overlaps, all or none.

    Needs a transaction that uses the office's slots, and a series read in it. Raises
    ``SlotTaken`` (without alternatives), and then it has written nothing.
    """
    series, start, end = appointment.series, appointment.start, appointment.end
    slots = _lock_slots(_overlapping(series, start, end))
    if not _has_room(series, slots, start, end, by_staff=appointment.by_staff):
        raise SlotTaken
    ask(taking(slots))


@dataclass(frozen=True)
class Room:
    """Where an appointment fits: slots that are locked and have a place each."""

    series: OpeningHours
    end: datetime
    slots: Sequence[Slot]


def find_room(
    spans: Sequence[tuple[OpeningHours, datetime]],
    start: datetime,
    *,
    by_staff: bool = False,
    for_wish: bool = False,
) -> Room:
    """The first span from ``start`` to its end with a place in every slot, locked for ``taking``.

    Needs a transaction that uses the office's slots, and series read in it. Raises
    ``OutsideHours`` where no series has a slot that begins then, else ``SlotTaken`` (without
    alternatives).
    """
    slots = _lock_slots(*_overlapping_any(spans, start))
    if all(slot.start != start for slot in slots):
        raise OutsideHours
    slots_of = {key: list(own) for key, own in groupby(slots, key=attrgetter("series_id"))}
    for series, end in spans:
        own = slots_of.get(series.pk, [])
        if (
            own
            and own[0].start == start
            and _has_room(series, own, start, end, by_staff=by_staff, for_wish=for_wish)
        ):
            return Room(series, end, own)
    raise SlotTaken


def _has_room(
    series: OpeningHours, slots: Sequence[Slot], start: datetime, end: datetime, **whose: bool
) -> bool:
    now = clock.now()
    return covers([slot.start for slot in slots], series.unit_minutes, start, end) and all(
        slot.booked < min(slot.capacity, online_places(series, slot.start, now, **whose))
        for slot in slots
    )


def taking(slots: Sequence[Slot]) -> Statement:
    """A place in each of these slots, which are locked and have one."""
    return _take_of(len(slots)).statement(*(slot.pk for slot in slots))


@lru_cache
def _take_of(count: int) -> PreparedUpdate:
    return PreparedUpdate(
        lambda *slots: Slot.objects.filter(pk__in=slots),
        *[int] * count,
        booked=F("booked") + 1,
    )


def release(*appointments: Appointment) -> None:
    """Give back the places of appointments of one office.

    Needs a transaction that uses the office's slots and has locked the appointments. The
    number of queries depends on the series alone. A slot that was overbooked by a change of
    hours shrinks towards what the hours say.
    """
    by_series: dict[OpeningHours, list[Appointment]] = {}
    for appointment in appointments:
        if appointment.series is not None:
            by_series.setdefault(appointment.series, []).append(appointment)
    for series in sorted(by_series, key=lambda one: one.pk):
        _release_in(series, by_series[series])


def _release_in(series: OpeningHours, appointments: Sequence[Appointment]) -> None:
    zone = appointments[0].office.zone
    all_of_them = _overlapping(
        series, min(one.start for one in appointments), max(one.end for one in appointments)
    )
    # Slots of days past are history: the hours may have another grid since.
    today = local_day_bounds(clock.today(zone), zone)[0] - timedelta(microseconds=1)
    slots = _lock_slots(replace(all_of_them, after=max(all_of_them.after, today)))
    _give_back(series, slots, [(one.start, one.places_end) for one in appointments])


def give_back_from(now: datetime, *appointments: Appointment) -> int:
    """Give back what is ahead of ``now`` of the places of appointments; of how many it was any.

    Needs what ``release`` needs.
    """
    by_series: dict[OpeningHours, list[Appointment]] = {}
    for appointment in appointments:
        by_series.setdefault(appointment.series, []).append(appointment)
    shortened = []
    for series in sorted(by_series, key=attrgetter("pk")):
        latest = max(one.places_end for one in by_series[series])
        slots = _lock_slots(_Range([series.pk], now, latest))
        spans = []
        for one in by_series[series]:
            ahead = next((slot.start for slot in slots if one.start < slot.start < one.end), None)
            if ahead is not None:
                one.places_until = ahead
                spans.append((ahead, one.end))
                shortened.append(one)
        _give_back(series, slots, spans)
    Appointment.objects.bulk_update(shortened, ["places_until"])
    return len(shortened)


def _give_back(
    series: OpeningHours, slots: Sequence[Slot], spans: Sequence[tuple[datetime, datetime]]
) -> None:
    taken = count_overlaps([slot.start for slot in slots], series.unit_minutes, spans)
    for count in sorted(set(taken) - {0}):
        left = F("booked") - count
        Slot.objects.filter(
            pk__in=[slot.pk for slot, places in zip(slots, taken, strict=True) if places == count]
        ).update(booked=left, capacity=Greatest(series.counters, left))


def lock_slots_of_both(
    appointment: Appointment, spans: Sequence[tuple[OpeningHours, datetime]], start: datetime
) -> None:
    """Lock, in one order, the slots an appointment holds and those it may move to.

    Two holds that swap their times would otherwise wait for each other for ever.
    """
    ranges = _overlapping_any(spans, start)
    if appointment.series is not None:
        ranges.append(_overlapping(appointment.series, appointment.start, appointment.end))
    _lock_slots(*ranges)


@dataclass(frozen=True)
class _Range:
    """Slots of some series that begin between two moments, both excluded."""

    series: Sequence[int]
    after: datetime
    before: datetime


def _overlapping_any(
    spans: Sequence[tuple[OpeningHours, datetime]], start: datetime
) -> list[_Range]:
    """The slots that overlap any of the spans from ``start`` on."""
    alike: dict[tuple[int, datetime], list[int]] = {}
    for series, end in spans:
        alike.setdefault((series.unit_minutes, end), []).append(series.pk)
    return [
        _Range(of_series, start - timedelta(minutes=unit), end)
        for (unit, end), of_series in alike.items()
    ]


def _overlapping(series: OpeningHours, start: datetime, end: datetime) -> _Range:
    return _Range([series.pk], start - timedelta(minutes=series.unit_minutes), end)


def _lock_slots(*ranges: _Range) -> list[Slot]:
    if not ranges:
        return []
    values = [value for one in ranges for value in (*one.series, one.after, one.before)]
    return _lock_of(*(len(one.series) for one in ranges)).all(*values)


@lru_cache
def _lock_of(*counts: int) -> PreparedQuery[Slot]:
    """Lock the slots of ranges with so many series each."""
    kinds = [kind for count in counts for kind in (*[int] * count, datetime, datetime)]

    def write(*values: Any) -> QuerySet[Slot]:
        which, rest = Q(), iter(values)
        for count in counts:
            series = list(islice(rest, count))
            which |= Q(series__in=series, start__gt=next(rest), start__lt=next(rest))
        return Slot.objects.select_for_update().filter(which).order_by("series_id", "start")

    return PreparedQuery(write, *kinds)
