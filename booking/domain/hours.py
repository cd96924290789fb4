"""Changing opening hours and closures under existing appointments: none is lost or doubled.

The slots are rebuilt in the same transaction. An appointment that the new hours no longer
cover stays as it is; ``affected_appointments`` names those beforehand.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from booking import clock
from booking.models import Appointment, Closure, Offering, Office, OpeningHours, Slot

from .grid import raise_grid_version, rebuild_slots_of
from .office_hours import spans_by_day
from .publishing import ensure_published, publish_slots


@transaction.atomic
def save_opening_hours(
    hours: OpeningHours, *, offerings: list[Offering] | None = None
) -> OpeningHours:
    """Save a new or changed series and rebuild the slots from today on."""
    rebuild_slots_of(hours.office_id)
    if hours.pk is not None:
        saved = OpeningHours.objects.values_list("published_until", flat=True).get(pk=hours.pk)
        hours.published_until = saved
    hours.save()
    if offerings is not None:
        hours.offerings.set(offerings)
    _rebuild(hours.office)
    return hours


@transaction.atomic
def remove_opening_hours(hours: OpeningHours) -> None:
    """Remove a series. Its live appointments stay, seated in another series that covers them."""
    office = hours.office
    rebuild_slots_of(office.pk)
    hours.delete()
    _rebuild(office)


@transaction.atomic
def save_closure(closure: Closure) -> Closure:
    """Close days, or change which. Nobody is cancelled by it."""
    rebuild_slots_of(closure.office_id)
    closure.save()
    _rebuild(closure.office)
    return closure


@transaction.atomic
def remove_closure(closure: Closure) -> None:
    """Open days again."""
    office = closure.office
    rebuild_slots_of(office.pk)
    closure.delete()
    _rebuild(office)


@transaction.atomic
def rebuild_slots(office: Office) -> None:
    """Make the slots anew after a change outside the hours: the time zone or the Land."""
    rebuild_slots_of(office.pk)
    _rebuild(office)


def affected_appointments(office: Office) -> QuerySet[Appointment]:
    """Live future appointments that lie, wholly or in part, outside the opening hours."""
    appointments = list(_coming(office).values_list("pk", "start", "end"))
    if not appointments:
        return Appointment.objects.none()
    last_day = max(end for _pk, _start, end in appointments).astimezone(office.zone).date()
    spans = spans_by_day(office, clock.today(office.zone), last_day)
    outside = [
        pk
        for pk, start, end in appointments
        if not any(
            opens <= start and end <= closes
            for opens, closes in spans.get(start.astimezone(office.zone).date(), [])
        )
    ]
    return Appointment.objects.filter(pk__in=outside).order_by("start", "pk")


def _coming(office: Office) -> QuerySet[Appointment]:
    return Appointment.objects.filter(
        office=office, state__in=Appointment.LIVE, start__gt=clock.now()
    ).order_by("start")


def _rebuild(office: Office) -> None:
    """Rebuild every series of the office from today on, then seat whom it left standing."""
    today = clock.today(office.zone)
    series = list(office.opening_hours.order_by("pk").prefetch_related("offerings"))
    for one in series:
        publish_slots(one.pk, first_day=today)
    slots = Slot.objects.filter(
        series=OuterRef("series"), start__gte=OuterRef("start"), start__lt=OuterRef("end")
    )
    left_standing = _coming(office).filter(~Q(Exists(slots)) | Q(series__isnull=True))
    left_standing = left_standing.prefetch_related("items")
    moved = [_reseat(one, series) for one in left_standing]
    if any(moved):
        # Those that left are counted out of a slot they still touched, too.
        for one in series:
            publish_slots(one.pk, first_day=today)
    ensure_published(office)
    # Also where no slot has changed: which services the hours are for, how many are online.
    raise_grid_version(office.pk)


def _reseat(appointment: Appointment, series: list[OpeningHours]) -> int | None:
    """Seat an appointment in a series whose slots overlap it; which one, if any.

    The place is counted there even beyond the series' counters: the person will come.
    """
    wanted = {item.offering_id for item in appointment.items.all()}
    for one in series:
        served = {offering.pk for offering in one.offerings.all()}
        unit = timedelta(minutes=one.unit_minutes)
        overlapping = one.slots.filter(
            start__gt=appointment.start - unit, start__lt=appointment.end
        )
        if (not served or wanted <= served) and overlapping.exists():
            Appointment.objects.filter(pk=appointment.pk).update(series=one)
            return one.pk
    return None
