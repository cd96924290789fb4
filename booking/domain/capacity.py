"""Taking and giving back places in slots.

The locking protocol: the office's slots as a whole (see ``grid``), then appointments,
then slots in order of series and start, and last ``raise_grid_version``, which every
transaction that changes a slot ends with. Whoever keeps to this order cannot deadlock, and
``booked <= capacity`` is also a database constraint.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from django.db.models import F, Q
from django.db.models.functions import Greatest

from booking import clock
from booking.models import Appointment, OpeningHours, Slot

from .errors import OutsideHours, SlotTaken
from .slot_grid import count_overlaps, covers, local_day_bounds


def online_places(series: OpeningHours, start: datetime, now: datetime, *, by_staff: bool) -> int:
    """How many places of a slot may be booked at ``now``, taken ones included.

    Citizens get the online part; staff, who know what the counters can do, all.
    """
    if by_staff:
        return series.counters
    if start - now <= timedelta(hours=series.short_notice_hours):
        return series.online_counters
    return series.online_counters - series.short_notice_counters


def claim(appointment: Appointment) -> None:
    """Take a place in every slot the appointment overlaps, all or none.

    Needs a transaction that uses the office's slots, and a series read in it. Raises
    ``SlotTaken`` (without alternatives), and then it has written nothing.
    """
    series, start, end = appointment.series, appointment.start, appointment.end
    slots = _lock_slots(_overlapping(series, start, end))
    if not _has_room(series, slots, start, end, by_staff=appointment.by_staff):
        raise SlotTaken
    _take(slots)


def claim_first(
    spans: Sequence[tuple[OpeningHours, datetime]], start: datetime, *, by_staff: bool = False
) -> tuple[OpeningHours, datetime]:
    """Take the places from ``start`` to the end of the first span that has them; which it was.

    Needs a transaction that uses the office's slots, and series read in it. Raises
    ``OutsideHours`` where no series has a slot that begins then, else ``SlotTaken`` (without
    alternatives), and then it has written nothing.
    """
    slots = _lock_slots(_overlapping_any(spans, start))
    if all(slot.start != start for slot in slots):
        raise OutsideHours
    slots_of = {key: list(own) for key, own in groupby(slots, key=attrgetter("series_id"))}
    for series, end in spans:
        own = slots_of.get(series.pk, [])
        if own and own[0].start == start and _has_room(series, own, start, end, by_staff=by_staff):
            _take(own)
            return series, end
    raise SlotTaken


def _has_room(
    series: OpeningHours, slots: Sequence[Slot], start: datetime, end: datetime, *, by_staff: bool
) -> bool:
    now = clock.now()
    return covers([slot.start for slot in slots], series.unit_minutes, start, end) and all(
        slot.booked < min(slot.capacity, online_places(series, slot.start, now, by_staff=by_staff))
        for slot in slots
    )


def _take(slots: Sequence[Slot]) -> None:
    Slot.objects.filter(pk__in=[slot.pk for slot in slots]).update(booked=F("booked") + 1)


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
    # Slots of days past are history: the hours may have another grid since.
    slots = _lock_slots(
        _overlapping(
            series, min(one.start for one in appointments), max(one.end for one in appointments)
        )
        & Q(start__gte=local_day_bounds(clock.today(zone), zone)[0])
    )
    taken = count_overlaps(
        [slot.start for slot in slots],
        series.unit_minutes,
        [(one.start, one.end) for one in appointments],
    )
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
    slots = _overlapping_any(spans, start)
    if appointment.series is not None:
        slots |= _overlapping(appointment.series, appointment.start, appointment.end)
    _lock_slots(slots)


def _lock_slots(which: Q) -> list[Slot]:
    return list(Slot.objects.select_for_update().filter(which).order_by("series_id", "start"))


def _overlapping_any(spans: Sequence[tuple[OpeningHours, datetime]], start: datetime) -> Q:
    """The slots that overlap any of the spans from ``start`` on."""
    alike: dict[tuple[int, datetime], list[OpeningHours]] = {}
    for series, end in spans:
        alike.setdefault((series.unit_minutes, end), []).append(series)
    slots = Q(pk__in=[])  # no span, no slot
    for (unit, end), of_series in alike.items():
        begin = start - timedelta(minutes=unit)
        slots |= Q(series__in=of_series, start__gt=begin, start__lt=end)
    return slots


def _overlapping(series: OpeningHours, start: datetime, end: datetime) -> Q:
    unit = timedelta(minutes=series.unit_minutes)
    return Q(series=series, start__gt=start - unit, start__lt=end)
