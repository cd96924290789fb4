"""Visits that nobody ended: they end with their day, and the log says so.

Without this somebody who went home yesterday would be called first this morning, or block
the counter where "finish" was forgotten.
"""

from contextlib import suppress

from django.db.models import Min

from booking import clock
from booking.models import Office, Visit

from .errors import WrongState
from .visits import forget


def end_forgotten_visits(office: Office) -> int:
    """End the open visits of the office's past days; how many there were.

    Runs before the first arrival of a day, before a counter opens, and in the background.
    """
    forgotten = Visit.objects.filter(
        office=office, state__in=Visit.OPEN, day__lt=clock.today(office.zone)
    )
    ended = 0
    for visit_id in forgotten.order_by("pk").values_list("pk", flat=True):
        with suppress(WrongState):  # somebody else was quicker
            forget(visit_id)
            ended += 1
    return ended


def end_forgotten_visits_everywhere() -> int:
    """The same for every office; one query where nobody was forgotten."""
    with_open_visits = Office.objects.filter(visits__state__in=Visit.OPEN)
    offices = with_open_visits.annotate(oldest=Min("visits__day"))
    return sum(
        end_forgotten_visits(office)
        for office in offices
        if office.oldest < clock.today(office.zone)
    )
