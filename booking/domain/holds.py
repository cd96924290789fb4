"""Holds that have run out give back what they took: the next time anyone looks."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from booking import clock
from booking.models import Appointment, Office

from .capacity import release
from .grid import raise_grid_version, use_slots_of
from .offer_ends import lapse_offers_of

# In one transaction; what is beyond goes with the next look.
AT_ONCE = 1000


def expire_holds(*offices: Office) -> int:
    """End every hold past its time, of these offices or of all; how many there were."""
    overdue = _overdue()
    if offices:
        overdue = overdue.filter(office__in=offices)
    concerned = overdue.order_by("office").values_list("office", flat=True).distinct()
    return sum(_expire(office_id) for office_id in concerned)


@transaction.atomic
def _expire(office_id: UUID) -> int:
    """End the holds of one office that nobody else is changing at the moment."""
    use_slots_of(office_id)
    overdue = list(
        _overdue()
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("office")
        .prefetch_related("series")
        .filter(office=office_id)
        .order_by("pk")[:AT_ONCE]
    )
    Appointment.objects.filter(pk__in=[one.pk for one in overdue]).update(
        state=Appointment.State.EXPIRED
    )
    lapse_offers_of(overdue)
    release(*overdue)
    if overdue:
        raise_grid_version(office_id)
    return len(overdue)


def _overdue() -> QuerySet[Appointment]:
    return Appointment.objects.filter(state=Appointment.State.HELD, expires_at__lte=clock.now())
