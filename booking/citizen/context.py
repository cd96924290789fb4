"""What every page about one appointment shows."""

from collections.abc import Sequence

from booking.domain.items import Item, total_minutes
from booking.models import Appointment


def appointment_context(appointment: Appointment, items: Sequence[Item]) -> dict[str, object]:
    """Town, office, time in the office's zone, and what it is for."""
    office = appointment.office
    return {
        "authority": office.authority,
        "office": office,
        "appointment": appointment,
        "start": appointment.start.astimezone(office.zone),
        "items": items,
        "minutes": total_minutes(items),
    }
