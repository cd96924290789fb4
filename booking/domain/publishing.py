"""Publishing: making slots out of opening hours.

``publish_slots`` is the only place where slots are made or removed. It runs when hours or
closures change, when the horizon moves on, and when a reader finds the horizon short; no
cron job is needed.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import attrgetter

from django.db import transaction
from django.db.models.functions import Coalesce

from booking import clock
from booking.models import Appointment, Office, OpeningHours, Slot

from .closed_days import closed_days
from .grid import raise_grid_version, rebuild_slots_of
from .slot_grid import count_overlaps, local_day_bounds, unit_starts


def horizon(office: Office) -> date:
    """The last local day on which citizens can book."""
    return clock.today(office.zone) + timedelta(days=office.horizon_days)


def released_until(office: Office, *, by_staff: bool = False) -> datetime:
    """The last moment, in UTC, at which a slot may begin to be booked now.

    Each slot opens at its own minute: so many days before it by the office's wall clock. A
    whole day that opens at midnight would go to whoever has a program. Staff, who speak with
    one person at a time, have the last day from its beginning.
    """
    if by_staff:
        return local_day_bounds(horizon(office), office.zone)[1] - timedelta(microseconds=1)
    ahead = clock.now().astimezone(office.zone) + timedelta(days=office.horizon_days)
    return ahead.astimezone(UTC)


def opens_at(office: Office, start: datetime) -> datetime:
    """When ``released_until`` reaches a slot, in the office's time."""
    before = start.astimezone(office.zone) - timedelta(days=office.horizon_days)
    return before.astimezone(UTC).astimezone(office.zone)


def ensure_published(*offices: Office) -> None:
    """Publish what is missing up to each office's horizon. Cheap when nothing is."""
    last_days = {office.pk: horizon(office) for office in offices}
    for series in OpeningHours.objects.filter(office__in=last_days):
        _publish_missing([series], last_days[series.office_id])


def publish_everywhere() -> None:
    """``ensure_published`` for every office; one query where nothing is missing."""
    every = OpeningHours.objects.select_related("office").order_by("office")
    for office, series in groupby(every, key=attrgetter("office")):
        _publish_missing(series, horizon(office))


def _publish_missing(every_series: Iterable[OpeningHours], last_day: date) -> None:
    for series in every_series:
        if series.published_until is None or series.published_until < last_day:
            publish_slots(series.pk, last_day=last_day)


@transaction.atomic
def publish_slots(
    series_id: int, *, first_day: date | None = None, last_day: date | None = None
) -> None:
    """Make the slots of a series in a range of local days what its hours now say.

    Without ``first_day`` it goes on where it stopped, without ``last_day`` it goes to the
    horizon. A slot is never less than what live appointments hold of it: where the new
    hours offer less, its capacity is what is booked and shrinks as they are cancelled.

    It goes alone (see ``grid``), so that it misses no claim and no claim misses it. A
    series that somebody has removed meanwhile is passed over.
    """
    found = OpeningHours.objects.select_related("office__authority").filter(pk=series_id)
    if (series := found.first()) is not None:
        rebuild_slots_of(series.office_id)
        series = found.first()
    if series is None:
        return
    office = series.office
    today = clock.today(office.zone)
    last_day = last_day or max(horizon(office), series.published_until or today)
    if first_day is None:
        first_day = today
        if series.published_until is not None:
            first_day = max(today, series.published_until + timedelta(days=1))
    if first_day <= last_day:
        _make_slots(series, first_day, last_day)
    published_until = max(last_day, series.published_until or last_day)
    OpeningHours.objects.filter(pk=series.pk).update(published_until=published_until)
    raise_grid_version(series.office_id)


def _make_slots(series: OpeningHours, first_day: date, last_day: date) -> None:
    zone = series.office.zone
    begin, end = local_day_bounds(first_day, zone)[0], local_day_bounds(last_day, zone)[1]
    appointments = Appointment.objects.filter(
        series=series, state__in=Appointment.LIVE, start__lt=end, end__gt=begin
    ).values_list("start", Coalesce("places_until", "end"))
    existing = {
        slot.start: slot
        for slot in Slot.objects.filter(series=series, start__gte=begin, start__lt=end)
    }
    starts = _target_starts(series, first_day, last_day)
    new, changed = [], []
    counts = count_overlaps(starts, series.unit_minutes, appointments)
    for start, booked in zip(starts, counts, strict=True):
        capacity = max(series.counters, booked)
        slot = existing.pop(start, None)
        if slot is None:
            new.append(Slot(series=series, start=start, capacity=capacity, booked=booked))
        elif (slot.capacity, slot.booked) != (capacity, booked):
            slot.capacity, slot.booked = capacity, booked
            changed.append(slot)
    Slot.objects.filter(pk__in=[slot.pk for slot in existing.values()]).delete()
    Slot.objects.bulk_update(changed, ["capacity", "booked"], batch_size=500)
    Slot.objects.bulk_create(new, batch_size=1000)


def _target_starts(series: OpeningHours, first_day: date, last_day: date) -> list[datetime]:
    first_day = max(first_day, series.valid_from)
    last_day = min(last_day, series.valid_until or last_day)
    if first_day > last_day:
        return []
    closed = closed_days(series.office, first_day, last_day)
    to_weekday = (series.weekday - first_day.weekday()) % 7
    starts = []
    for ordinal in range(first_day.toordinal() + to_weekday, last_day.toordinal() + 1, 7):
        day = date.fromordinal(ordinal)
        if day not in closed:
            starts += unit_starts(
                day, series.opens, series.closes, series.unit_minutes, series.office.zone
            )
    return starts
