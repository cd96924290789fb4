"""Making the demo town: authority, offices, services, hours and staff, each once."""

from datetime import date

from django.contrib.auth.hashers import make_password
from django.db import transaction

from booking.domain.hours import save_opening_hours
from booking.models import (
    Authority,
    Counter,
    Offering,
    Office,
    OpeningHours,
    Service,
    Situation,
    StaffRole,
    User,
)

from . import before_booking, town
from .further_languages import further_names
from .texts import ServiceText
from .town import OfficeData

VALID_FROM = date(2020, 1, 1)


class NotADemo(Exception):  # noqa: N818 - reads as what is wrong
    """The database belongs to somebody real."""


@transaction.atomic
def load_town() -> Authority:
    """The demo town; made if it is not there, else left as people have changed it.

    Raises ``NotADemo`` where another authority lives in the database, because the demo's
    password is public.
    """
    if Authority.objects.exclude(slug=town.SLUG).exists():
        raise NotADemo
    authority, made = Authority.objects.get_or_create(
        slug=town.SLUG,
        defaults={
            "name": town.NAME,
            "subdivision": town.SUBDIVISION,
            "privacy_contact": "datenschutz@example.org",
            **before_booking.ACCESS,
        },
    )
    if made:
        # Hashed once: hashing is slow on purpose.
        password = make_password(town.PASSWORD)
        _make_staff(town.LEAD, password, StaffRole.Role.LEAD, authority)
        _make_staff(town.FRONT_DESK, password, StaffRole.Role.FRONT_DESK, authority)
        for data in town.OFFICES:
            office = _make_office(authority, data)
            for username in data.clerks:
                _make_staff(username, password, StaffRole.Role.CLERK, authority, office)
        _make_situations(authority)
    return authority


def office_of(authority: Authority, data: OfficeData) -> Office | None:
    """The office made of ``data``, unless somebody has renamed or removed it."""
    return authority.offices.filter(name_de=data.name_de).first()


def _make_office(authority: Authority, data: OfficeData) -> Office:
    office = Office.objects.create(
        authority=authority,
        name_de=data.name_de,
        name_en=data.name_en,
        **further_names(data.name_de),
        address=data.address,
        directions_de=data.directions_de,
        directions_en=data.directions_en,
        notice_de=data.notice_de,
        notice_en=data.notice_en,
        step_free=data.step_free,
        spoken_languages=list(data.spoken_languages),
    )
    for position, label in enumerate(data.counters):
        Counter.objects.create(office=office, label=label, position=position)
    for position, text in enumerate(data.services):
        _make_offering(office, text, position)
    for hours in data.hours:
        series = OpeningHours(
            office=office,
            weekday=hours.weekday,
            opens=hours.opens,
            closes=hours.closes,
            valid_from=VALID_FROM,
            unit_minutes=data.unit_minutes,
            counters=hours.counters,
            online_counters=hours.online_counters,
            short_notice_counters=hours.short_notice_counters,
        )
        save_opening_hours(series)
    return office


def _make_offering(office: Office, text: ServiceText, position: int) -> None:
    service, _made = Service.objects.get_or_create(
        authority=office.authority,
        slug=text.slug,
        defaults={
            "name_de": text.name_de,
            "name_en": text.name_en,
            **further_names(text.slug),
            "summary_de": text.summary_de,
            "summary_en": text.summary_en,
            "documents_de": "\n".join(text.documents_de),
            "documents_en": "\n".join(text.documents_en),
            "keywords_de": text.keywords_de,
            "keywords_en": text.keywords_en,
            "leika": text.leika,
            **before_booking.FACTS.get(text.slug, {}),
        },
    )
    Offering.objects.create(
        office=office,
        service=service,
        minutes=text.minutes,
        max_quantity=text.max_quantity,
        letter=text.letter,
        online=text.online,
        walk_in=text.walk_in,
        position=position,
        checklist_required=text.slug in before_booking.CHECKED,
    )


def _make_situations(authority: Authority) -> None:
    for position, (slug, name_de, name_en, services) in enumerate(before_booking.SITUATIONS):
        situation = Situation.objects.create(
            authority=authority, slug=slug, name_de=name_de, name_en=name_en, position=position
        )
        situation.services.set(authority.services.filter(slug__in=services))


def _make_staff(
    username: str, password: str, role: str, authority: Authority, office: Office | None = None
) -> None:
    """``password`` is hashed. Somebody who is already there keeps theirs."""
    user, _made = User.objects.get_or_create(
        username=username,
        defaults={"password": password, "is_staff": role == StaffRole.Role.LEAD},
    )
    StaffRole.objects.create(user=user, role=role, authority=authority, office=office)
