"""Holds that have run out give back what they took: the next time anyone looks."""

from django.db import transaction

from booking import clock
from booking.models import Appointment, Office

from .capacity import release


def expire_holds(office: Office | None = None) -> int:
    """End every hold past its time, of one office or of all; how many there were."""
    overdue = Appointment.objects.filter(
        state=Appointment.State.HELD, expires_at__lte=clock.now()
    )
    if office is not None:
        overdue = overdue.filter(office=office)
    return sum(_expire(pk) for pk in overdue.values_list("pk", flat=True)[:1000])


@transaction.atomic
def _expire(appointment_id: object) -> bool:
    """End one hold, unless somebody else is changing it or has just confirmed it."""
    appointment = (
        Appointment.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("series")
        .filter(pk=appointment_id, state=Appointment.State.HELD, expires_at__lte=clock.now())
        .first()
    )
    if appointment is None:
        return False
    appointment.state = Appointment.State.EXPIRED
    appointment.save(update_fields=["state"])
    release(appointment)
    return True
