"""What must hold after every change, whoever made it and in whatever order."""

from datetime import timedelta

from booking import clock
from booking.domain.slot_grid import local_day_bounds
from booking.models import Appointment, Office, Slot


def assert_slots_hold(office: Office) -> None:
    """Every slot from today on counts exactly the live appointments of its series."""
    today = local_day_bounds(clock.today(office.zone), office.zone)[0]
    live = list(Appointment.objects.filter(office=office, state__in=Appointment.LIVE))
    slots = Slot.objects.filter(series__office=office, start__gte=today)
    # Plain values: asked after every step, of hundreds of slots.
    rows = slots.values_list(
        "series", "start", "booked", "capacity", "series__unit_minutes", "series__counters"
    )
    wrong = []
    for series, start, booked, capacity, minutes, counters in rows:
        end = start + timedelta(minutes=minutes)
        overlapping = [
            one
            for one in live
            if one.series_id == series and one.start < end and one.places_end > start
        ]
        right = len(overlapping)
        if (booked, capacity) != (right, max(counters, right)):
            found = [str(one) for one in overlapping]
            wrong.append((series, str(start), booked, capacity, counters, found))
    assert wrong == []
