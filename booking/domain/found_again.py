"""For whoever has lost the link: code and e-mail address send it to that address again.

The link itself is shown to nobody. The code stands on paper and the address is known to many;
only who reads the mailbox is the person who booked.
"""

import re
from uuid import UUID

from booking import clock
from booking.models import Appointment, Authority
from booking.security import CODE_DIGITS


def digits_of(typed: str) -> str:
    """The code as it is stored; empty where what was typed can be none."""
    digits = re.sub(r"[\s-]", "", typed)
    return digits if re.fullmatch(rf"[0-9]{{{CODE_DIGITS}}}", digits) else ""


def find_by_code_and_mail(authority: Authority, *, code: str, email: str) -> UUID | None:
    """The booking still to come, or under way, to which both belong; upper case counts as lower."""
    booked = Appointment.objects.filter(
        office__authority=authority,
        state=Appointment.State.BOOKED,
        end__gt=clock.now(),
        code=digits_of(code),
        email__iexact=email,
    )
    return booked.values_list("pk", flat=True).first() if digits_of(code) else None
