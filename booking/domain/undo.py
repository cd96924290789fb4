"""Taking back what one did last with visits, for ten seconds.

The log stays as it was written: an *undone* is added, and ``event_log`` tells what stands.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from booking import clock
from booking.models import Counter, LastAction, User, Visit, VisitEvent, VisitItem

from .announcements import announce
from .errors import CounterBusy, CounterClosed, CounterTaken, NothingToUndo

UNDO_FOR = timedelta(seconds=10)

# What an action can change of a visit.
FIELDS = (
    "state", "counter", "office", "serial", "idempotency_key",
    "due_at", "due_rule", "priority", "called_at", "recalled",
)  # fmt: skip

# A visit before an action, as JSON.
Before = dict[str, Any]


def before_of(visit: Visit, *, with_items: bool) -> Before:
    """How a locked visit is now, with what it is for where the action changes that."""
    return {
        "visit": str(visit.pk),
        "number": visit.number,
        "fields": {
            name: _plain(getattr(visit, Visit._meta.get_field(name).attname)) for name in FIELDS
        },
        "items": _items_of(visit) if with_items else None,
    }


def _items_of(visit: Visit) -> list[list[Any]]:
    rows = visit.items.values_list("offering", "quantity", "done_at")
    return [[_plain(value) for value in row] for row in rows]


def remember(staff: User | None, *steps: tuple[Before, VisitEvent]) -> None:
    """These changes are what the member of staff did last; none: nothing to be undone."""
    if staff is None:
        return
    if not steps:
        LastAction.objects.filter(staff=staff).delete()
        return
    done = [before | {"event": event.pk, "kind": event.kind} for before, event in steps]
    LastAction.objects.bulk_create(
        [LastAction(staff=staff, at=clock.now(), before=done)],
        update_conflicts=True,
        unique_fields=["staff"],
        update_fields=["at", "before"],
    )


def last_action(staff: User) -> LastAction | None:
    """What the member of staff can still undo, unless somebody has gone on from there."""
    return LastAction.objects.filter(staff=staff, at__gt=clock.now() - UNDO_FOR).first()


@transaction.atomic
def undo(*, staff: User) -> list[Visit]:
    """Take back what the member of staff did last; the visits as they are again.

    Raises ``NothingToUndo`` where ten seconds are over or somebody has gone on from there,
    ``CounterClosed``, ``CounterTaken`` or ``CounterBusy`` where the person cannot be back at
    the counter.
    """
    last = last_action(staff)
    if last is None:
        raise NothingToUndo
    _lock_counters(last, staff)
    # The latest first: it leaves the counter to whoever was there before.
    offices, restored = set(), []
    for step in reversed(last.before):
        visit = Visit.objects.select_for_update().get(pk=step["visit"])
        offices |= {visit.office_id, UUID(step["fields"]["office"])}
        restored.append(_restore(visit, step, staff))
    # Two screens of one person: the first has it.
    if not LastAction.objects.filter(staff=staff, at=last.at).delete()[0]:
        raise NothingToUndo
    announce(*offices)
    return restored


def _lock_counters(last: LastAction, staff: User) -> None:
    wanted = {step["fields"]["counter"] for step in last.before} - {None}
    counters = Counter.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=wanted)
    for counter in counters.order_by("pk"):
        if counter.state == Counter.State.CLOSED:
            raise CounterClosed
        if counter.staff_id != staff.pk:
            raise CounterTaken(counter)


def _restore(visit: Visit, step: Before, staff: User) -> Visit:
    newest = visit.events.order_by("-pk").values_list("pk", flat=True).first()
    if newest != step["event"]:
        raise NothingToUndo
    where, office_id = visit.counter_id, visit.office_id
    for name, value in step["fields"].items():
        field = Visit._meta.get_field(name)
        setattr(visit, field.attname, field.to_python(value))
    if visit.counter_id is not None:
        others = Visit.objects.filter(counter=visit.counter_id).exclude(pk=visit.pk)
        if busy := others.first():
            raise CounterBusy(busy)
    try:
        with transaction.atomic():
            visit.save(update_fields=FIELDS)
    except IntegrityError:  # the number was given away meanwhile
        raise NothingToUndo from None
    if step["items"] is not None:
        _restore_items(visit, step["items"])
    VisitEvent.objects.create(
        visit=visit,
        office_id=office_id,
        kind=VisitEvent.Kind.UNDONE,
        at=clock.now(),
        counter_id=visit.counter_id or where,
        staff=staff,
    )
    return visit


def _restore_items(visit: Visit, items: list[list[Any]]) -> None:
    visit.items.all().delete()
    VisitItem.objects.bulk_create(
        VisitItem(visit=visit, offering_id=offering, quantity=quantity, done_at=done_at)
        for offering, quantity, done_at in items
    )


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
