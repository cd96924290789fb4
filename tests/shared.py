"""Rows that the tests of one file share: made once, in a transaction around all of them.

What a test changes is rolled back to them, as pytest-django does with every test. Not for files
whose tests commit (``django_db(transaction=True)``): those empty the tables.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TypeVar

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import override_settings
from django.utils import translation
from pytest_django import DjangoDbBlocker

from booking import clock

Made = TypeVar("Made")
QUICK_PASSWORDS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@contextmanager
def shared_rows(
    blocker: DjangoDbBlocker, make: Callable[[], Made], *, at: datetime, **changes: object
) -> Iterator[Made]:
    """What ``make`` makes at a standing moment, as long as the block lasts.

    ``changes`` are settings for it, beside the quick passwords of all tests.
    """
    with blocker.unblock(), transaction.atomic():
        with (
            pytest.MonkeyPatch.context() as patch,
            override_settings(PASSWORD_HASHERS=QUICK_PASSWORDS, **changes),
            translation.override(settings.LANGUAGE_CODE),
        ):
            patch.setattr(clock, "system_time", lambda: at.astimezone(UTC))
            cache.clear()
            made = make()
        with blocker.block():
            yield made
        transaction.set_rollback(True)
