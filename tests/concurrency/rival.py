"""Rivals on SQLite: so many processes, forked at the same moment; see ``test_sqlite.py``.

Prints as JSON what each of them got. ``unguarded`` as last argument takes the transactions
away and makes the rivals wait for each other between reading and writing.
"""

import contextlib
import json
import multiprocessing
import os
import random
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"

import django
from django.db import connection, transaction

JOB, COUNT, UNGUARDED = sys.argv[1], int(sys.argv[2]), sys.argv[3:] == ["unguarded"]
FORKED = multiprocessing.get_context("fork")
START, BETWEEN = FORKED.Barrier(COUNT), FORKED.Barrier(COUNT)


class NoTransaction(contextlib.ContextDecorator):
    """Stands in for ``atomic``: every statement is on its own."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_error: object) -> None:
        pass


if UNGUARDED:
    transaction.atomic = lambda function=None, **_options: (
        NoTransaction()(function) if callable(function) else NoTransaction()
    )
django.setup()

from booking import clock  # noqa: E402
from booking.domain import arrivals, capacity, visits  # noqa: E402
from booking.domain.actor import CITIZEN, Actor  # noqa: E402
from booking.domain.errors import OutsideHours, SlotTaken  # noqa: E402
from booking.domain.holding import hold_appointment  # noqa: E402
from booking.domain.items import Item  # noqa: E402
from booking.models import Counter, Office, Visit  # noqa: E402
from tests.conftest import BERLIN, TUESDAY  # noqa: E402

NEXT_TUESDAY = datetime(2026, 12, 1, 8, 0, tzinfo=BERLIN)
clock.system_time = lambda: TUESDAY


def meeting(function: Callable) -> Callable:
    """The function, called once everybody is about to call it."""

    def wrapped(*args: object, **options: object) -> object:
        BETWEEN.wait(60)
        return function(*args, **options)

    return wrapped


def greatest_plus_one(office: Office, day: object, letter: str) -> int:
    drawn = Visit.objects.filter(office=office, day=day, letter=letter).count()
    BETWEEN.wait(60)
    return drawn + 1


def hold(start: datetime, quantity: int) -> bool:
    office = Office.objects.get()
    item = Item(office.offerings.get(), quantity)
    try:
        hold_appointment(office=office, items=[item], start=start)
    except (SlotTaken, OutsideHours):
        return False
    return True


def claim_one(_number: int) -> list[bool]:
    return [hold(NEXT_TUESDAY, 1)]


def claim_many(number: int) -> list[bool]:
    chance = random.Random(number)
    return [
        hold(NEXT_TUESDAY + timedelta(minutes=10 * chance.randrange(24)), chance.randint(1, 4))
        for _ in range(25)
    ]


def draw(_number: int) -> list[str]:
    office = Office.objects.get()
    count = 1 if UNGUARDED else 20
    items = [Item(office.offerings.get(), 1)]
    return [
        arrivals.draw_ticket(office=office, items=items, actor=CITIZEN).number for _ in range(count)
    ]


def call(number: int) -> list[str]:
    counter = Counter.objects.get(label=str(number))
    called = []
    while (visit := visits.call_next(counter.pk, staff=counter.staff)) is not None:
        called.append(visit.number)
        if UNGUARDED:
            break
        visits.missed(visit.pk, actor=Actor(staff=counter.staff))
    return called


def run(number: int) -> list:
    if UNGUARDED:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = ON")
    START.wait(60)
    return globals()[JOB](number)


if UNGUARDED:
    capacity.covers = meeting(capacity.covers)
    arrivals.draw_serial = greatest_plus_one
    visits._call = meeting(visits._call)

with FORKED.Pool(COUNT) as pool:
    print(json.dumps(pool.map(run, range(COUNT), chunksize=1)))
