"""Every change of a visit after its arrival: calling, serving, parking, transferring.

Each function locks the counter it calls to, then the visit's row, checks the table of
transitions, writes the state and one event in a transaction, and announces the queue last.
Counters are locked without their key, so that an event that names one never waits for it.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from booking import clock
from booking.models import Counter, Office, User, Visit, VisitEvent, VisitItem

from .actor import Actor
from .announcements import announce
from .errors import (
    CannotServe,
    CounterBusy,
    CounterClosed,
    CounterTaken,
    NotPermitted,
    OfferingUnknown,
    WrongState,
)
from .event_log import Kind, log_counter, logged_items
from .items import Item
from .tickets import bring_serial
from .visit_states import TRANSITIONS


def waiting_visits(office: Office | UUID) -> QuerySet[Visit]:
    """Who is waiting, in call order."""
    return Visit.objects.filter(office=office, state=Visit.State.WAITING)


def servable_by(counter: Counter) -> Q:
    """The visits a counter offers every item of."""
    if not counter.offerings.exists():
        return Q()
    beyond = VisitItem.objects.filter(visit=OuterRef("pk")).exclude(
        offering__in=counter.offerings.all()
    )
    return ~Q(Exists(beyond))


def people_ahead(visit: Visit) -> int:
    """How many of the waiting are due before this visit; 0 unless it waits."""
    if visit.state != Visit.State.WAITING:
        return 0
    earlier = (
        Q(due_at__lt=visit.due_at)
        | Q(due_at=visit.due_at, arrived_at__lt=visit.arrived_at)
        | Q(due_at=visit.due_at, arrived_at=visit.arrived_at, pk__lt=visit.pk)
    )
    return waiting_visits(visit.office_id).filter(earlier).count()


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
    if serving is not None:
        _apply(serving, "finish", Actor(staff=staff), {"counter": None})
    visit = _call_next(counter, staff)
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


def put_back(visit_id: UUID, *, actor: Actor) -> Visit:
    """Back to waiting, at the old place in the order. Raises ``WrongState``."""
    return _move(visit_id, "put_back", actor, counter=None)


def begin(visit_id: UUID, *, actor: Actor) -> Visit:
    """The person has come. Raises ``WrongState``."""
    return _move(visit_id, "begin", actor)


def finish(visit_id: UUID, *, actor: Actor) -> Visit:
    """The matter is done. Raises ``WrongState``."""
    return _move(visit_id, "finish", actor, counter=None)


def missed(visit_id: UUID, *, actor: Actor) -> Visit:
    """The person did not come. Raises ``WrongState``."""
    return _move(visit_id, "missed", actor, counter=None)


def park(visit_id: UUID, *, actor: Actor) -> Visit:
    """Set aside until something is fetched or ready. Raises ``WrongState``."""
    return _move(visit_id, "park", actor, counter=None)


def unpark(visit_id: UUID, *, actor: Actor) -> Visit:
    """Back to waiting, at the old place in the order. Raises ``WrongState``."""
    return _move(visit_id, "unpark", actor)


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
    _apply(visit, "transfer", actor, changes, items)
    if items:
        visit.items.all().delete()
        VisitItem.objects.bulk_create(
            VisitItem(visit=visit, offering=item.offering, quantity=item.quantity) for item in items
        )
    announce(source.pk, target.pk)
    return visit


def _same_services(visit: Visit, target: Office) -> list[Item]:
    quantities = dict(visit.items.values_list("offering__service", "quantity"))
    offerings = target.offerings.filter(service__in=quantities)
    if len(offerings) != len(quantities):
        raise OfferingUnknown
    return [Item(offering, quantities[offering.service_id]) for offering in offerings]


def _lock_own_counter(
    counter_id: UUID, staff: User, busy_with: tuple[str, ...] = Visit.AT_COUNTER
) -> Counter:
    """The counter of this member of staff, with nobody there in a state of ``busy_with``."""
    counter = Counter.objects.select_for_update(no_key=True).get(pk=counter_id)
    if counter.state == Counter.State.CLOSED:
        raise CounterClosed
    if counter.staff_id != staff.pk:
        raise CounterTaken(counter)
    if busy := Visit.objects.filter(counter=counter, state__in=busy_with).first():
        raise CounterBusy(busy)
    return counter


def _end_pause(counter: Counter) -> bool:
    """Whoever asks for somebody is back. Whether there was a pause."""
    if counter.state != Counter.State.PAUSED:
        return False
    counter.state = Counter.State.OPEN
    counter.save(update_fields=["state"])
    log_counter(counter, Kind.RESUMED)
    return True


def _call_next(counter: Counter, staff: User) -> Visit | None:
    candidates = waiting_visits(counter.office_id).filter(servable_by(counter))
    # A row that another transaction is changing is passed over, and only where no other is
    # left is it waited for.
    visit = (
        candidates.select_for_update(skip_locked=True).first()
        or candidates.select_for_update().first()
    )
    if visit is not None:
        _call(visit, counter, staff)
    return visit


def _call(visit: Visit, counter: Counter, staff: User) -> None:
    changes = {"counter": counter, "called_at": clock.now(), "recalled": False}
    _apply(visit, "call", Actor(staff=staff), changes)


@transaction.atomic
def _move(visit_id: UUID, action: str, actor: Actor, **changes: object) -> Visit:
    visit = _lock_visit(visit_id)
    _apply(visit, action, actor, changes)
    announce(visit.office_id)
    return visit


def _lock_visit(visit_id: UUID) -> Visit:
    # Without a join: it would show the office and counter from before the lock was free.
    return Visit.objects.select_for_update().get(pk=visit_id)


def _apply(
    visit: Visit,
    action: str,
    actor: Actor,
    changes: dict[str, object],
    items: Sequence[Item] = (),
) -> None:
    """Change a locked visit and log it, with what it is for where that changes.

    Raises ``WrongState``.
    """
    transition = TRANSITIONS[action]
    if visit.state not in transition.sources:
        raise WrongState(visit)
    source = visit.office_id
    counter = changes.get("counter") or visit.counter
    visit.state = transition.target
    for field, value in changes.items():
        setattr(visit, field, value)
    visit.save(update_fields=["state", *changes])
    VisitEvent.objects.create(
        visit=visit,
        office_id=source,
        kind=transition.event,
        at=clock.now(),
        counter=counter,
        staff=actor.staff,
        device=actor.device,
        **logged_items(items),
    )
