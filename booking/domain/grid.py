"""The slots of an office as a whole: who may use them when, and the version of what is free.

Taking and giving back places goes on side by side; rebuilding the slots goes alone. Foreign
keys do not do this: Django has them checked at the commit, when it is too late to wait. The
lock is the first of a transaction; the order of those that follow is in ``capacity``. On
SQLite there is nothing to do, a writing transaction is alone from its first statement.

The version rises with every change of a slot, of the hours, and of an office or what it offers.
Whoever remembers what was free need only compare it.

Beside it stands from when on there may be places that a wish waits for. Until these have been
offered (see ``offers``) nobody else takes a place.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.signals import post_delete, post_save

from booking import clock
from booking.models import Offering, Office, SlotGrid, Wish
from booking.prepared import PreparedQuery, PreparedUpdate, Statement, ask, nothing

from .errors import WishesFirst

# Advisory locks are fair, unlike row locks: whoever rebuilds is not kept waiting for ever by
# a stream of users that overlap.
USE = "SELECT pg_advisory_xact_lock_shared(%s)"
REBUILD = "SELECT pg_advisory_xact_lock(%s)"
# Wishes are to be looked at now, whatever the time is.
AT_ONCE = datetime(2000, 1, 1, tzinfo=UTC)


def use_slots_of(office_id: UUID, *then: Statement) -> list[Any]:
    """Nobody rebuilds the office's slots until this transaction ends.

    What ``then`` asks is asked in one go with it, once nobody does.
    """
    return _lock(USE, office_id, *then)


def rebuild_slots_of(office_id: UUID) -> None:
    """Nobody uses or rebuilds the office's slots until this transaction ends."""
    _lock(REBUILD, office_id)


def raise_grid_version(office_id: UUID, *, after: Sequence[Statement] = ()) -> None:
    """What is free has changed. Needs a transaction, in which it is the last lock but those of
    ``announce``: the row is what all changes of one office share, and stays locked until then.

    There may be more than before, so wishes are due where somebody is on the list. ``after``:
    the changes that are made before it, in one go with it.
    """
    if not _raise(office_id, after):
        SlotGrid.objects.get_or_create(pk=office_id)
        _raise(office_id)


def _raise(office_id: UUID, after: Sequence[Statement] = ()) -> int:
    """How many rows were raised: 0 where there is none yet.

    First the row, then what is done with it: a statement that waits for the row would look for
    wishes as they were before it waited.
    """
    *_changes, raised = ask(*after, _row.statement(office_id), _raise_version.statement(office_id))
    return raised


def raise_after_claim(
    office_id: UUID, *, after: Sequence[Statement] = (), gave_back: bool = False
) -> None:
    """As ``raise_grid_version``, where places were taken: wishes get no more than before.

    ``gave_back`` where others were given back for them. Raises ``WishesFirst`` where somebody
    waits who has not been offered yet what is free.
    """
    now = clock.now()
    if gave_back:
        moved = _moved.statement(office_id, now)
        *_changes, raised = ask(*after, _row.statement(office_id), moved)
    else:
        *_changes, raised = ask(*after, _claimed_with_nothing_due.statement(office_id, now))
        raised = raised or _claimed(office_id, now)
    if not raised:
        if SlotGrid.objects.filter(pk=office_id).exists():
            raise WishesFirst
        raise_grid_version(office_id)


def wishes_are_due(now: datetime) -> Q:
    """Of a ``SlotGrid``: somebody waits, and there may be a place not offered yet."""
    return Q(wishes_due_at__lte=now) & Q(_has_wishes(Wish.State.WAITING))


def authorities_with_wishes_due(now: datetime) -> set[int]:
    """The towns in which somebody is on the list and there may be a place not offered yet.

    Where the last wish is over nothing is due any more, unless something changes this moment.
    One query where nothing is due.
    """
    due = SlotGrid.objects.filter(wishes_due_at__lte=now).select_related("office")
    authorities = set()
    for grid in due.annotate(listed=_has_wishes(*Wish.LISTED)):
        if grid.listed:
            authorities.add(grid.office.authority_id)
        else:
            SlotGrid.objects.filter(pk=grid.pk, version=grid.version).update(wishes_due_at=None)
    return authorities


def _has_wishes(*states: str) -> Exists:
    """Of a ``SlotGrid``: there are wishes in one of these states for its office."""
    links = Wish.offices.through.objects
    return Exists(links.filter(office=OuterRef("pk"), wish__state__in=states))


def _set_up_anew(instance: Office | Offering, **_signal: Any) -> None:
    """What the office lead sets up decides what is free as well, and is saved by many forms."""
    office_id = instance.pk if isinstance(instance, Office) else instance.office_id
    with transaction.atomic():
        # First, as it may be one of several changes in a transaction that also rebuilds.
        rebuild_slots_of(office_id)
        # No row, nothing remembered. Where the office itself goes, none may be made.
        _raise(office_id)


def watch_the_set_up() -> None:
    """Raise the version with every office and offering that is saved or deleted."""
    for model in (Office, Offering):
        post_save.connect(_set_up_anew, sender=model)
        post_delete.connect(_set_up_anew, sender=model)


def grid_version(office_id: UUID) -> int:
    """The version of what is free; 0 where no slot was ever made."""
    return grid_versions([office_id]).get(office_id, 0)


def grid_versions(office_ids: Sequence[UUID]) -> dict[UUID, int]:
    """``grid_version`` of several offices in one query; those where it is 0 are not in it."""
    return {grid.pk: grid.version for grid in _grids(len(office_ids)).all(*office_ids)}


@lru_cache
def _grids(count: int) -> PreparedQuery[SlotGrid]:
    def write(*office_ids: UUID) -> QuerySet[SlotGrid]:
        return SlotGrid.objects.filter(pk__in=office_ids)

    return PreparedQuery(write, *[UUID] * count)


_row = PreparedQuery(
    lambda office_id: SlotGrid.objects.select_for_update().filter(pk=office_id), UUID
)
# Where nobody is on the list the value stays: a wish that comes onto it does this itself.
_due_if_listed = Case(
    When(_has_wishes(*Wish.LISTED), then=Value(AT_ONCE)), default=F("wishes_due_at")
)
_raise_version = PreparedUpdate(
    lambda office_id: SlotGrid.objects.filter(pk=office_id),
    UUID,
    version=F("version") + 1,
    wishes_due_at=_due_if_listed,
)
# The rule is that of ``_claimed``; mostly nobody is on the list, and this is seen more quickly.
_claimed_with_nothing_due = PreparedUpdate(
    lambda office_id, now: SlotGrid.objects.filter(
        Q(wishes_due_at__isnull=True) | Q(wishes_due_at__gt=now), pk=office_id
    ),
    UUID,
    datetime,
    version=F("version") + 1,
)
_claimed = PreparedUpdate(
    lambda office_id, now: SlotGrid.objects.filter(~wishes_are_due(now), pk=office_id),
    UUID,
    datetime,
    version=F("version") + 1,
)
_moved = PreparedUpdate(
    _claimed.write, UUID, datetime, version=F("version") + 1, wishes_due_at=_due_if_listed
)


def _lock(sql: str, office_id: UUID, *then: Statement) -> list[Any]:
    if connection.vendor != "postgresql":
        return ask(*then)
    key = int.from_bytes(office_id.bytes[:8], signed=True)
    _locked, *answers = ask(Statement(sql, [key], nothing), *then)
    return answers
