"""Statements that Django writes once and that are asked many times, several in one go.

Django takes longer to write most statements than a database takes to answer them, and to ask
costs more than to answer (figures in ``docs/performance.md``). Where people wait in a rush the
text is kept, only the values are new, and what needs no answer in between goes together.
Everything else stays an ordinary query set. A function that only makes a statement is named for
what it does when asked: ``taking``, ``writing_mail``.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.fields import AutoFieldMixin
from django.db.models.query import get_related_populators
from django.db.models.sql import InsertQuery, UpdateQuery
from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=Model)
# What stands for the value at each place while the text is written; never a real one.
MARKERS: dict[type, Callable[[int], Any]] = {
    UUID: lambda place: UUID(int=2**127 + place),
    datetime: lambda place: datetime.min.replace(tzinfo=UTC) + timedelta(microseconds=place + 1),
    int: lambda place: -(10**9) - place,
    str: lambda place: f"\x01{place}",
}


@dataclass(frozen=True)
class Statement:
    """What a database is asked, and how its answer is read."""

    sql: str
    params: Sequence[Any]
    read: Callable[[CursorWrapper], Any]


def ask(*statements: Statement) -> list[Any]:
    """The answers, in order. PostgreSQL gets all in one go; each sees what came before it."""
    if not statements:
        return []
    database = _database()
    with database.cursor() as cursor:
        if database.vendor != "postgresql":
            return [_ask_one(cursor, statement) for statement in statements]
        cursor.execute(
            "; ".join(statement.sql for statement in statements),
            [param for statement in statements for param in statement.params],
        )
        answers = [statements[0].read(cursor)]
        for statement in statements[1:]:
            cursor.nextset()
            answers.append(statement.read(cursor))
        return answers


def _ask_one(cursor: CursorWrapper, statement: Statement) -> Any:
    cursor.execute(statement.sql, statement.params)
    return statement.read(cursor)


def nothing(_cursor: CursorWrapper) -> None:
    """Reads an answer that says nothing."""


def count_of_rows(cursor: CursorWrapper) -> int:
    return cursor.rowcount


@dataclass(frozen=True)
class _Text:
    """A statement as the database gets it, with the place of each value in its parameters."""

    sql: str
    params: tuple[Any, ...]
    places: tuple[tuple[int, int], ...]

    @classmethod
    def written_by(cls, compiler: SQLCompiler, markers: Sequence[Any]) -> "_Text":
        sql, params = compiler.as_sql()
        stored = [_as_stored(marker, compiler.connection) for marker in markers]
        places = [
            (place, stored.index(param)) for place, param in enumerate(params) if param in stored
        ]
        if {number for _place, number in places} != set(range(len(markers))):
            raise ValueError("a value does not reach the statement as it was given")
        return cls(sql, tuple(params), tuple(places))

    def statement(self, values: Sequence[Any], read: Callable[[CursorWrapper], Any]) -> Statement:
        params, database = list(self.params), _database()
        for place, number in self.places:
            params[place] = _as_stored(values[number], database)
        return Statement(self.sql, params, read)


class PreparedQuery(Generic[M]):
    """Rows of one model, with what ``select_related`` joins to them.

    ``write`` makes the query set of one value of each kind, which are those of ``MARKERS``.
    """

    def __init__(self, write: Callable[..., QuerySet[M]], *kinds: type) -> None:
        self.write = write
        self.kinds = kinds

    def all(self, *values: Any) -> list[M]:
        return ask(self.statement(*values))[0]

    def first(self, *values: Any) -> M | None:
        return next(iter(self.all(*values)), None)

    def statement(self, *values: Any) -> Statement:
        """What ``all`` asks."""
        return self._written.text.statement(values, self._written.models)

    @cached_property
    def _written(self) -> "_WrittenQuery":
        # In one piece: threads may write it side by side, and each must leave it whole.
        markers = _markers(self.kinds)
        compiler = self.write(*markers).query.get_compiler(connection=_database())
        text = _Text.written_by(compiler, markers)
        places = compiler.klass_info["select_fields"]
        return _WrittenQuery(
            text=text,
            compiler=compiler,
            converters=compiler.get_converters([column for column, *_sql in compiler.select]),
            columns=slice(places[0], places[-1] + 1),
            names=[compiler.select[place][0].target.attname for place in places],
            annotated=list(compiler.annotation_col_map.items()),
            joined=get_related_populators(compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS),
        )


@dataclass(frozen=True)
class _WrittenQuery:
    """What Django knows of a query once it is written: how its rows become models."""

    text: _Text
    compiler: SQLCompiler
    converters: dict
    columns: slice
    names: list[str]
    annotated: list[tuple[str, int]]
    joined: list[Any]

    def models(self, cursor: CursorWrapper) -> list[Any]:
        return [self._model(row) for row in self._rows(cursor)]

    def _rows(self, cursor: CursorWrapper) -> Iterable[Sequence[Any]]:
        found = cursor.fetchall()
        if not self.converters:
            return found
        return self.compiler.apply_converters(found, self.converters)

    def _model(self, row: Sequence[Any]) -> Any:
        model = self.compiler.klass_info["model"]
        found = model.from_db(DEFAULT_DB_ALIAS, self.names, row[self.columns])
        for name, column in self.annotated:
            setattr(found, name, row[column])
        for populator in self.joined:
            populator.populate(row, found)
        return found


class PreparedUpdate:
    """An update of the rows ``write`` chooses; ``changes`` are expressions without values."""

    def __init__(self, write: Callable[..., QuerySet], *kinds: type, **changes: Expression) -> None:
        self.write = write
        self.kinds = kinds
        self.changes = changes

    def __call__(self, *values: Any) -> int:
        """How many rows were changed."""
        return ask(self.statement(*values))[0]

    def statement(self, *values: Any) -> Statement:
        return self._text.statement(values, count_of_rows)

    @cached_property
    def _text(self) -> _Text:
        markers = _markers(self.kinds)
        query = self.write(*markers).query.chain(UpdateQuery)
        query.add_update_values(self.changes)
        return _Text.written_by(query.get_compiler(connection=_database()), markers)


class PreparedInsert(Generic[M]):
    """A new row of one model. No signal is sent."""

    def __init__(self, model: type[M]) -> None:
        self.model = model

    def __call__(self, new: M) -> None:
        ask(self.statement(new))

    def statement(self, new: M) -> Statement:
        def inserted(cursor: CursorWrapper) -> None:
            if self._key_is_drawn:
                (new.pk,) = cursor.fetchone()
            new._state.adding, new._state.db = False, DEFAULT_DB_ALIAS

        return Statement(self._sql, _values_to_save(new, self._fields, add=True), inserted)

    @cached_property
    def _key_is_drawn(self) -> bool:
        return isinstance(self.model._meta.pk, AutoFieldMixin)

    @cached_property
    def _fields(self) -> list[Field]:
        fields = self.model._meta.concrete_fields
        return [field for field in fields if not isinstance(field, AutoFieldMixin)]

    @cached_property
    def _sql(self) -> str:
        query = InsertQuery(self.model)
        query.insert_values(self._fields, [self.model()])
        compiler = query.get_compiler(connection=_database())
        if self._key_is_drawn:
            compiler.returning_fields = [self.model._meta.pk]
        ((sql, _params),) = compiler.as_sql()
        return sql


class PreparedSave(Generic[M]):
    """Some fields of a row of one model. No signal is sent."""

    def __init__(self, model: type[M], *names: str) -> None:
        self.model = model
        self.names = names

    def __call__(self, changed: M) -> None:
        ask(self.statement(changed))

    def statement(self, changed: M) -> Statement:
        fields = [*self._fields, self.model._meta.pk]
        return Statement(self._sql, _values_to_save(changed, fields, add=False), nothing)

    @cached_property
    def _fields(self) -> list[Field]:
        return [self.model._meta.get_field(name) for name in self.names]

    @cached_property
    def _sql(self) -> str:
        place = RawSQL("%s", [0])
        query = UpdateQuery(self.model)
        query.add_filter("pk", place)
        query.add_update_fields([(field, None, place) for field in self._fields])
        return query.get_compiler(connection=_database()).as_sql()[0]


def _values_to_save(row: Model, fields: Sequence[Field], *, add: bool) -> list[Any]:
    database = _database()
    return [field.get_db_prep_save(field.pre_save(row, add), database) for field in fields]


def _markers(kinds: Sequence[type]) -> list[Any]:
    return [MARKERS[kind](place) for place, kind in enumerate(kinds)]


def _as_stored(value: Any, database: BaseDatabaseWrapper) -> Any:
    """As the database's driver wants it."""
    if isinstance(value, UUID):
        return value if database.features.has_native_uuid_field else value.hex
    if isinstance(value, datetime):
        return database.ops.adapt_datetimefield_value(value)
    return value


def _database() -> BaseDatabaseWrapper:
    """This thread's connection itself: asking it through ``django.db.connection`` costs."""
    return connections[DEFAULT_DB_ALIAS]
