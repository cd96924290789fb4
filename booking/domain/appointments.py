"""What every change of an appointment needs: what it is for, who is told, which screens know."""

from datetime import datetime
from uuid import UUID

from booking import clock
from booking.models import Appointment, AppointmentItem, OutboxMail
from booking.prepared import PreparedQuery, Statement

from .announcements import announce
from .items import Item
from .outbox import writing_mail


def items_of(appointment: Appointment) -> list[Item]:
    """What an appointment is for."""
    rows = appointment.items.select_related("offering__service")
    return [Item(row.offering, row.quantity) for row in rows]


item_rows = PreparedQuery(
    lambda appointment_id: AppointmentItem.objects.filter(appointment=appointment_id), UUID
).all


def mails_about(appointment: Appointment, kind: OutboxMail.Kind) -> list[Statement]:
    """Whoever called without an e-mail address is told on the phone."""
    return [writing_mail(appointment, kind)] if appointment.email else []


def announce_if_today(appointment: Appointment, *former_starts: datetime) -> None:
    """The desk shows today's appointments; other days concern no screen."""
    zone = appointment.office.zone
    starts = (appointment.start, *former_starts)
    if any(start.astimezone(zone).date() == clock.today(zone) for start in starts):
        announce(appointment.office_id)
