"""Where and when: the offices of a town that do what somebody comes for, side by side."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from booking import clock
from booking.models import Authority, Offering, Office

from .availability import free_times_side_by_side
from .errors import NothingChosen, NotOnline, NotTogether, QuantityOutOfRange, ServiceUnknown
from .items import Item

NOON = 12
# Anything else is no short name of a service, and may be what no database takes.
SHORT_NAME = re.compile(r"[\w-]{1,50}", re.ASCII)


@dataclass(frozen=True)
class AtOffice:
    """What somebody comes for, at an office where all of it can be done."""

    office: Office
    items: Sequence[Item]


class Part(StrEnum):
    """A part of the day; noon belongs to the afternoon."""

    MORNING = "morning"
    AFTERNOON = "afternoon"

    @classmethod
    def of(cls, start: datetime) -> "Part":
        """``start`` is in the office's time."""
        return cls.MORNING if start.hour < NOON else cls.AFTERNOON


@dataclass(frozen=True)
class Preferences:
    """What somebody would like; what is empty does not matter. Monday is 0."""

    offices: frozenset[UUID] = frozenset()
    weekdays: frozenset[int] = frozenset()
    part: Part | None = None
    step_free: bool = False
    language: str = ""

    @property
    def at_one_office(self) -> "Preferences":
        """What still matters where there is no choice of offices."""
        return Preferences(weekdays=self.weekdays, part=self.part)

    def admit_office(self, office: Office) -> bool:
        return (
            (not self.offices or office.pk in self.offices)
            and (office.step_free or not self.step_free)
            and (not self.language or self.language in office.spoken_languages)
        )

    def admit(self, start: datetime) -> bool:
        """``start`` is in the office's time."""
        return (not self.weekdays or start.weekday() in self.weekdays) and (
            self.part is None or Part.of(start) == self.part
        )


@dataclass(frozen=True)
class FreeAtOffice:
    """The free starts of each local day, ascending, in the office's time; no day is empty."""

    office: Office
    items: Sequence[Item]
    by_day: Mapping[date, Sequence[datetime]]

    @property
    def first(self) -> datetime | None:
        return next((starts[0] for starts in self.by_day.values()), None)


def offices_for(authority: Authority, quantities: Mapping[str, int]) -> list[AtOffice]:
    """The offices that do all of it in one appointment, by name; services by their short names.

    Raises ``NothingChosen``, ``ServiceUnknown``, ``NotOnline``, ``QuantityOutOfRange`` or
    ``NotTogether``.
    """
    if not quantities:
        raise NothingChosen
    if not all(SHORT_NAME.fullmatch(slug) for slug in quantities):
        raise ServiceUnknown
    offered = list(
        Offering.objects.filter(
            office__authority=authority, service__slug__in=quantities
        ).select_related("office", "service")
    )
    _require_all(quantities, offered)
    by_office: dict[Office, list[Item]] = {}
    for offering in offered:
        offering.office.authority = authority
        quantity = quantities[offering.service.slug]
        if offering.online and quantity <= offering.max_quantity:
            by_office.setdefault(offering.office, []).append(Item(offering, quantity))
    found = [
        AtOffice(office, items)
        for office, items in by_office.items()
        if len(items) == len(quantities)
    ]
    if not found:
        raise NotTogether
    return sorted(found, key=lambda one: (str(one.office), str(one.office.pk)))


def _require_all(quantities: Mapping[str, int], offered: Sequence[Offering]) -> None:
    """Somewhere each can be booked, for so many persons."""
    if {offering.service.slug for offering in offered} != set(quantities):
        raise ServiceUnknown
    for slug, quantity in quantities.items():
        online = [one for one in offered if one.service.slug == slug and one.online]
        if not online:
            raise NotOnline
        at_most = max(one.max_quantity for one in online)
        if not 1 <= quantity <= at_most:
            raise QuantityOutOfRange(at_most)


def free_at(
    offices: Sequence[AtOffice], preferences: Preferences = Preferences()
) -> list[FreeAtOffice]:
    """What suits, at the offices that suit; an office where nothing is free is there as well.

    A fixed number of queries, however many offices and bookings there are.
    """
    suiting = [one for one in offices if preferences.admit_office(one.office)]
    if not suiting:
        return []
    found = free_times_side_by_side(
        [(one.office, one.items) for one in suiting],
        first_day=min(clock.today(one.office.zone) for one in suiting),
        days=max(one.office.horizon_days for one in suiting) + 2,
    )
    return [
        FreeAtOffice(one.office, one.items, _suiting(free.by_day, preferences))
        for one, free in zip(suiting, found, strict=True)
    ]


def _suiting(
    by_day: Mapping[date, Sequence[datetime]], preferences: Preferences
) -> Mapping[date, Sequence[datetime]]:
    if not preferences.weekdays and preferences.part is None:
        return by_day
    kept = {day: [s for s in starts if preferences.admit(s)] for day, starts in by_day.items()}
    return {day: starts for day, starts in kept.items() if starts}
