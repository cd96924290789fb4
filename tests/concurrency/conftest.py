"""Enough connections for every rival, and ways to take a guard away for the twins."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, connections
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

from booking.domain.items import Item
from booking.models import Offering

LOCK = re.compile(r" FOR (NO KEY )?UPDATE\b[^;]*")


@pytest.fixture(autouse=True)
def _connection_for_everybody(request: pytest.FixtureRequest) -> Iterator[None]:
    if connection.vendor != "postgresql":
        yield
        return
    request.getfixturevalue("transactional_db")
    pool = connections.settings["default"]["OPTIONS"]["pool"]
    size = pool["max_size"]
    connection.close()
    connection.close_pool()
    pool["max_size"] = 60
    yield
    connection.close()
    connection.close_pool()
    pool["max_size"] = size


@pytest.fixture
def items(offering: Offering) -> list[Item]:
    """One offering of ten minutes, for one person."""
    return [Item(offering, 1)]


@pytest.fixture
def no_row_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """No query locks a row, whoever has written it and when."""
    execute = CursorWrapper.execute

    def without_lock(cursor: CursorWrapper, sql: str, params: Any = None) -> Any:
        return execute(cursor, LOCK.sub("", sql), params)

    monkeypatch.setattr(CursorWrapper, "execute", without_lock)


@pytest.fixture
def drop_constraint(
    request: pytest.FixtureRequest, transactional_db: None
) -> Iterator[Callable[[type[Model], str], None]]:
    """Drop a constraint of the database by its name; it comes back after the test."""
    dropped = []

    def drop(model: type[Model], name: str) -> None:
        constraint = next(one for one in model._meta.constraints if one.name == name)
        with connection.schema_editor() as editor:
            editor.remove_constraint(model, constraint)
        dropped.append((model, constraint))

    yield drop
    for model, constraint in dropped:
        with connection.cursor() as cursor:
            cursor.execute(f'TRUNCATE "{model._meta.db_table}" CASCADE')
        with connection.schema_editor() as editor:
            editor.add_constraint(model, constraint)
