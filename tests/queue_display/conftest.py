"""Fixtures of displays and tickets: a hub of one's own, and people in the waiting room."""

from collections.abc import Callable
from typing import Any

import pytest
from channels.layers import InMemoryChannelLayer, channel_layers

from booking.domain import arrivals
from booking.domain.actor import CITIZEN
from booking.domain.confirming import confirm_appointment
from booking.domain.counters import open_counter
from booking.domain.holding import hold_appointment
from booking.domain.items import Item
from booking.models import Appointment, Counter, Offering, Office, User, Visit
from queue_display import consumers
from queue_display.hub import Hub, Rhythm
from tests import factories
from tests.conftest import TUESDAY

# Everything that takes seconds in the waiting room, so that no test waits for it.
QUICK = Rhythm(gather=0.005, poll=0.1, sign_of_life=0.3, seen=60, retry=0.05, retry_at_most=0.1)
# Nothing happens by itself: what a test sees was announced.
QUIET = Rhythm(gather=0.005, poll=60, sign_of_life=60)


@pytest.fixture
def use_layer(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], Any]:
    """Let everybody use the given channel layer until the test ends."""

    def use(layer: Any) -> Any:
        monkeypatch.setitem(channel_layers.backends, "default", layer)
        return layer

    return use


@pytest.fixture
def in_memory_layer(use_layer: Callable[[Any], Any]) -> InMemoryChannelLayer:
    return use_layer(InMemoryChannelLayer())


@pytest.fixture
def quiet_hub(monkeypatch: pytest.MonkeyPatch) -> Hub:
    """The hub of the consumers, silent unless something is announced."""
    hub = Hub(QUIET)
    monkeypatch.setattr(consumers, "hub", hub)
    return hub


@pytest.fixture
def quick_hub(monkeypatch: pytest.MonkeyPatch) -> Hub:
    """The hub of the consumers, which asks the database ten times a second."""
    hub = Hub(QUICK)
    monkeypatch.setattr(consumers, "hub", hub)
    return hub


@pytest.fixture
def arrive(offering: Offering) -> Callable[[], Visit]:
    """Somebody without an appointment draws a ticket."""
    return lambda: arrivals.draw_ticket(
        office=offering.office, items=[Item(offering, 1)], actor=CITIZEN
    )


@pytest.fixture
def staffed_counter(counter: Counter, clerk: User) -> Counter:
    return open_counter(counter.pk, staff=clerk)


@pytest.fixture
def other_office(office: Office) -> Office:
    """Another office of the same town."""
    return factories.OfficeFactory(authority=office.authority, name="Standesamt")


@pytest.fixture
def booked_appointment(office: Office, offering: Offering) -> Appointment:
    """Today at ten, half an hour from now."""
    start = TUESDAY.replace(hour=10, minute=0)
    held = hold_appointment(office=office, items=[Item(offering, 1)], start=start)
    return confirm_appointment(held.pk, name="Somebody Secret", email="secret@example.org")


@pytest.fixture
def check_in(office: Office) -> Callable[[Appointment], Visit]:
    """The appointment's holder has come to the kiosk."""
    return lambda appointment: arrivals.check_in(
        office=office, code=str(appointment.code), actor=CITIZEN
    )
