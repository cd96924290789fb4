"""Rows that say nothing any more: they go, so that no table grows for ever.

What stays is what the figures are made of: appointments without personal data, visits and
their events. Everything else is bounded by how much happens in a few days.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from booking import clock
from booking.models import Appointment, KioskClosing, OutboxMail, Slot, TicketSeries, Wish

from .devices import forget_unpaired

# A lapsed hold can still be confirmed from a page that was left open.
HOLDS_KEPT = timedelta(days=1)
# Nobody asks for past slots; two days are more than any time zone.
DAYS_KEPT = timedelta(days=2)
# Whether the last mail arrived is asked for some days. It is blank; the row alone is left.
MAILS_KEPT = timedelta(days=14)
# What became of wishes is shown for four weeks; the links in their mails lead somewhere longer.
WISHES_KEPT = timedelta(days=90)
# In one transaction.
AT_ONCE = 2000


def prune() -> int:
    """Delete what nobody will ask for again; how many rows there were."""
    now = clock.now()
    past = now - DAYS_KEPT
    sent_before = now - MAILS_KEPT
    return (
        _delete_all(
            Appointment.objects.filter(
                state=Appointment.State.EXPIRED, expires_at__lt=now - HOLDS_KEPT
            )
        )
        + _delete_all(
            OutboxMail.objects.filter(state=OutboxMail.State.SENT, sent_at__lt=sent_before)
        )
        + _delete_all(Wish.objects.filter(ended_at__lt=now - WISHES_KEPT))
        + _delete_all(Slot.objects.filter(start__lt=past))
        + _delete_all(KioskClosing.objects.filter(day__lt=past.date()))
        + _delete_all(TicketSeries.objects.filter(day__lt=past.date()))
        + forget_unpaired()
    )


def _delete_all(rows: QuerySet) -> int:
    """A few at a time, and never one that somebody is changing at the moment."""
    deleted = 0
    while some := _delete_some(rows):
        deleted += some
    return deleted


@transaction.atomic
def _delete_some(rows: QuerySet) -> int:
    found = rows.select_for_update(skip_locked=True).values_list("pk", flat=True)
    keys = list(found[:AT_ONCE])
    rows.model.objects.filter(pk__in=keys).delete()
    return len(keys)
