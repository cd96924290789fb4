"""Telling the world that an office's queue has changed.

``booking`` knows neither sockets nor channels: whoever wants to know connects to
``queue_changed``. It is sent once the change is committed, never before.
"""

from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from django.dispatch import Signal

from booking.models import Queue
from booking.prepared import PreparedUpdate, Statement, ask, nothing

CHECK_KEYS_NOW = Statement("SET CONSTRAINTS ALL IMMEDIATE", [], nothing)

# Sent with ``office_id``. Receivers must not fail the change; errors are only logged.
queue_changed = Signal()


def announce(*office_ids: UUID) -> None:
    """Raise the version of the offices' queues and announce them after the commit.

    Call it last in the transaction: the version row is what all changes of one office
    share, and it stays locked until the commit. Several offices are locked in order of id.
    """
    in_order = sorted(set(office_ids))
    # Foreign keys lock what they point to, by default at the commit: after the version row,
    # while somebody who changes such a row already waits for the version.
    keys = [CHECK_KEYS_NOW] if connection.vendor == "postgresql" else []
    raised = ask(*keys, *(_raise_version.statement(office_id) for office_id in in_order))
    for office_id, rows in zip(in_order, raised[len(keys) :], strict=True):
        if not rows:
            Queue.objects.get_or_create(pk=office_id)
            _raise_version(office_id)
        _announce_after_commit(office_id)


def _announce_after_commit(office_id: UUID) -> None:
    # Not functools.partial: it has no name for Django to log, and so would fail the request.
    transaction.on_commit(
        lambda: queue_changed.send_robust(sender=Queue, office_id=office_id), robust=True
    )


_raise_version = PreparedUpdate(
    lambda office_id: Queue.objects.filter(pk=office_id), UUID, version=F("version") + 1
)
