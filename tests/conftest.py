"""Fixtures for every test: the clock, and a small office."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import translation

from booking import clock
from booking.models import Counter, Offering, Office, User
from tests import factories
from tests.shared import QUICK_PASSWORDS

BERLIN = ZoneInfo("Europe/Berlin")
# A Tuesday morning on which the office of the fixtures is open.
TUESDAY = datetime(2026, 11, 24, 9, 30, tzinfo=BERLIN)


@pytest.fixture(autouse=True)
def set_time(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """The clock stands still at ``TUESDAY``; call the fixture to move it."""

    def stop_at(moment: datetime) -> None:
        monkeypatch.setattr(clock, "system_time", lambda: moment.astimezone(UTC))

    stop_at(TUESDAY)
    return stop_at


@pytest.fixture(autouse=True)
def _german() -> Iterator[None]:
    """Every test begins in the main language, whatever the one before has read."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(autouse=True)
def _plain_settings(settings) -> None:
    """No manifest of static files, quick passwords, no throttling left from the test before."""
    settings.PASSWORD_HASHERS = QUICK_PASSWORDS
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    cache.clear()


@pytest.fixture
def office(db) -> Office:
    """Open on Tuesdays 08:00–12:00 with two places online in units of ten minutes."""
    made = factories.OfficeFactory()
    factories.make_hours(made)
    return made


@pytest.fixture
def offering(office: Office) -> Offering:
    return factories.OfferingFactory(office=office)


@pytest.fixture
def clerk(office: Office) -> User:
    return factories.make_staff(office)


@pytest.fixture
def counter(office: Office) -> Counter:
    return factories.CounterFactory(office=office)
