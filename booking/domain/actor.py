"""Who does something: a member of staff, a device, or a citizen (neither)."""

from dataclasses import dataclass

from booking.models import Device, User


@dataclass(frozen=True)
class Actor:
    """Goes into the event log."""

    staff: User | None = None
    device: Device | None = None


CITIZEN = Actor()
