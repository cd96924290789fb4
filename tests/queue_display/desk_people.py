"""People for the tests of the desk."""

from collections.abc import Callable
from datetime import datetime, timedelta

from booking import clock
from booking.domain.actor import CITIZEN
from booking.domain.arrivals import draw_ticket
from booking.domain.items import Item
from booking.models import Appointment, AppointmentItem, Offering, Visit
from booking.security import new_digits


def booked(offering: Offering, start: datetime, name: str = "Familie Muster") -> Appointment:
    """A booking as it stands in the database; what it took from the slots is left out."""
    appointment = Appointment.objects.create(
        office=offering.office,
        state=Appointment.State.BOOKED,
        start=start,
        end=start + timedelta(minutes=offering.minutes),
        created_at=clock.now(),
        booked_at=clock.now(),
        name=name,
        email="muster@example.org",
        code=new_digits(8),
    )
    AppointmentItem.objects.create(appointment=appointment, offering=offering)
    return appointment


def drawing(offering: Offering, set_time: Callable[[datetime], None]) -> Callable[[], Visit]:
    """Draws a ticket with each call, every one a second after the one before."""

    def draw() -> Visit:
        set_time(clock.now() + timedelta(seconds=1))
        return draw_ticket(office=offering.office, items=[Item(offering, 1)], actor=CITIZEN)

    return draw
