"""What was not found at first may be there once what is overdue is done."""

from collections.abc import Callable

from booking.models import Appointment, Office

from .errors import OutsideHours, SlotTaken
from .holds import expire_holds
from .offers import offer_places
from .publishing import ensure_published
from .unused import give_back_unused


def at_second_look(office: Office, claiming: Callable[[], Appointment]) -> Appointment:
    """Claim, and where no place is found once more, with what is overdue done.

    All is published, what lapsed or was never used is freed, and what is free is offered to
    those who wait for it.

    Also where there was nothing to do: somebody else may have done it in between.
    """
    try:
        return claiming()
    except (OutsideHours, SlotTaken):
        ensure_published(office)
        expire_holds(office)
        give_back_unused(office)
        offer_places(office.authority_id)
    return claiming()
