"""Enough connections for every rival, and ways to take a guard away for the twins."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection, connections
from django.db.models import Model, QuerySet

from booking.domain.items import Item
from booking.models import Offering


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
    monkeypatch.setattr(QuerySet, "select_for_update", lambda queryset, **_options: queryset)


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
