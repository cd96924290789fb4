"""The lock between those who use an office's slots and those who rebuild them.

Taking and giving back places goes on side by side; rebuilding goes alone. Foreign keys do
not do this: Django has them checked at the commit, when it is too late to wait.

It is the first lock of a transaction; the order of those that follow is in ``capacity``.
On SQLite there is nothing to do, a writing transaction is alone from its first statement.
"""

from uuid import UUID

from django.db import connection

# Advisory locks are fair, unlike row locks: whoever rebuilds is not kept waiting for ever by
# a stream of users that overlap.
USE = "SELECT pg_advisory_xact_lock_shared(%s)"
REBUILD = "SELECT pg_advisory_xact_lock(%s)"


def use_slots_of(office_id: UUID) -> None:
    """Nobody rebuilds the office's slots until this transaction ends."""
    _lock(USE, office_id)


def rebuild_slots_of(office_id: UUID) -> None:
    """Nobody uses or rebuilds the office's slots until this transaction ends."""
    _lock(REBUILD, office_id)


def _lock(statement: str, office_id: UUID) -> None:
    if connection.vendor == "postgresql":
        key = int.from_bytes(office_id.bytes[:8], signed=True)
        with connection.cursor() as cursor:
            cursor.execute(statement, [key])
