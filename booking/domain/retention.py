"""Forgetting: personal data is blanked soon after the appointment's day."""

from datetime import timedelta

from django.db import transaction

from booking import clock
from booking.models import Appointment, Authority, OutboxMail

from .slot_grid import local_day_bounds


def delete_expired_personal_data() -> int:
    """Blank appointments whose authority's retention is over; how many there were.

    Mails about them that never left are removed with what they say.
    """
    return sum(_blank(authority) for authority in Authority.objects.all())


@transaction.atomic
def _blank(authority: Authority) -> int:
    count = 0
    now = clock.now()
    for office in authority.offices.all():
        day = clock.today(office.zone) - timedelta(days=authority.retention_days)
        before = local_day_bounds(day, office.zone)[0]
        ended = Appointment.objects.filter(office=office, end__lt=before, blanked_at__isnull=True)
        OutboxMail.objects.filter(appointment__office=office, appointment__end__lt=before).exclude(
            state=OutboxMail.State.SENT
        ).delete()
        count += ended.update(
            name="", email="", phone="", code=None, idempotency_key=None, blanked_at=now
        )
    return count
