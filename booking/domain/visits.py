"""Every change of a visit after its arrival: calling, serving, parking, transferring.

Each function locks the counter it calls to, then the visit's row, checks the table of
transitions, writes the state and one event in a transaction, and announces the queue last.
Counters are locked without their key, so that an event that names one never waits for it.
"""

from collections.abc import Sequence
from functools import lru_cache
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from booking import clock
from booking.models import Counter, Office, User, Visit, VisitEvent, VisitItem
from booking.prepared import PreparedInsert, PreparedQuery, PreparedSave, ask

from .actor import Actor
from .announcements import announce
from .due_times import due_when_returned, due_with_priority
from .errors import (
    CannotServe,
    CounterBusy,
    CounterClosed,
    CounterTaken,
    NotPermitted,
    OfferingUnknown,
    WrongState,
)
from .items import Item
from .log_entries import Kind, log_counter, logged_items
from .tickets import bring_serial
from .undo import Before, before_of, remember
from .visit_states import TRANSITIONS
from .waiting import lock_first_for, servable_by

# A visit before an action, and the event of the action.
Step = tuple[Before, VisitEvent]
# A call that was heard twice cannot be made unheard.
NOT_UNDONE = ("recall",)
CHANGES_ITEMS = ("transfer", "finish_item", "pass_on")


@transaction.atomic
def call_next(counter_id: UUID, *, staff: User) -> Visit | None:
    """Call the visit with the earliest due time that the counter can serve.

    Choosing and assigning are one step: two clerks get two people. ``None`` when nobody
    waits. Raises ``CounterClosed``, ``CounterTaken`` or ``CounterBusy``.
    """
    counter = _lock_own_counter(counter_id, staff)
    was_paused = _end_pause(counter)
    visit = _call_next(counter, staff)
    if visit is not None or was_paused:
        announce(counter.office_id)
    return visit


@transaction.atomic
def call_visit(visit_id: UUID, counter_id: UUID, *, staff: User) -> Visit:
    """Call a chosen person to a counter.

    Raises ``WrongState``, ``CannotServe``, ``CounterClosed``, ``CounterTaken`` or
    ``CounterBusy``.
    """
    counter = _lock_own_counter(counter_id, staff)
    visit = _lock_visit(visit_id)
    if visit.office_id != counter.office_id:
        raise NotPermitted
    if not Visit.objects.filter(servable_by(counter), pk=visit.pk).exists():
        raise CannotServe
    _end_pause(counter)
    _call(visit, counter, staff)
    announce(counter.office_id)
    return visit


@transaction.atomic
def finish_and_call_next(counter_id: UUID, *, staff: User) -> Visit | None:
    """Finish whoever is being served at the counter, if anybody, and call the next.

    Somebody who is called but has not come yet is in the way (``CounterBusy``), so that a
    key pressed twice skips nobody. ``None`` when nobody waits; the finished one stays so.
    """
    counter = _lock_own_counter(counter_id, staff, busy_with=(Visit.State.CALLED,))
    was_paused = _end_pause(counter)
    serving = Visit.objects.select_for_update().filter(counter=counter).first()
    finished = []
    if serving is not None:
        finished = [_finish(serving, Actor(staff=staff))]
    visit = _call_next(counter, staff, *finished)
    if visit is None and finished:
        remember(staff, *finished)
    if visit is not None or serving is not None or was_paused:
        announce(counter.office_id)
    return visit


def require_in_hand(visit_id: UUID, *, staff: User) -> None:
    """Raise ``CounterTaken`` where a colleague has called or is serving the person.

    Needs a transaction: the visit stays locked, so that the answer holds for what follows.
    """
    visit = _lock_visit(visit_id)
    if visit.counter is not None and visit.counter.staff_id != staff.pk:
        raise CounterTaken(visit.counter)


def recall(visit_id: UUID, *, actor: Actor) -> Visit:
    """Call the same person to the same counter again. Raises ``WrongState``."""
    return _move(visit_id, "recall", actor, called_at=clock.now(), recalled=True)


@transaction.atomic
def put_back(visit_id: UUID, *, actor: Actor) -> Visit:
    """Back to waiting after a call in vain; see ``due_again``. Raises ``WrongState``."""
    visit = _lock_visit(visit_id)
    return _change(visit, "put_back", actor, counter=None, **due_when_returned(visit))


def begin(visit_id: UUID, *, actor: Actor) -> Visit:
    """The person has come. Raises ``WrongState``."""
    return _move(visit_id, "begin", actor)


@transaction.atomic
def finish(visit_id: UUID, *, actor: Actor) -> Visit:
    """The matter is done; or done here, and on to another counter. Raises ``WrongState``."""
    visit = _lock_visit(visit_id)
    remember(actor.staff, _finish(visit, actor))
    announce(visit.office_id)
    return visit


@transaction.atomic
def finish_item(visit_id: UUID, offering_id: UUID, *, actor: Actor) -> Visit:
    """One of the services is done, the person stays for the others.

    Raises ``WrongState``, also where the visit has no such service to be done.
    """
    visit = _lock_visit(visit_id)
    to_do = visit.items.filter(offering=offering_id, done_at__isnull=True)
    item = to_do.select_related("offering").first()
    if item is None:
        raise WrongState(visit)
    done = [Item(item.offering, item.quantity)]
    remember(actor.staff, _apply(visit, "finish_item", actor, {}, done))
    item.done_at = clock.now()
    item.save(update_fields=["done_at"])
    announce(visit.office_id)
    return visit


def missed(visit_id: UUID, *, actor: Actor) -> Visit:
    """The person did not come. Raises ``WrongState``."""
    return _move(visit_id, "missed", actor, counter=None)


def park(visit_id: UUID, *, actor: Actor) -> Visit:
    """Set aside until something is fetched or ready. Raises ``WrongState``."""
    return _move(visit_id, "park", actor, counter=None)


def unpark(visit_id: UUID, *, actor: Actor) -> Visit:
    """Back to waiting, at the old place in the order. Raises ``WrongState``."""
    return _move(visit_id, "unpark", actor)


@transaction.atomic
def set_priority(visit_id: UUID, *, priority: Visit.Priority, actor: Actor) -> Visit:
    """Give somebody who waits another class of priority, and with it another due time.

    The same priority again changes nothing. Raises ``WrongState``.
    """
    visit = _lock_visit(visit_id)
    if visit.priority == priority and visit.state == Visit.State.WAITING:
        return visit
    return _change(visit, "prioritise", actor, **due_with_priority(visit, priority))


def leave(visit_id: UUID, *, actor: Actor) -> Visit:
    """The person has gone for good. Raises ``WrongState``."""
    return _move(visit_id, "leave", actor, counter=None)


def forget(visit_id: UUID) -> Visit:
    """Nobody ended the visit and its day is over. Raises ``WrongState``."""
    return _move(visit_id, "forget", Actor(), counter=None)


@transaction.atomic
def transfer(
    visit_id: UUID, *, actor: Actor, office: Office | None = None, items: Sequence[Item] = ()
) -> Visit:
    """Send somebody on: to another office of the authority, for other services, or both.

    The due time stays, so nobody queues twice; the number stays unless the other office
    has already given it to somebody else today. Raises ``WrongState``, ``NotPermitted``,
    or ``OfferingUnknown`` where the new office does not offer what the visit is for.
    """
    visit = _lock_visit(visit_id)
    source = visit.office
    target = office or source
    if target.authority_id != source.authority_id:
        raise NotPermitted
    if target != source and not items:
        items = _same_services(visit, target)
    if any(item.offering.office_id != target.pk for item in items):
        raise OfferingUnknown
    changes: dict[str, object] = {"counter": None, "office": target}
    if target != source:
        changes["serial"] = bring_serial(target, visit.day, visit.letter, visit.serial)
        # The key belongs to the kiosk of the office that issued the ticket.
        changes["idempotency_key"] = None
    remember(actor.staff, _apply(visit, "transfer", actor, changes, items))
    if items:
        new = [item.offering for item in items]
        visit.items.filter(Q(done_at__isnull=True) | Q(offering__in=new)).delete()
        VisitItem.objects.bulk_create(
            VisitItem(visit=visit, offering=item.offering, quantity=item.quantity) for item in items
        )
    announce(source.pk, target.pk)
    return visit


def _same_services(visit: Visit, target: Office) -> list[Item]:
    to_do = visit.items.filter(done_at__isnull=True)
    quantities = dict(to_do.values_list("offering__service", "quantity"))
    offerings = target.offerings.filter(service__in=quantities)
    if len(offerings) != len(quantities):
        raise OfferingUnknown
    return [Item(offering, quantities[offering.service_id]) for offering in offerings]


def _finish(visit: Visit, actor: Actor) -> Step:
    """The end; but who needs another counter for the rest waits for it, at the old place."""
    offered = list(visit.counter.offerings.values_list("pk", flat=True)) if visit.counter else []
    to_do = visit.items.filter(done_at__isnull=True)
    if not offered or not to_do.exclude(offering__in=offered).exists():
        return _apply(visit, "finish", actor, {"counter": None})
    step = _apply(visit, "pass_on", actor, {"counter": None})
    to_do.filter(offering__in=offered).update(done_at=clock.now())
    return step


def _lock_own_counter(
    counter_id: UUID, staff: User, busy_with: tuple[str, ...] = Visit.AT_COUNTER
) -> Counter:
    """The counter of this member of staff, with nobody there in a state of ``busy_with``."""
    (counter,), there = ask(_locked_counter.statement(counter_id), _at.statement(counter_id))
    if counter.state == Counter.State.CLOSED:
        raise CounterClosed
    if counter.staff_id != staff.pk:
        raise CounterTaken(counter)
    if busy := next((visit for visit in there if visit.state in busy_with), None):
        raise CounterBusy(busy)
    return counter


_locked_counter = PreparedQuery(
    lambda counter_id: Counter.objects.filter(pk=counter_id).select_for_update(no_key=True), UUID
)
_at = PreparedQuery(lambda counter_id: Visit.objects.filter(counter=counter_id), UUID)


def _end_pause(counter: Counter) -> bool:
    """Whoever asks for somebody is back. Whether there was a pause."""
    if counter.state != Counter.State.PAUSED:
        return False
    counter.state = Counter.State.OPEN
    counter.pause_reason = ""
    counter.save(update_fields=["state", "pause_reason"])
    log_counter(counter, Kind.RESUMED)
    return True


def _call_next(counter: Counter, staff: User, *before: Step) -> Visit | None:
    visit = lock_first_for(counter)
    if visit is not None:
        _call(visit, counter, staff, *before)
    return visit


def _call(visit: Visit, counter: Counter, staff: User, *before: Step) -> None:
    """Call somebody; with what came before in the same action, for the undo."""
    changes = {"counter": counter, "called_at": clock.now(), "recalled": False}
    remember(staff, *before, _apply(visit, "call", Actor(staff=staff), changes))


@transaction.atomic
def _move(visit_id: UUID, action: str, actor: Actor, **changes: object) -> Visit:
    return _change(_lock_visit(visit_id), action, actor, **changes)


def _change(visit: Visit, action: str, actor: Actor, **changes: object) -> Visit:
    step = _apply(visit, action, actor, changes)
    remember(actor.staff, *([] if action in NOT_UNDONE else [step]))
    announce(visit.office_id)
    return visit


def _lock_visit(visit_id: UUID) -> Visit:
    # Without a join: it would show the office and counter from before the lock was free.
    visit = _locked_visit.first(visit_id)
    if visit is None:
        raise Visit.DoesNotExist
    return visit


_locked_visit = PreparedQuery(
    lambda visit_id: Visit.objects.filter(pk=visit_id).select_for_update(), UUID
)


def _apply(
    visit: Visit,
    action: str,
    actor: Actor,
    changes: dict[str, object],
    items: Sequence[Item] = (),
) -> Step:
    """Change a locked visit and log it, with the items it is about; for the undo, how it was.

    Raises ``WrongState``.
    """
    transition = TRANSITIONS[action]
    if visit.state not in transition.sources:
        raise WrongState(visit)
    before = before_of(visit, with_items=action in CHANGES_ITEMS)
    source = visit.office_id
    at = visit.counter_id
    visit.state = transition.target
    for field, value in changes.items():
        setattr(visit, field, value)
    event = VisitEvent(
        visit=visit,
        office_id=source,
        kind=transition.event,
        at=clock.now(),
        priority=changes.get("priority", ""),
        counter_id=visit.counter_id or at,
        staff=actor.staff,
        device=actor.device,
        **logged_items(items),
    )
    ask(_save("state", *changes).statement(visit), _insert_event.statement(event))
    return before, event


_insert_event = PreparedInsert(VisitEvent)


@lru_cache
def _save(*names: str) -> PreparedSave[Visit]:
    return PreparedSave(Visit, *names)
