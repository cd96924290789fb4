"""The demo town, made once for a file: plain, or on a busy Tuesday morning.

Its clock has a folder of its own, so that no test marks the checkout as a demo.
"""

from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from pytest_django import DjangoDbBlocker

from booking import clock
from booking.demo import bookings
from booking.demo.load import load_town
from booking.models import Authority
from tests.conftest import TUESDAY
from tests.shared import shared_rows


@pytest.fixture(autouse=True)
def demo_folder(settings, tmp_path, monkeypatch) -> Iterator[None]:
    settings.DEMO = True
    settings.DEMO_CLOCK_FILE = tmp_path / "demo_clock"
    monkeypatch.delenv("DEMO_CLOCK", raising=False)
    _shorten_future(monkeypatch)
    clock.demo_offset.cache_clear()
    yield
    clock.demo_offset.cache_clear()


def load(**options) -> str:
    """What ``manage.py load_demo`` prints."""
    out = StringIO()
    call_command("load_demo", stdout=out, **options)
    return out.getvalue()


@pytest.fixture(scope="module")
def town_of_file(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Authority]:
    with shared_rows(django_db_blocker, load_town, at=TUESDAY) as town:
        yield town


@pytest.fixture
def town(town_of_file: Authority, db: None) -> Authority:
    """Where nothing has happened yet."""
    return town_of_file


@pytest.fixture(scope="module")
def busy_town_of_file(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    def make() -> None:
        clock.demo_offset.cache_clear()
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("DEMO_CLOCK", raising=False)
            _shorten_future(patch)
            load(busy=True)
        clock.demo_offset.cache_clear()

    file = tmp_path_factory.mktemp("busy") / "demo_clock"
    with shared_rows(django_db_blocker, make, at=TUESDAY, DEMO=True, DEMO_CLOCK_FILE=file):
        yield


@pytest.fixture
def busy_town(busy_town_of_file: None, db: None) -> None:
    """At half past nine of a Tuesday, with everything a day brings."""


def _shorten_future(patch: pytest.MonkeyPatch) -> None:
    """What is booked weeks ahead takes most of the time and is all alike."""
    patch.setattr(bookings, "DAYS_AHEAD", 5)
