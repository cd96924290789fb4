"""Refusals that speak to the citizen elsewhere, in words for the front desk."""

from django.utils.translation import gettext as _

from booking.domain.errors import (
    AlreadyCheckedIn,
    Refused,
    TooEarly,
    TooLate,
    WrongDay,
    WrongOffice,
)
from booking.local_time import day_text, time_text


def said_to_staff(refused: Refused) -> str:
    """The sentence for whoever sits at the front desk."""
    match refused:
        case TooEarly():
            return _("Too early: check-in opens at %(time)s.") % {"time": f"{refused.opens:%H:%M}"}
        case TooLate():
            return _("The appointment was at %(time)s. You can give a ticket instead.") % {
                "time": time_text(refused.start)
            }
        case WrongDay():
            return _("The appointment is on %(day)s at %(time)s.") % {
                "day": day_text(refused.start),
                "time": time_text(refused.start),
            }
        case WrongOffice():
            return _("The appointment is at another office: %(office)s, %(address)s.") % {
                "office": refused.office.name,
                "address": refused.office.address,
            }
        case AlreadyCheckedIn():
            return _("Already checked in.")
    return refused.message
