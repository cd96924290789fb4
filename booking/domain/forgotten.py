"""Visits that nobody ended: they end with their day, and the log says so.

The day is over an hour after the office has closed, once every counter is left; at the latest
at midnight. Without this somebody who went home yesterday would be called first this morning,
or block the counter where "finish" was forgotten.
"""

from collections.abc import Collection
from contextlib import suppress
from datetime import date, datetime, timedelta

from django.db.models import Exists, Min, OuterRef

from booking import clock
from booking.models import Counter, Office, OpeningHours, Visit

from .errors import WrongState
from .office_hours import holds_on
from .visits import forget

# Who drew a ticket before closing is still served, and clerks may take a breath before.
AFTER_CLOSING = timedelta(hours=1)


def end_forgotten_visits(office: Office) -> int:
    """End the open visits of the office's past days; how many there were.

    Runs before the first arrival of a day, before a counter opens, and in the background.
    """
    return _end(office, before=clock.today(office.zone))


def _end(office: Office, *, before: date) -> int:
    forgotten = Visit.objects.filter(office=office, state__in=Visit.OPEN, day__lt=before)
    ended = 0
    for visit_id in forgotten.order_by("pk").values_list("pk", flat=True):
        with suppress(WrongState):  # somebody else was quicker
            forget(visit_id)
            ended += 1
    return ended


def end_forgotten_visits_everywhere() -> int:
    """The same for every office, and today's where the day is over.

    Two queries where nobody was forgotten.
    """
    staffed = Counter.objects.filter(office=OuterRef("pk")).exclude(state=Counter.State.CLOSED)
    with_open_visits = Office.objects.filter(visits__state__in=Visit.OPEN)
    offices = with_open_visits.annotate(oldest=Min("visits__day"), staffed=Exists(staffed))
    closed = _closed_for_today([office for office in offices if not office.staffed])
    ended = 0
    for office in offices:
        today = clock.today(office.zone)
        before = today + timedelta(days=1) if office in closed else today
        if office.oldest < before:
            ended += _end(office, before=before)
    return ended


def _closed_for_today(offices: Collection[Office]) -> list[Office]:
    """The offices whose last opening hours today ended a while ago; none where it has none."""
    closes: dict[Office, datetime] = {}
    by_id = {office.pk: office for office in offices}
    for series in OpeningHours.objects.filter(office__in=by_id):
        office = by_id[series.office_id]
        today = clock.today(office.zone)
        if holds_on(series, today):
            end = datetime.combine(today, series.closes, office.zone)
            closes[office] = max(closes.get(office, end), end)
    over = clock.now() - AFTER_CLOSING
    return [office for office, end in closes.items() if end <= over]
