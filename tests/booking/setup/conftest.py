"""Two towns, so that every test can ask what the one sees of the other."""

from dataclasses import dataclass

import pytest
from django.test import Client

from booking.models import Offering, Office, StaffRole, User
from tests import factories

Role = StaffRole.Role


@dataclass
class Town:
    office: Office
    offering: Offering
    lead: User
    clerk: User


def make_town(name: str) -> Town:
    office = factories.OfficeFactory(name=name, authority__slug=name.lower())
    lead = factories.UserFactory(username=f"lead-{name}".lower())
    StaffRole.objects.create(user=lead, role=Role.LEAD, authority=office.authority)
    return Town(
        office, factories.OfferingFactory(office=office), lead, factories.make_staff(office)
    )


@pytest.fixture
def town(db) -> Town:
    return make_town("Musterstadt")


@pytest.fixture
def other(db) -> Town:
    return make_town("Beispielstadt")


@pytest.fixture
def operator(db) -> User:
    user = factories.UserFactory(username="operator")
    StaffRole.objects.create(user=user, role=Role.OPERATOR)
    return user


@pytest.fixture
def as_lead(client: Client, town: Town) -> Client:
    client.force_login(town.lead, backend="django.contrib.auth.backends.ModelBackend")
    return client
