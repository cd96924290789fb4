"""Taking and giving back places in slots.

The locking protocol: the office's slots as a whole (see ``grid_lock``), then appointments,
then slots in order of series and start. Whoever keeps to this order cannot deadlock, and
``booked <= capacity`` is also a database constraint.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.db.models.functions import Greatest

from booking import clock
from booking.models import Appointment, OpeningHours, Slot

from .errors import SlotTaken
from .slot_grid import count_overlaps, covers, local_day_bounds


def online_places(series: OpeningHours, start: datetime, now: datetime) -> int:
    """How many places of a slot citizens may book at ``now``, taken ones included."""
    if start - now <= timedelta(hours=series.short_notice_hours):
        return series.online_counters
    return series.online_counters - series.short_notice_counters


def claim(appointment: Appointment) -> None:
    """Take a place in every slot the appointment overlaps, all or none.

    Needs a transaction that uses the office's slots, and a series read in it; the
    appointment need not be saved yet. Raises ``SlotTaken`` (without alternatives), and
    then it has written nothing.
    """
    series, start, end = appointment.series, appointment.start, appointment.end
    slots = list(
        Slot.objects.select_for_update().filter(_overlapping(series, start, end)).order_by("start")
    )
    if not covers([slot.start for slot in slots], series.unit_minutes, start, end):
        raise SlotTaken
    now = clock.now()
    if any(
        slot.booked >= min(slot.capacity, online_places(series, slot.start, now)) for slot in slots
    ):
        raise SlotTaken
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
    slots = list(
        Slot.objects.select_for_update()
        .filter(
            _overlapping(
                series, min(one.start for one in appointments), max(one.end for one in appointments)
            ),
            start__gte=local_day_bounds(clock.today(zone), zone)[0],
        )
        .order_by("start")
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
    appointment: Appointment, wanted: Sequence[tuple[OpeningHours, datetime, datetime]]
) -> None:
    """Lock, in one order, the slots an appointment holds and those it may move to.

    Two holds that swap their times would otherwise wait for each other for ever.
    """
    slots = Q()
    if appointment.series is not None:
        slots |= _overlapping(appointment.series, appointment.start, appointment.end)
    for series, start, end in wanted:
        slots |= _overlapping(series, start, end)
    list(Slot.objects.select_for_update().filter(slots).order_by("series_id", "start"))


def _overlapping(series: OpeningHours, start: datetime, end: datetime) -> Q:
    unit = timedelta(minutes=series.unit_minutes)
    return Q(series=series, start__gt=start - unit, start__lt=end)
