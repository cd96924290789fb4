"""What a look, a booking and a call cost in one process; run in the town's environment."""

import json
import random
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import django

django.setup()

from datetime import datetime  # noqa: E402

from django.db import transaction  # noqa: E402

from booking import clock  # noqa: E402
from booking.domain import visits  # noqa: E402
from booking.domain.actor import Actor  # noqa: E402
from booking.domain.availability import free_starts  # noqa: E402
from booking.domain.confirming import confirm_appointment  # noqa: E402
from booking.domain.counters import open_counter  # noqa: E402
from booking.domain.grid import raise_grid_version  # noqa: E402
from booking.domain.holding import hold_appointment  # noqa: E402
from booking.domain.items import Item  # noqa: E402
from booking.models import Counter, Office, User  # noqa: E402

SOMEBODY = {"name": "A Citizen", "email": "citizen@example.org"}


def costs(world: dict[str, Any], times: int) -> dict[str, float]:
    """Milliseconds each, the median of so many times."""
    office = Office.objects.get(pk=world["office"])
    items = [Item(offering, 1) for offering in office.offerings.order_by("position")]
    starts = [datetime.fromisoformat(start) for start in world["starts"]]
    counter, staff = Counter.objects.get(pk=world["counters"][0]), User.objects.first()
    open_counter(counter.pk, staff=staff)

    def look() -> None:
        today = clock.today(office.zone)
        free_starts(office, items, first_day=today, days=office.horizon_days + 1)

    def forget() -> None:
        with transaction.atomic():
            raise_grid_version(office.pk)

    def book() -> None:
        start = random.choice(starts)
        held = hold_appointment(office=office, items=items[:1], start=start)
        confirm_appointment(held.pk, **SOMEBODY)

    def call() -> None:
        called.append(visits.call_next(counter.pk, staff=staff))

    def send_back() -> None:
        if called:
            visits.put_back(called.pop().pk, actor=Actor(staff=staff))

    called: list = []
    return {
        "free times, all looked up": milliseconds(look, times, before=forget),
        "free times, remembered": milliseconds(look, times),
        "hold and confirm": milliseconds(book, times),
        "call the next": milliseconds(call, times, before=send_back),
    }


def milliseconds(
    act: Callable[[], None], times: int, before: Callable[[], None] = lambda: None
) -> float:
    taken = []
    for _ in range(times + 1):
        before()
        begun = time.perf_counter()
        act()
        taken.append(1000 * (time.perf_counter() - begun))
    # The first finds nothing warm.
    return median(taken[1:])


if __name__ == "__main__":
    task = json.load(sys.stdin)
    print(json.dumps(costs(task["world"], task["times"])))
