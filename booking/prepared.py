"""Queries that Django writes once and that are asked many times.

Django takes longer to write most queries than a database takes to answer them (figures in
``docs/performance.md``). Where somebody waits in a rush, the text is kept and only the values
are new. Everything else stays an ordinary query set.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import connection
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
class _Text:
    """A query as the database gets it, with the place of each value among its parameters."""

    sql: str
    params: tuple[Any, ...]
    places: tuple[tuple[int, int], ...]

    @classmethod
    def written_by(cls, compiler: SQLCompiler, markers: Sequence[Any]) -> "_Text":
        sql, params = compiler.as_sql()
        stored = [_as_stored(marker) for marker in markers]
        places = [
            (place, stored.index(param)) for place, param in enumerate(params) if param in stored
        ]
        if {number for _place, number in places} != set(range(len(markers))):
            raise ValueError("a value does not reach the query as it was given")
        return cls(sql, tuple(params), tuple(places))

    def with_values(self, values: Sequence[Any]) -> list[Any]:
        params = list(self.params)
        for place, number in self.places:
            params[place] = _as_stored(values[number])
        return params


class PreparedQuery(Generic[M]):
    """Rows of one model, with what ``select_related`` joins to them.

    ``write`` makes the query set of one value of each kind, which are those of ``MARKERS``.
    """

    def __init__(self, write: Callable[..., QuerySet[M]], *kinds: type) -> None:
        self.write = write
        self.kinds = kinds

    def all(self, *values: Any) -> list[M]:
        return [self._read(row) for row in self.rows(*values)]

    def first(self, *values: Any) -> M | None:
        return next(map(self._read, self.rows(*values)), None)

    def rows(self, *values: Any) -> Iterable[Sequence[Any]]:
        """The columns alone, in the order of the query set."""
        with connection.cursor() as cursor:
            cursor.execute(self._text.sql, self._text.with_values(values))
            found = cursor.fetchall()
        return (
            self._compiler.apply_converters(found, self._converters) if self._converters else found
        )

    def _read(self, row: Sequence[Any]) -> M:
        model, columns, names, annotated, joined = self._shape
        found = model.from_db(connection.alias, names, row[columns])
        for name, column in annotated:
            setattr(found, name, row[column])
        for populator in joined:
            populator.populate(row, found)
        return found

    @cached_property
    def _compiler(self) -> SQLCompiler:
        return self.write(*_markers(self.kinds)).query.get_compiler(connection=connection)

    @cached_property
    def _text(self) -> _Text:
        return _Text.written_by(self._compiler, _markers(self.kinds))

    @cached_property
    def _converters(self) -> dict:
        # Only after the text is written does the compiler know what it selects.
        assert self._text
        return self._compiler.get_converters([column for column, *_sql in self._compiler.select])

    @cached_property
    def _shape(self) -> tuple[type[M], slice, list[str], list[tuple[str, int]], list]:
        compiler = self._compiler
        places = compiler.klass_info["select_fields"]
        return (
            compiler.klass_info["model"],
            slice(places[0], places[-1] + 1),
            [compiler.select[place][0].target.attname for place in places],
            list(compiler.annotation_col_map.items()),
            get_related_populators(compiler.klass_info, compiler.select, connection.alias),
        )


class PreparedInsert(Generic[M]):
    """A new row of one model, whose key is known or not needed. No signal is sent."""

    def __init__(self, model: type[M]) -> None:
        self.model = model

    def __call__(self, new: M) -> None:
        with connection.cursor() as cursor:
            cursor.execute(self._sql, _values_to_save(new, self._fields))
        new._state.adding, new._state.db = False, connection.alias

    @cached_property
    def _fields(self) -> list[Field]:
        fields = self.model._meta.concrete_fields
        return [field for field in fields if not isinstance(field, AutoFieldMixin)]

    @cached_property
    def _sql(self) -> str:
        query = InsertQuery(self.model)
        query.insert_values(self._fields, [self.model()])
        ((sql, _params),) = query.get_compiler(connection=connection).as_sql()
        return sql


class PreparedSave(Generic[M]):
    """Some fields of a row of one model. No signal is sent."""

    def __init__(self, model: type[M], *names: str) -> None:
        self.model = model
        self.names = names

    def __call__(self, changed: M) -> None:
        with connection.cursor() as cursor:
            cursor.execute(self._sql, _values_to_save(changed, [*self._fields, self._key]))

    @cached_property
    def _key(self) -> Field:
        return self.model._meta.pk

    @cached_property
    def _fields(self) -> list[Field]:
        return [self.model._meta.get_field(name) for name in self.names]

    @cached_property
    def _sql(self) -> str:
        query = UpdateQuery(self.model)
        query.add_filter("pk", RawSQL("%s", [0]))
        query.add_update_fields([(field, None, RawSQL("%s", [0])) for field in self._fields])
        return query.get_compiler(connection=connection).as_sql()[0]


class PreparedUpdate:
    """An update of the rows ``write`` chooses; ``changes`` are expressions without values."""

    def __init__(self, write: Callable[..., QuerySet], *kinds: type, **changes: Expression) -> None:
        self.write = write
        self.kinds = kinds
        self.changes = changes

    def __call__(self, *values: Any) -> int:
        """How many rows were changed."""
        with connection.cursor() as cursor:
            cursor.execute(self._written.sql, self._written.with_values(values))
            return cursor.rowcount

    @cached_property
    def _written(self) -> _Text:
        markers = _markers(self.kinds)
        query = self.write(*markers).query.chain(UpdateQuery)
        query.add_update_values(self.changes)
        return _Text.written_by(query.get_compiler(connection=connection), markers)


def _values_to_save(row: Model, fields: Sequence[Field]) -> list[Any]:
    return [field.get_db_prep_save(field.pre_save(row, add=False), connection) for field in fields]


def _markers(kinds: Sequence[type]) -> list[Any]:
    return [MARKERS[kind](place) for place, kind in enumerate(kinds)]


def _as_stored(value: Any) -> Any:
    """As the database's driver wants it."""
    if isinstance(value, UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value
