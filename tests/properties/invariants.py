"""What must hold after every change, whoever made it and in whatever order."""

from datetime import timedelta

from booking import clock
from booking.domain.slot_grid import local_day_bounds
from booking.models import Appointment, Office, Slot


def assert_slots_hold(office: Office) -> None:
    """Every slot from today on counts exactly the live appointments of its series."""
    today = local_day_bounds(clock.today(office.zone), office.zone)[0]
    live = list(Appointment.objects.filter(office=office, state__in=Appointment.LIVE))
    slots = Slot.objects.filter(series__office=office, start__gte=today).select_related("series")
    wrong = []
    for slot in slots:
        series = slot.series
        overlapping = [
            one
            for one in live
            if one.series_id == series.pk
            and one.start < slot.start + timedelta(minutes=series.unit_minutes)
            and one.places_end > slot.start
        ]
        booked = len(overlapping)
        if (slot.booked, slot.capacity) != (booked, max(series.counters, booked)):
            wrong.append((str(slot), booked, series.counters, [str(one) for one in overlapping]))
    assert wrong == []
