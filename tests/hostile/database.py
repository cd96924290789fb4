"""What the database holds, to see whether somebody has changed it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet

# Every device that is heard of is noted; that is no change of anybody's things.
UNTOLD = {"last_seen_at", "last_login"}

Contents = dict[str, list[tuple]]


def contents() -> Contents:
    """All rows of all our tables."""
    models = apps.get_app_config("booking").get_models(include_auto_created=True)
    return {model.__name__: rows(model._default_manager.all()) for model in models}


def rows(found: QuerySet) -> list[tuple]:
    """What stands in the rows, in an order of its own."""
    names = [field.attname for field in found.model._meta.concrete_fields]
    told = [name for name in names if name not in UNTOLD]
    return sorted(found.values_list(*told), key=repr)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens in the block is taken back at its end, with what was counted."""
    cache.clear()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
