"""The appointments of the demo: today's and those of the coming weeks."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from booking import clock
from booking.domain.confirming import confirm_appointment
from booking.domain.errors import Refused
from booking.domain.holding import hold_appointment
from booking.domain.items import Item
from booking.domain.slot_grid import local_day_bounds
from booking.models import Offering, Office, Slot
from booking.simulation.moments import standing_at

from .town import OfficeData

DAYS_AHEAD = 28
# Attempts per counter to find a time, for today and for a day at the end of the range.
TODAY, FAR_AWAY = 7, 1


MADE_UP_ADDRESS = r"^muster\d+@example\.org$"


@dataclass
class Names:
    """Citizens who are nobody."""

    used: int = 0

    def draw(self) -> tuple[str, str]:
        """The next name and its address."""
        self.used += 1
        return f"Familie Muster {self.used}", f"muster{self.used}@example.org"


def book_ahead(office: Office, data: OfficeData, rng: Random, names: Names) -> None:
    """Book a part of today and, thinning out, of the coming weeks."""
    today = clock.today(office.zone)
    offerings = [one for one in office.offerings.select_related("service") if one.online]
    if not offerings:
        return
    for ahead in range(DAYS_AHEAD):
        day = date.fromordinal(today.toordinal() + ahead)
        starts = _starts_of(office, day)
        share = TODAY if ahead == 0 else max(FAR_AWAY, (TODAY - ahead) // 2)
        for _attempt in range(share * len(data.counters) if starts else 0):
            start = rng.choice(starts)
            _book(office, rng, names, offerings, start)


def choose(offerings: list[Offering], rng: Random) -> list[Item]:
    """One service, mostly for one person; what comes first in the list is asked for most."""
    weights = [len(offerings) + 3 - index for index in range(len(offerings))]
    [offering] = rng.choices(offerings, weights)
    quantity = 2 if offering.max_quantity > 1 and rng.random() < 0.2 else 1
    return [Item(offering, quantity)]


def _starts_of(office: Office, day: date) -> list[datetime]:
    begin, end = local_day_bounds(day, office.zone)
    slots = Slot.objects.filter(series__office=office, start__gte=begin, start__lt=end)
    return list(slots.order_by("start").values_list("start", flat=True).distinct())


def _book(
    office: Office, rng: Random, names: Names, offerings: list[Offering], start: datetime
) -> None:
    """Hold and confirm some hours or days ago, where there is still a place."""
    held_at = clock.now() - timedelta(minutes=rng.randint(120, 7 * 24 * 60))
    held_at = min(held_at, start - timedelta(hours=2))
    try:
        with standing_at(held_at):
            held = hold_appointment(office=office, items=choose(offerings, rng), start=start)
        name, email = names.draw()
        with standing_at(held_at + timedelta(minutes=3)):
            confirm_appointment(held.pk, name=name, email=email)
    except Refused:  # taken, or too long for what is left of the day
        return
