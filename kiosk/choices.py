"""The services to choose from: as many as fit on the screen, each with its wait now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from booking.domain.due_times import target_of
from booking.domain.forecast import Wait
from booking.domain.wait_range import misses_target, told_range
from booking.domain.waits import forecast_for
from booking.models import Offering, Office
from booking.pairing.device import DeviceRequest
from booking.wait_words import labelled_wait_text

from .aids import Aid, aids_of

# What fits on the screen in every language without scrolling, and of larger type.
TILES, LARGE_TILES = 10, 5


def page_of(request: DeviceRequest, offerings: QuerySet[Offering]) -> Page:
    """As many tiles as fit; where there are more, one less and one that leads on."""
    tiles = LARGE_TILES if Aid.LARGE in aids_of(request) else TILES
    count = offerings.count()
    on_page = tiles if count <= tiles else tiles - 1
    return Paginator(offerings, on_page).get_page(request.GET.get("page"))


def quantities(offering: Offering) -> range:
    """For how many persons it can be."""
    return range(1, offering.max_quantity + 1)


def quantity_in(text: str | None) -> int:
    """The number of persons as sent; nonsense becomes 0, which the domain refuses."""
    text = text or "1"
    return int(text) if text.isdecimal() and len(text) <= 3 else 0


@dataclass(frozen=True)
class Choice:
    """``wait`` in words, empty where nothing is forecast."""

    offering: Offering
    wait: str
    # A time can be had instead, and the wait is longer than the office wants it to be.
    rather_a_time: bool

    @property
    def is_asked(self) -> bool:
        """Whether there is something to choose before the ticket is drawn."""
        return self.offering.max_quantity > 1 or self.rather_a_time


def choices_of(office: Office, offerings: Iterable[Offering]) -> list[Choice]:
    """Each with how long one would wait for it now."""
    waits = forecast_for(office.pk)
    told = waits.tickets if waits and any(map(told_range, waits.tickets.values())) else {}
    return [_choice(office, offering, told) for offering in offerings]


def _choice(office: Office, offering: Offering, told: dict) -> Choice:
    wait: Wait | None = told.get(offering.pk)
    target = timedelta(minutes=target_of(office, [offering]))
    return Choice(
        offering,
        wait=labelled_wait_text(wait) if offering.pk in told else "",
        rather_a_time=offering.online and misses_target(wait, target),
    )
