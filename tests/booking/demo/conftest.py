"""A folder of its own for the demo's clock, so that no test marks the checkout as a demo."""

from collections.abc import Iterator

import pytest

from booking import clock
from booking.demo import bookings
from booking.demo.load import load_town
from booking.models import Authority


@pytest.fixture(autouse=True)
def demo_folder(settings, tmp_path, monkeypatch) -> Iterator[None]:
    settings.DEMO = True
    settings.DEMO_CLOCK_FILE = tmp_path / "demo_clock"
    monkeypatch.delenv("DEMO_CLOCK", raising=False)
    # What is booked weeks ahead takes most of the time and is all alike.
    monkeypatch.setattr(bookings, "DAYS_AHEAD", 5)
    clock.demo_offset.cache_clear()
    yield
    clock.demo_offset.cache_clear()


@pytest.fixture
def town(db) -> Authority:
    return load_town()
