"""The world of the tests: a small town with one office, built from the outside in."""

from datetime import date, time
from io import BytesIO
from typing import Any
from uuid import UUID

import factory
from factory.django import DjangoModelFactory
from PIL import Image

from booking import clock
from booking.domain.forecast import Wait
from booking.domain.hours import save_opening_hours
from booking.domain.waits import OfficeWaits, keep_forecast
from booking.models import (
    Authority,
    Counter,
    Offering,
    Office,
    OpeningHours,
    Queue,
    Service,
    StaffRole,
    User,
)


class AuthorityFactory(DjangoModelFactory):
    class Meta:
        model = Authority

    slug = factory.Sequence(lambda n: f"town-{n}")
    name = "Musterstadt"
    subdivision = "ST"


class OfficeFactory(DjangoModelFactory):
    class Meta:
        model = Office

    authority = factory.SubFactory(AuthorityFactory)
    name = "Bürgerbüro"
    address = "Markt 1, 06712 Musterstadt"


class ServiceFactory(DjangoModelFactory):
    class Meta:
        model = Service

    authority = factory.SubFactory(AuthorityFactory)
    slug = factory.Sequence(lambda n: f"service-{n}")
    name = factory.Sequence(lambda n: f"Personalausweis {n}")
    documents = "Alter Ausweis\nBiometrisches Passbild"


class OfferingFactory(DjangoModelFactory):
    class Meta:
        model = Offering

    office = factory.SubFactory(OfficeFactory)
    service = factory.SubFactory(
        ServiceFactory, authority=factory.SelfAttribute("..office.authority")
    )
    minutes = 10
    max_quantity = 4
    letter = "A"


class CounterFactory(DjangoModelFactory):
    class Meta:
        model = Counter

    office = factory.SubFactory(OfficeFactory)
    label = factory.Sequence(lambda n: str(n + 1))
    position = factory.Sequence(lambda n: n)


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"staff-{n}")
    password = factory.django.Password("a long enough password")


def make_staff(office: Office, role: str = StaffRole.Role.CLERK) -> User:
    """Somebody with one role at one office."""
    user = UserFactory()
    StaffRole.objects.create(user=user, role=role, authority=office.authority, office=office)
    return user


def make_hours(office: Office, **changes) -> OpeningHours:
    """A series on Tuesdays, 08:00–12:00, units of ten minutes, two of three counters online."""
    values = {
        "office": office,
        "weekday": 1,
        "opens": time(8),
        "closes": time(12),
        "valid_from": date(2026, 1, 1),
        "unit_minutes": 10,
        "counters": 3,
        "online_counters": 2,
    }
    return save_opening_hours(OpeningHours(**values | changes))


def picture(size: tuple[int, int] = (40, 20), kind: str = "PNG", **options: Any) -> bytes:
    """A picture as somebody sends it."""
    sent = BytesIO()
    Image.new("RGB", size, "navy").save(sent, kind, **options)
    return sent.getvalue()


def make_forecast(
    office: Office,
    *,
    visits: dict[UUID, Wait | None] | None = None,
    tickets: dict[UUID, Wait | None] | None = None,
    letters: dict[str, Wait | None] | None = None,
) -> None:
    """What the worker would have written down: minutes by visit, offering and letter."""
    version = Queue.objects.filter(pk=office.pk).values_list("version", flat=True).first() or 0
    forecast = OfficeWaits(version, clock.now(), visits or {}, tickets or {}, letters or {})
    keep_forecast(office.pk, forecast)
