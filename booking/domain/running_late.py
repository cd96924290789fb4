"""Running late: the citizen says so on the way, and the desk knows whom still to expect.

It changes no order. The rule on the wall decides when somebody arrives: within the grace the
start of the appointment counts, later the late wait (see ``call_order``). Else everybody would
be late on the phone.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from booking import clock
from booking.models import Appointment, Office, Visit

from .announcements import announce
from .errors import AlreadyCheckedIn, AppointmentEnded
from .seating import lock_appointment

# Minutes to choose from.
STEPS = (5, 10, 15, 20, 30, 45, 60, 90, 120)


def minutes_to_choose(office: Office) -> Sequence[int]:
    """How late one can say to be: never so late that check-in is over."""
    return [step for step in STEPS if step <= office.check_in_closes_minutes]


def may_say_late(appointment: Appointment) -> bool:
    """On the day of the appointment, until check-in closes."""
    zone = appointment.office.zone
    return (
        appointment.state == Appointment.State.BOOKED
        and appointment.blanked_at is None
        and appointment.start.astimezone(zone).date() == clock.today(zone)
        and clock.now() <= check_in_closes(appointment)
    )


def check_in_closes(appointment: Appointment) -> datetime:
    return appointment.start + timedelta(minutes=appointment.office.check_in_closes_minutes)


@transaction.atomic
def say_late(appointment_id: UUID, *, minutes: int) -> Appointment:
    """Note that the citizen comes so many minutes after the start; 0 takes it back.

    Raises ``NotFound``, ``AlreadyCheckedIn``, or ``AppointmentEnded`` where nobody waits for it
    today or check-in would be over.
    """
    appointment = lock_appointment(appointment_id, slots=False)
    if Visit.objects.filter(appointment=appointment).exists():
        raise AlreadyCheckedIn
    late = minutes or None
    possible = late is None or late in minutes_to_choose(appointment.office)
    if not may_say_late(appointment) or not possible:
        raise AppointmentEnded
    if appointment.late_minutes != late:
        appointment.late_minutes = late
        appointment.save(update_fields=["late_minutes"])
        announce(appointment.office_id)
    return appointment
