"""“No more tickets today”: the front desk ends the tickets of the kiosk, and begins them again.

It holds for one local day of the office; check-in goes on, and the reception itself still
gives tickets to whom it lets in.
"""

from django.db import transaction

from booking import clock
from booking.models import KioskClosing, Office

from .announcements import announce


def is_kiosk_closed(office: Office) -> bool:
    """Whether the front desk has ended the tickets of today."""
    return KioskClosing.objects.filter(office=office, day=clock.today(office.zone)).exists()


@transaction.atomic
def close_kiosk(office: Office) -> None:
    """No more tickets at the kiosk until tomorrow. Twice changes nothing."""
    KioskClosing.objects.get_or_create(
        office=office, day=clock.today(office.zone), defaults={"closed_at": clock.now()}
    )
    announce(office.pk)


@transaction.atomic
def reopen_kiosk(office: Office) -> None:
    """The kiosk issues tickets again, as the office's rules say. Twice changes nothing."""
    KioskClosing.objects.filter(office=office, day=clock.today(office.zone)).delete()
    announce(office.pk)
