"""Every change of a counter: open, take over, pause, close."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q

from booking.models import Counter, Office, User, Visit

from .announcements import announce
from .errors import CounterBusy, CounterClosed, CounterTaken
from .forgotten import end_forgotten_visits
from .log_entries import Kind, log_counter


def open_counter(counter_id: UUID, *, staff: User, take_over: bool = False) -> Counter:
    """Sit down at a counter, and get up from the one before.

    Raises ``CounterTaken`` where a colleague sits there, unless ``take_over``; whoever is
    being served there stays. Raises ``CounterBusy`` where somebody is still at the counter
    one comes from.
    """
    end_forgotten_visits(Office.objects.get(counters=counter_id))
    return _open_counter(counter_id, staff, take_over)


@transaction.atomic
def _open_counter(counter_id: UUID, staff: User, take_over: bool) -> Counter:
    User.objects.select_for_update(no_key=True).get(pk=staff.pk)
    counters = _lock_counters(counter_id, staff)
    counter = counters.pop(counter_id)
    if counter.staff_id not in (None, staff.pk) and not take_over:
        raise CounterTaken(counter)
    for other in counters.values():
        _close(other)
    counter.staff = staff
    counter.state = Counter.State.OPEN
    counter.pause_reason = ""
    counter.save(update_fields=["staff", "state", "pause_reason"])
    log_counter(counter, Kind.OPENED)
    announce(counter.office_id, *(other.office_id for other in counters.values()))
    return counter


@transaction.atomic
def close_counter(counter_id: UUID, *, staff: User) -> Counter:
    """Leave a counter. A closed one stays closed.

    Raises ``CounterTaken`` where a colleague sits there, ``CounterBusy`` where somebody is
    still called or served.
    """
    counter = _lock_counters(counter_id)[counter_id]
    if counter.state == Counter.State.CLOSED:
        return counter
    if counter.staff_id != staff.pk:
        raise CounterTaken(counter)
    _close(counter)
    announce(counter.office_id)
    return counter


@transaction.atomic
def pause_counter(counter_id: UUID, *, staff: User, paused: bool, reason: str = "") -> Counter:
    """Begin a pause, with a ``Counter.PauseReason`` or none, or end it.

    Raises ``CounterClosed`` or ``CounterTaken``.
    """
    counter = _lock_counters(counter_id)[counter_id]
    if counter.state == Counter.State.CLOSED:
        raise CounterClosed
    if counter.staff_id != staff.pk:
        raise CounterTaken(counter)
    state = Counter.State.PAUSED if paused else Counter.State.OPEN
    if counter.state != state:
        log_counter(counter, Kind.PAUSED if paused else Kind.RESUMED)
    counter.state = state
    counter.pause_reason = reason if paused else ""
    counter.save(update_fields=["state", "pause_reason"])
    announce(counter.office_id)
    return counter


def _lock_counters(counter_id: UUID, staff: User | None = None) -> dict[UUID, Counter]:
    """The counter and the one the member of staff sits at, locked in order of id.

    Without their keys: an event that names a counter need not wait. Without a join, which
    would show who sat there before the lock was free.
    """
    wanted = Q(pk=counter_id)
    if staff is not None:
        wanted |= Q(staff=staff)
    rows = Counter.objects.select_for_update(of=("self",), no_key=True).filter(wanted)
    rows = rows.order_by("pk")
    return {counter.pk: counter for counter in rows}


def _close(counter: Counter) -> None:
    if busy := Visit.objects.filter(counter=counter).first():
        raise CounterBusy(busy)
    log_counter(counter, Kind.CLOSED)
    counter.staff = None
    counter.state = Counter.State.CLOSED
    counter.pause_reason = ""
    counter.save(update_fields=["staff", "state", "pause_reason"])
