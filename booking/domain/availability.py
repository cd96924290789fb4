"""Which times are free: what citizens see before they choose.

The number of queries depends on neither the horizon nor the number of bookings.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter

from django.db.models import F, Q

from booking import clock
from booking.models import Office, OpeningHours, Slot

from .holds import expire_holds
from .items import Item, total_minutes
from .publishing import ensure_published, horizon
from .slot_grid import local_day_bounds, starts_with_room, units_needed

NEAR_DAYS = 8


def free_starts(
    office: Office, items: Sequence[Item], *, first_day: date, days: int
) -> dict[date, list[datetime]]:
    """The free starts of each local day in the range, ascending, in the office's time.

    A day without a free start is not in the answer.
    """
    ensure_published(office)
    expire_holds(office)
    end_of_horizon = horizon(office)
    first_day = max(first_day, clock.today(office.zone))
    if first_day > end_of_horizon or days < 1:
        return {}
    last_day = first_day + timedelta(days=min(days - 1, (end_of_horizon - first_day).days))
    series = {one.pk: one for one in series_for(office, items)}
    minutes = total_minutes(items)
    found: set[datetime] = set()
    free_slots = _free_slots(series.values(), first_day, last_day)
    for series_id, slots in groupby(free_slots, key=itemgetter(0)):
        unit = series[series_id].unit_minutes
        free = (start for _series, start in slots)
        found.update(starts_with_room(free, units_needed(minutes, unit), unit))
    by_day: dict[date, list[datetime]] = {}
    for start in sorted(found):
        local = start.astimezone(office.zone)
        by_day.setdefault(local.date(), []).append(local)
    return by_day


def series_for(office: Office, items: Sequence[Item]) -> list[OpeningHours]:
    """The office's series that serve every item, in the order in which they are locked."""
    wanted = {item.offering.pk for item in items}
    return [
        series
        for series in office.opening_hours.order_by("pk").prefetch_related("offerings")
        if not series.offerings.all() or wanted <= {o.pk for o in series.offerings.all()}
    ]


def nearest_starts(
    office: Office, items: Sequence[Item], start: datetime, *, count: int = 5
) -> list[datetime]:
    """The free starts nearest to ``start``, ascending, in the office's time.

    Looks at the weeks around it first: in a rush everybody who comes too late asks for this.
    """
    for days in (NEAR_DAYS, office.horizon_days):
        day = start.astimezone(office.zone).date()
        by_day = free_starts(office, items, first_day=day - timedelta(days=days), days=2 * days + 1)
        every = (moment for moments in by_day.values() for moment in moments)
        nearest = sorted(every, key=lambda moment: abs(moment - start))[:count]
        # Whatever lies outside the days looked at is further away than they reach.
        if len(nearest) == count and abs(nearest[-1] - start) <= timedelta(days=days):
            break
    return sorted(nearest)


def _free_slots(
    series: Iterable[OpeningHours], first_day: date, last_day: date
) -> Iterable[tuple[int, datetime]]:
    """Series and start of every slot with a place for a citizen, in order, none past.

    The rule of ``capacity.online_places`` as one query over all the series.
    """
    now = clock.now()
    alike: dict[tuple[int, int, int], list[OpeningHours]] = {}
    for one in series:
        key = (one.online_counters, one.short_notice_counters, one.short_notice_hours)
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
