"""Check-in on one's own phone, where the office allows it.

``PAGE``: on the appointment's own page, in the time in which check-in is open. ``POSTER``: there
too, but only from the address on the office's poster. Its secret is the office's, not the day's:
a poster that has to be printed anew each morning hangs nowhere. Whoever photographs it can check
in from home – themselves alone, shortly before their own appointment – and then misses a call;
a new version of the poster makes that photograph worthless.
"""

from uuid import UUID

from django.db.models import F

from booking import clock
from booking.models import Appointment, Office, Visit

from .actor import CITIZEN
from .arrivals import check_in, find_appointment, require_check_in
from .errors import AlreadyCheckedIn, NotPermitted, Refused


def renew_poster(office: Office) -> None:
    """From now on only a newly printed poster leads anywhere."""
    Office.objects.filter(pk=office.pk).update(poster_version=F("poster_version") + 1)
    office.refresh_from_db(fields=["poster_version"])


def may_check_in(appointment: Appointment) -> bool:
    """Whether the office takes check-ins on phones, and this one now."""
    office = appointment.office
    if not office.phone_check_in or appointment.state != Appointment.State.BOOKED:
        return False
    try:
        require_check_in(office, appointment, clock.now())
    except Refused:
        return False
    return not hasattr(appointment, "visit")


def check_in_on_page(appointment: Appointment) -> Visit:
    """Check in from the appointment's own page. A second press answers the same visit.

    Raises ``NotPermitted`` where the office wants the poster or no phones at all, and what
    ``check_in`` raises.
    """
    if appointment.office.phone_check_in != Office.PhoneCheckIn.PAGE:
        raise NotPermitted
    return _check_in(appointment.office, appointment.pk)


def check_in_at_poster(office: Office, *, code: str) -> Visit:
    """Check in with the poster's address and a code or appointment id. Twice: the same visit.

    Raises ``NotPermitted`` and what ``check_in`` raises.
    """
    if office.phone_check_in != Office.PhoneCheckIn.POSTER:
        raise NotPermitted
    return _check_in(office, find_appointment(office, code).pk)


def _check_in(office: Office, appointment_id: UUID) -> Visit:
    try:
        return check_in(office=office, code=str(appointment_id), actor=CITIZEN)
    except AlreadyCheckedIn:
        return Visit.objects.get(appointment=appointment_id)
