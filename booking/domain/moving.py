"""Giving a booking another time."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from booking import clock
from booking.models import Appointment, OutboxMail, Visit
from booking.prepared import ask

from .appointments import announce_if_today, items_of, mails_about
from .availability import nearest_starts, series_for
from .capacity import find_room, lock_slots_of_both, release, taking
from .errors import AlreadyCheckedIn, AppointmentEnded, SlotTaken
from .grid import raise_after_claim
from .items import Item, require_online
from .seating import in_utc, lock_appointment, require_bookable, spans_of
from .second_look import at_second_look


def move_appointment(
    appointment_id: UUID, *, start: datetime, by_staff: bool = False
) -> Appointment:
    """Give a booking another time; the old place goes only with the new one.

    A mail tells the new time, as a revision of the same calendar entry. Code and links stay.
    Whoever moves it decides which places count, not who once made it. Raises
    ``AlreadyCheckedIn``, ``AppointmentEnded``, ``NotOnline``, ``OutsideHours`` or ``SlotTaken``.
    """
    start = in_utc(start)
    appointment = Appointment.objects.select_related("office").get(pk=appointment_id)
    office, items = appointment.office, items_of(appointment)
    if not by_staff:
        require_online(items)
    require_bookable(office, start, by_staff=by_staff)
    try:
        return at_second_look(
            office, lambda: _move_appointment(appointment_id, items, start, by_staff=by_staff)
        )
    except SlotTaken:
        raise SlotTaken(nearest_starts(office, items, start, by_staff=by_staff)) from None


@transaction.atomic
def _move_appointment(
    appointment_id: UUID, items: Sequence[Item], start: datetime, *, by_staff: bool
) -> Appointment:
    appointment = lock_appointment(appointment_id)
    if Visit.objects.filter(appointment=appointment).exists():
        raise AlreadyCheckedIn
    if appointment.state != Appointment.State.BOOKED or appointment.start <= clock.now():
        raise AppointmentEnded
    if appointment.start == start:
        return appointment
    before = appointment.start
    appointment.by_staff = appointment.by_staff or by_staff
    every_series = series_for(appointment.office, items)
    spans = spans_of(every_series, items, start, by_staff=by_staff)
    lock_slots_of_both(appointment, spans, start)
    release(appointment)
    room = find_room(spans, start, by_staff=by_staff)
    appointment.series, appointment.start, appointment.end = room.series, start, room.end
    appointment.sequence += 1
    appointment.save(update_fields=["series", "start", "end", "by_staff", "sequence"])
    ask(*mails_about(appointment, OutboxMail.Kind.CONFIRMATION))
    raise_after_claim(appointment.office_id, after=[taking(room.slots)], gave_back=True)
    announce_if_today(appointment, before)
    return appointment
