"""The waiting list as the office lead sees it: how long, how old, what became of offers."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Count, Min, Q

from booking import clock
from booking.models import Offer, Offering, Office, OpeningHours, Wish

from .hours import save_opening_hours

# What became of offers is told for so long.
TOLD_FOR = timedelta(days=28)


@dataclass(frozen=True)
class Line:
    """The wishes for one offering. Who wishes for several offices waits at each."""

    offering: Offering
    waiting: int
    offered: int
    oldest: datetime | None

    @property
    def length(self) -> int:
        return self.waiting + self.offered

    @property
    def days(self) -> int | None:
        """For how many whole days the oldest wish has been on the list."""
        return None if self.oldest is None else (clock.now() - self.oldest).days


@dataclass(frozen=True)
class OfficeList:
    """One office's list, and its offers of the last weeks by how they ended."""

    office: Office
    lines: Sequence[Line]
    offers: dict[str, int]

    @property
    def length(self) -> int:
        """Of all offerings together."""
        return sum(line.length for line in self.lines)

    @property
    def made(self) -> int:
        return sum(self.offers.values())


def wish_lists(offices: Collection[Office]) -> list[OfficeList]:
    """The lists of some offices, in three queries however many there are."""
    listed = {
        (row["offices"], row["items__service"]): row
        for row in Wish.objects.filter(state__in=Wish.LISTED, offices__in=offices)
        .order_by()
        .values("offices", "items__service")
        .annotate(
            waiting=Count("pk", filter=Q(state=Wish.State.WAITING)),
            offered=Count("pk", filter=Q(state=Wish.State.OFFERED)),
            oldest=Min("confirmed_at"),
        )
    }
    lines: dict[UUID, list[Line]] = defaultdict(list)
    offerings = Offering.objects.filter(office__in=offices, online=True)
    for offering in offerings.select_related("service"):
        row = listed.get((offering.office_id, offering.service_id), {})
        line = Line(offering, row.get("waiting", 0), row.get("offered", 0), row.get("oldest"))
        lines[offering.office_id].append(line)
    ended: dict[UUID, dict[str, int]] = defaultdict(dict)
    offers = Offer.objects.filter(office__in=offices, made_at__gte=clock.now() - TOLD_FOR)
    for row in offers.order_by().values("office", "state").annotate(count=Count("pk")):
        ended[row["office"]][row["state"]] = row["count"]
    return [OfficeList(one, lines[one.pk], ended[one.pk]) for one in offices]


def release_places(
    office: Office, *, day: date, opens: time, closes: time, counters: int, unit_minutes: int
) -> OpeningHours:
    """Hours of one day that only wishes get: so many counters beyond what there is.

    Raises ``ValidationError`` where such hours cannot be.
    """
    hours = OpeningHours(
        office=office,
        weekday=day.weekday(),
        opens=opens,
        closes=closes,
        valid_from=day,
        valid_until=day,
        unit_minutes=unit_minutes,
        counters=counters,
        online_counters=0,
        wish_counters=counters,
    )
    hours.full_clean()
    return save_opening_hours(hours)


def usual_unit(office: Office) -> int:
    """The unit most of the office's hours have, in minutes."""
    units = [one.unit_minutes for one in office.opening_hours.all()]
    return max(set(units), key=lambda unit: (units.count(unit), -unit), default=10)
