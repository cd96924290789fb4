"""Making a day of the demo town busy, once per day, through the rules everybody else obeys."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from random import Random

from django.db import transaction

from booking import clock
from booking.domain.actor import CITIZEN
from booking.domain.counters import close_counter
from booking.domain.errors import Refused
from booking.domain.publishing import publish_slots
from booking.domain.visits import leave
from booking.models import Authority, Office, OutboxMail, Visit

from .bookings import MADE_UP_ADDRESS, Names, book_ahead
from .load import office_of
from .today import play_today
from .town import OFFICES


def fill_day(authority: Authority, *, busy: bool) -> None:
    """Let today look like a working day: booked, waited for, served.

    Everything is done by the domain's own functions at the time it would have happened;
    the same day is never filled twice.
    """
    for office in authority.offices.all():
        _publish_from_today(office)
    if not busy:
        return
    with transaction.atomic(), _without_mails():
        for data in OFFICES:
            office = office_of(authority, data)
            if office is None:
                continue
            today = clock.today(office.zone)
            if _is_filled(office, today):
                continue
            rng = Random(f"{data.name_de} {today}")  # noqa: S311 - a repeatable day, no secret
            _leave_former_days_behind(office, today)
            book_ahead(office, data, rng, Names())
            play_today(office, data, today)


def _publish_from_today(office: Office) -> None:
    """A demo's clock may go back, to days for which no slots were made."""
    today = clock.today(office.zone)
    for series in office.opening_hours.order_by("pk"):
        publish_slots(series.pk, first_day=today)


def _is_filled(office: Office, day: date) -> bool:
    return Visit.objects.filter(office=office, day=day, idempotency_key__startswith="demo").exists()


def _leave_former_days_behind(office: Office, today: date) -> None:
    """Nobody waits overnight, and no counter stays staffed."""
    for visit in Visit.objects.filter(office=office, state__in=Visit.OPEN).exclude(day=today):
        leave(visit.pk, actor=CITIZEN)
    for counter in office.counters.exclude(staff=None).select_related("staff"):
        try:
            close_counter(counter.pk, staff=counter.staff)
        except Refused:  # somebody who tries the demo is serving there today
            continue


@contextmanager
def _without_mails() -> Iterator[None]:
    """The demo's made-up citizens get no confirmation for what they booked.

    Needs a transaction: what is taken back was never seen outside. What somebody who tries the
    demo books meanwhile goes to another address.
    """
    before = list(OutboxMail.objects.values_list("pk", flat=True))
    yield
    new = OutboxMail.objects.exclude(pk__in=before)
    new.filter(recipient__regex=MADE_UP_ADDRESS).delete()
