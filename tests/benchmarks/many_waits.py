"""What the forecasts of many offices cost the worker.

    python -m tests.benchmarks.many_waits [--offices 50] [--waiting 40]

in a database of its own, in memory, that is gone afterwards. What past days teach is read once
a day and not counted here.
"""

import argparse
import os
from collections.abc import Callable
from time import monotonic, process_time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ["DATABASE_URL"] = "sqlite://:memory:"
django.setup()

from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext, override_settings  # noqa: E402

from booking import clock  # noqa: E402
from booking.domain import visits  # noqa: E402
from booking.domain.actor import CITIZEN, Actor  # noqa: E402
from booking.domain.arrivals import draw_ticket  # noqa: E402
from booking.domain.counters import open_counter  # noqa: E402
from booking.domain.forecasting import refresh_forecasts  # noqa: E402
from booking.domain.items import Item  # noqa: E402
from booking.models import Office  # noqa: E402
from tests.conftest import TUESDAY  # noqa: E402
from tests.factories import (  # noqa: E402
    CounterFactory,
    OfferingFactory,
    OfficeFactory,
    make_hours,
    make_staff,
)

from .waiting import let_wait  # noqa: E402

COUNTERS, OFFERINGS = 6, 8


def make_office(waiting: int) -> Office:
    """Six counters, of which two serve only some services, at all of which somebody is served."""
    office = OfficeFactory()
    make_hours(office)
    offerings = [OfferingFactory(office=office, letter="ABCDEFGH"[n]) for n in range(OFFERINGS)]
    for offering in offerings[:COUNTERS]:
        draw_ticket(office=office, items=[Item(offering, 1)], actor=CITIZEN)
    for number in range(COUNTERS):
        counter, clerk = CounterFactory(office=office), make_staff(office)
        if number >= COUNTERS - 2:
            counter.offerings.set(offerings[number - 3 : number])
        open_counter(counter.pk, staff=clerk)
        called = visits.call_next(counter.pk, staff=clerk)
        if called is not None:
            visits.begin(called.pk, actor=Actor(staff=clerk))
    let_wait(str(office.pk), waiting)
    return office


def measure(what: str, do: Callable[[], object]) -> None:
    """Print milliseconds, of the clock and of the processor."""
    wall, cpu = monotonic(), process_time()
    with CaptureQueriesContext(connection) as asked:
        done = do()
    wall, cpu = (monotonic() - wall) * 1000, (process_time() - cpu) * 1000
    print(
        f"{what}: {done} computed, {cpu:.0f} ms of processor, {wall:.0f} ms, {len(asked)} queries"
    )


def refresh_all() -> int:
    """As the worker does, tick after tick, until nothing is left; how many were computed."""
    computed = 0
    while now := refresh_forecasts():
        computed += now
    return computed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--offices", type=int, default=50)
    parser.add_argument("--waiting", type=int, default=40)
    asked = parser.parse_args()
    clock.system_time = lambda: TUESDAY
    connection.creation.create_test_db(verbosity=0)
    hasher = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with override_settings(PASSWORD_HASHERS=hasher):
        offices = [make_office(asked.waiting) for _ in range(asked.offices)]
    refresh_all()  # and what past days teach is read
    clock.system_time = lambda: TUESDAY.replace(minute=TUESDAY.minute + 1)
    measure("another minute, every office", refresh_all)
    measure("nothing has changed", refresh_all)
    item = Item(offices[0].offerings.first(), 1)
    draw_ticket(office=offices[0], items=[item], actor=CITIZEN)
    measure("somebody came to one of them", refresh_all)


if __name__ == "__main__":
    main()
