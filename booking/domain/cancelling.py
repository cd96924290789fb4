"""Cancelling a hold or a booking."""

from uuid import UUID

from django.db import transaction

from booking import clock
from booking.models import Appointment, OutboxMail, Visit
from booking.prepared import ask

from .appointments import announce_if_today, mails_about
from .capacity import release
from .errors import AlreadyCheckedIn, AppointmentEnded
from .grid import raise_grid_version
from .offer_ends import withdraw_wishes_of
from .seating import lock_appointment


@transaction.atomic
def cancel_appointment(appointment_id: UUID) -> Appointment:
    """Cancel a hold or a booking and give back its places. Cancelling twice changes nothing.

    Raises ``AlreadyCheckedIn``, or ``AppointmentEnded`` where it has begun or lapsed.
    """
    appointment = lock_appointment(appointment_id)
    if appointment.state == Appointment.State.CANCELLED:
        return appointment
    if Visit.objects.filter(appointment=appointment).exists():
        raise AlreadyCheckedIn
    if not appointment.is_live or appointment.start <= clock.now():
        raise AppointmentEnded
    withdraw_wishes_of(appointment)
    was_booked = appointment.state == Appointment.State.BOOKED
    appointment.state = Appointment.State.CANCELLED
    appointment.cancelled_at = clock.now()
    appointment.expires_at = None
    appointment.sequence += 1
    appointment.save(update_fields=["state", "cancelled_at", "expires_at", "sequence"])
    release(appointment)
    if was_booked:
        ask(*mails_about(appointment, OutboxMail.Kind.CANCELLATION))
        # Nobody comes, so nobody needs to know who it was. The code stays: the kiosk says why.
        appointment.name = appointment.email = appointment.phone = ""
        appointment.email_key = appointment.device_key = appointment.network_key = ""
        keys = ["email_key", "device_key", "network_key"]
        appointment.save(update_fields=["name", "email", "phone", *keys])
    raise_grid_version(appointment.office_id)
    if was_booked:
        announce_if_today(appointment)
    return appointment
