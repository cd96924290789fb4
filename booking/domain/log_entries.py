"""What the logs hold besides the plain fact: what a visit is for, and when counters opened."""

from collections.abc import Sequence

from booking import clock
from booking.models import Counter, CounterEvent

from .items import Item

Kind = CounterEvent.Kind


def logged_items(items: Sequence[Item]) -> dict[str, object]:
    """The fields of an event from which on a visit is for these items; none: as before.

    Several services are logged without one: the time spent on them together says nothing about
    each.
    """
    if not items:
        return {}
    only = items[0].offering if len(items) == 1 else None
    return {"offering": only, "quantity": sum(item.quantity for item in items)}


def log_counter(counter: Counter, kind: Kind) -> None:
    """Append what has just happened to a counter. Whose doing it was is not kept."""
    CounterEvent.objects.create(
        office_id=counter.office_id, counter=counter, kind=kind, at=clock.now()
    )
