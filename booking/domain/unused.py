"""Bookings to which nobody came: what is still ahead of their places goes back, without blame.

Nobody is struck off a list: the appointment stands, and whoever comes late checks in as long as
the office allows it. By the office's own rule somebody who comes after the grace is called after
others, so the time itself is no longer needed. Whoever waits without appointment needs nothing of
this: who has not checked in is not in the queue, and keeps no counter.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from booking import clock
from booking.models import Appointment, Office

from .capacity import give_back_from
from .grid import raise_grid_version, use_slots_of

# No appointment is longer; so old ones are not read again and again.
LONGEST = timedelta(hours=12)
# In one transaction; what is beyond goes with the next look.
AT_ONCE = 1000


def give_back_unused(*offices: Office) -> int:
    """Give back what is ahead of bookings past their grace, of these offices or of all.

    How many bookings there were.
    """
    by_office: dict[UUID, list[UUID]] = {}
    for office_id, appointment_id in _unused(offices):
        by_office.setdefault(office_id, []).append(appointment_id)
    return sum(_give_back(office_id, unused) for office_id, unused in by_office.items())


@transaction.atomic
def _give_back(office_id: UUID, unused: Sequence[UUID]) -> int:
    use_slots_of(office_id)
    locked = (
        _begun(clock.now())
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("office")
        .prefetch_related("series")
        .filter(pk__in=unused[:AT_ONCE])
    )
    if given := give_back_from(clock.now(), *locked):
        raise_grid_version(office_id)
    return given


def _unused(offices: Sequence[Office]) -> Iterator[tuple[UUID, UUID]]:
    """Office and id of bookings past their grace with a unit that is still ahead.

    Grace and units are whole minutes, so this changes only with the minute.
    """
    now = clock.now()
    begun = _begun(now).filter(office__in=offices) if offices else _begun(now)
    rows = begun.values_list(
        "office", "pk", "start", "end", "office__grace_minutes", "series__unit_minutes"
    )
    for office_id, appointment_id, start, end, grace, unit in rows:
        if start + timedelta(minutes=grace) <= now < end - timedelta(minutes=unit):
            yield office_id, appointment_id


def _begun(now: datetime) -> QuerySet[Appointment]:
    """Booked and begun, and nobody has checked in; not many at any moment."""
    return Appointment.objects.filter(
        state=Appointment.State.BOOKED,
        places_until__isnull=True,
        blanked_at__isnull=True,
        series__isnull=False,
        start__gt=now - LONGEST,
        start__lte=now,
        end__gt=now,
        visit__isnull=True,
    )
