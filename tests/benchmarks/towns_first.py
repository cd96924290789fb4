"""The town that is measured, made by the product's own functions. Needs Django to be set up."""

from datetime import date, time

from django.contrib.auth.hashers import make_password

from booking.demo import citizen_office, daycare
from booking.demo.texts import ServiceText
from booking.domain.hours import save_opening_hours
from booking.models import (
    Authority,
    Counter,
    Device,
    Offering,
    Office,
    OpeningHours,
    Service,
    StaffRole,
    User,
)
from booking.security import hash_token

SLUG = "musterstadt"
PASSWORD = "nobody signs in with this one"
# Name, counters, of these bookable online, texts of what is offered: 30 counters in all.
OFFICES = (
    ("Bürgerbüro", 14, 9, citizen_office.SERVICES),
    ("Kfz-Zulassung", 8, 6, citizen_office.SERVICES[-6:]),
    ("Kindertageseinrichtungen", 4, 3, daycare.SERVICES),
    ("Sozialamt", 4, 3, daycare.SERVICES),
)
# Weekday (0 is Monday), from, to.
WEEK = (
    (0, time(8), time(12)),
    (1, time(8), time(12)),
    (1, time(13), time(16)),
    (2, time(8), time(12)),
    (3, time(8), time(12)),
    (3, time(13), time(18)),
    (4, time(8), time(12)),
)


def make_first_town() -> None:
    """Four offices with services, hours, published slots, staff and devices; an operator."""
    password = make_password(PASSWORD)
    town = Authority.objects.create(slug=SLUG, name="Musterstadt", subdivision="ST")
    services = {
        text.slug: _service(town, text) for *_office, texts in OFFICES for text in texts
    }  # fmt: skip
    for name, counters, online, texts in OFFICES:
        office = Office.objects.create(authority=town, name_de=name, address="Markt 1, Musterstadt")
        for position, text in enumerate(texts):
            _offering(office, services[text.slug], text, position)
        _counters(office, counters, password)
        _hours(office, counters, online)
        for kind in Device.Kind.values:
            Device.objects.create(
                office=office, kind=kind, name=kind, token_hash=hash_token(token_of(kind, office)),
                created_at="2026-01-02T08:00Z", paired_at="2026-01-02T08:00Z",
            )  # fmt: skip
    _staff("lead", password, StaffRole.Role.LEAD, town)
    StaffRole.objects.create(user=_user("operator", password), role=StaffRole.Role.OPERATOR)


def token_of(kind: str, office: Office) -> str:
    """The token of an office's device, so that a measurement can act as it."""
    return f"{kind}-{office.pk}"


def _service(town: Authority, text: ServiceText) -> Service:
    made, _new = Service.objects.get_or_create(
        authority=town,
        slug=text.slug,
        defaults={
            "name_de": text.name_de, "name_en": text.name_en, "summary_de": text.summary_de,
            "documents_de": "\n".join(text.documents_de), "keywords_de": text.keywords_de,
        },
    )  # fmt: skip
    return made


def _offering(office: Office, service: Service, text: ServiceText, position: int) -> None:
    Offering.objects.create(
        office=office, service=service, minutes=text.minutes, max_quantity=text.max_quantity,
        letter=text.letter, position=position,
    )  # fmt: skip


def _counters(office: Office, count: int, password: str) -> None:
    """All are staffed but the last."""
    for number in range(1, count + 1):
        clerk = _staff(f"clerk-{office.pk}-{number}", password, StaffRole.Role.CLERK,
                       office.authority, office)  # fmt: skip
        staffed = number < count
        Counter.objects.create(
            office=office, label=str(number), position=number, staff=clerk if staffed else None,
            state=Counter.State.OPEN if staffed else Counter.State.CLOSED,
        )  # fmt: skip


def _hours(office: Office, counters: int, online: int) -> None:
    for weekday, opens, closes in WEEK:
        save_opening_hours(
            OpeningHours(
                office=office, weekday=weekday, opens=opens, closes=closes, unit_minutes=10,
                valid_from=date(2020, 1, 1), counters=counters, online_counters=online,
            )
        )  # fmt: skip


def _staff(
    name: str, password: str, role: str, town: Authority, office: Office | None = None
) -> User:
    user = _user(name, password)
    StaffRole.objects.create(user=user, role=role, authority=town, office=office)
    return user


def _user(name: str, password: str) -> User:
    return User.objects.create(username=name, password=password)
