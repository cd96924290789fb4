"""Taking and giving back places in slots.

The locking protocol: series, then appointments, then slots in order of series and start.
A new appointment is inserted before it claims, and its foreign key holds the series against
republishing. Whoever keeps to this order cannot deadlock, and ``booked <= capacity`` is
also a database constraint.
"""

from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest

from booking import clock
from booking.models import Appointment, OpeningHours, Slot

from .errors import SlotTaken


def online_places(series: OpeningHours, start: datetime, now: datetime) -> int:
    """How many places of a slot citizens may book at ``now``, taken ones included."""
    if start - now <= timedelta(hours=series.short_notice_hours):
        return series.online_counters
    return series.online_counters - series.short_notice_counters


def claim(appointment: Appointment) -> None:
    """Take a place in every slot the appointment needs, all or none.

    Needs a transaction. Raises ``SlotTaken`` (without alternatives).
    """
    series = appointment.series
    slots = list(_lock_slots(appointment))
    unit = timedelta(minutes=series.unit_minutes)
    units = (appointment.end - appointment.start) // unit
    if [slot.start for slot in slots] != [appointment.start + i * unit for i in range(units)]:
        raise SlotTaken
    now = clock.now()
    if any(
        slot.booked >= min(slot.capacity, online_places(series, slot.start, now)) for slot in slots
    ):
        raise SlotTaken
    taken = Slot.objects.filter(
        pk__in=[slot.pk for slot in slots], booked__lt=F("capacity")
    ).update(booked=F("booked") + 1)
    if taken != len(slots):
        raise SlotTaken


def release(appointment: Appointment) -> None:
    """Give back the appointment's places. Needs a transaction that has locked its row.

    A slot that was overbooked by a change of hours shrinks towards what the hours say.
    """
    if appointment.series_id is None:
        return
    slots = [slot.pk for slot in _lock_slots(appointment)]
    counters = OpeningHours.objects.values_list("counters", flat=True).get(
        pk=appointment.series_id
    )
    Slot.objects.filter(pk__in=slots).update(
        booked=F("booked") - 1, capacity=Greatest(counters, F("booked") - 1)
    )


def lock_slots_of_both(
    appointment: Appointment, series: OpeningHours, start: datetime, end: datetime
) -> None:
    """Lock, in one order, the slots an appointment holds and those it would move to.

    Two holds that swap their times would otherwise wait for each other for ever.
    """
    wanted = _overlapping(series, start, end)
    if appointment.series is not None:
        wanted |= _overlapping(appointment.series, appointment.start, appointment.end)
    list(Slot.objects.select_for_update().filter(wanted).order_by("series_id", "start"))


def _lock_slots(appointment: Appointment) -> QuerySet[Slot]:
    wanted = _overlapping(appointment.series, appointment.start, appointment.end)
    return Slot.objects.select_for_update().filter(wanted).order_by("start")


def _overlapping(series: OpeningHours, start: datetime, end: datetime) -> Q:
    unit = timedelta(minutes=series.unit_minutes)
    return Q(series=series, start__gt=start - unit, start__lt=end)
