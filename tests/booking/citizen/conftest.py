"""A citizen with a browser, and the addresses of the booking path."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from booking.citizen.secret import appointment_path
from booking.citizen.selection import times_path
from booking.domain.confirming import confirm_appointment
from booking.domain.holding import hold_appointment
from booking.domain.items import Item
from booking.models import Appointment, Offering, Office

DETAILS = {"name": "Kim Muster", "email": "kim@example.org", "phone": ""}


@pytest.fixture(autouse=True)
def _german() -> Iterator[None]:
    """What a page activated does not reach the next test."""
    with translation.override("de"):
        yield


def english(address: str) -> str:
    """The same page in English."""
    return "/en" + address.removeprefix("/en")


class Citizen:
    """One browser on its way through the booking."""

    def __init__(self, office: Office, offering: Offering) -> None:
        self.client = Client()
        self.office = office
        self.items = [Item(offering, 1)]

    def times(self, **more):
        return self.client.get(times_path(self.office, self.items, **more))

    def hold(self, start: datetime, flow: str | None = None):
        """Press the button of a time; ``flow`` is what an older page would send."""
        data = {
            "offering": [f"{item.offering.pk}:{item.quantity}" for item in self.items],
            "start": start.isoformat(),
        }
        if flow is not None:
            data["flow"] = flow
        return self.client.post(reverse("hold", args=[self.office.pk]), data)

    def held(self, start: datetime) -> Appointment:
        """Open the page of times, choose one: the appointment it leads to."""
        self.times()
        return self.appointment_of(self.hold(start))

    def appointment_of(self, response) -> Appointment:
        """The appointment an answer redirects to."""
        assert response.status_code == 302
        return Appointment.objects.get(pk=response.url.split("/appointment/")[1][:36])

    def page(self, appointment: Appointment):
        return self.client.get(appointment_path(appointment))

    def send(self, appointment: Appointment, **changes):
        """Send the form with the details as the page of this appointment would."""
        data = {**DETAILS, "expected_start": appointment.start.isoformat(), **changes}
        return self.client.post(appointment_path(appointment), data)


@pytest.fixture
def citizen(office: Office, offering: Offering) -> Citizen:
    return Citizen(office, offering)


@pytest.fixture
def other_citizen(office: Office, offering: Offering) -> Citizen:
    return Citizen(office, offering)


@pytest.fixture
def ten(office: Office) -> datetime:
    """A free time today at ten, local."""
    return datetime(2026, 11, 24, 10, tzinfo=office.zone)


@pytest.fixture
def ten_past(ten: datetime) -> datetime:
    return ten + timedelta(minutes=10)


def take_all(office: Office, offering: Offering, start: datetime) -> None:
    """Others book every place at a time."""
    for _place in range(2):
        held = hold_appointment(office=office, items=[Item(offering, 1)], start=start)
        confirm_appointment(held.pk, **DETAILS)


@pytest.fixture
def booked(office: Office, offering: Offering, ten: datetime) -> Appointment:
    held = hold_appointment(office=office, items=[Item(offering, 1)], start=ten)
    return confirm_appointment(held.pk, **DETAILS)
