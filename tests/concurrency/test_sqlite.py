"""The same rivals on SQLite, where they are processes: the guard is ``BEGIN IMMEDIATE``."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

RIVAL = Path(__file__).with_name("rival.py")
PREPARE = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from booking import clock
from tests.conftest import TUESDAY
from tests import factories
clock.system_time = lambda: TUESDAY
from booking.models import User
from booking.domain.actor import CITIZEN
from booking.domain.arrivals import draw_ticket
from booking.domain.counters import open_counter
from booking.domain.items import Item
office = factories.OfficeFactory()
factories.make_hours(office, counters=1, online_counters=1)
factories.OfferingFactory(office=office)
for number in range(8):
    counter = factories.CounterFactory(office=office, label=str(number))
    open_counter(counter.pk, staff=User.objects.create(username=f"clerk{number}"))
items = [Item(office.offerings.get(), 1)]
for _ in range(30):
    draw_ticket(office=office, items=items, actor=CITIZEN)
"""


def environment(folder: Path) -> dict[str, str]:
    here = {"VAR_DIR": f"{folder}/var", "DATABASE_URL": f"sqlite:///{folder}/town.sqlite3"}
    kept = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    return kept | here | {"DJANGO_SETTINGS_MODULE": "config.settings"}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Path:
    """A database with a small office in which thirty people wait."""
    folder = tmp_path_factory.mktemp("prepared")
    python(folder, "-c", PREPARE)
    return folder


@pytest.fixture
def town(prepared, tmp_path) -> Path:
    """A copy of the prepared database."""
    return shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)


def python(folder: Path, *arguments: object) -> str:
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        env=environment(folder),
        cwd=RIVAL.parents[2],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=120,
    ).stdout


def race(folder: Path, job: str, count: int, *options: str) -> list:
    """What each of so many processes got, started at the same moment."""
    return json.loads(python(folder, RIVAL, job, count, *options))


def rows(folder: Path, statement: str) -> list:
    with sqlite3.connect(folder / "town.sqlite3") as database:
        return database.execute(statement).fetchall()


def without(folder: Path, constraint: str) -> None:
    """Drop a unique constraint: SQLite keeps it in the text of its table."""
    with sqlite3.connect(folder / "town.sqlite3") as database:
        ((table,),) = database.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'booking_visit'"
        ).fetchall()
        begin = table.index(f'CONSTRAINT "{constraint}"')
        end = table.index(")", begin) + 1
        text = table[:begin].rstrip().removesuffix(",") + table[end:]
        database.execute("CREATE TABLE visits AS SELECT * FROM booking_visit")
        database.execute("DROP TABLE booking_visit")
        database.execute(text)
        database.execute("INSERT INTO booking_visit SELECT * FROM visits")


def test_eight_want_one_place_and_one_gets_it(town):
    assert sorted(race(town, "claim_one", 8)) == [[False]] * 7 + [[True]]
    assert rows(town, "SELECT max(booked) FROM booking_slot") == [(1,)]


def test_without_transactions_two_win_one_place(town):
    assert race(town, "claim_one", 2, "unguarded") == [[True], [True]]
    assert rows(town, "SELECT max(booked) FROM booking_slot") == [(2,)]


def test_two_hundred_claims_of_different_lengths_never_overfill(town):
    outcomes = [won for each in race(town, "claim_many", 8) for won in each]
    assert len(outcomes) == 200
    held = rows(
        town,
        """SELECT s.start, s.booked, count(a.id) FROM booking_slot s
           LEFT JOIN booking_appointment a ON a.start < datetime(s.start, '+10 minutes')
               AND a."end" > s.start AND a.state = 'held'
           GROUP BY s.start, s.booked""",
    )
    assert [row for row in held if row[1] != row[2] or row[1] > 1] == []
    assert sum(row[1] for row in held) >= 20
    assert rows(town, "SELECT count(*) FROM booking_appointment") == [(sum(outcomes),)]


def test_six_kiosks_draw_twenty_tickets_each_and_no_number_twice(town):
    numbers = sorted(number for each in race(town, "draw", 6) for number in each)
    assert numbers == [f"A{serial:03d}" for serial in range(31, 151)]


def test_the_greatest_number_plus_one_would_be_given_twice(town):
    without(town, "visit_number_once_a_day")
    assert race(town, "draw", 2, "unguarded") == [["A031"], ["A031"]]


def test_eight_clerks_pressing_next_call_thirty_different_people(town):
    called = sorted(number for each in race(town, "call", 8) for number in each)
    assert called == [f"A{serial:03d}" for serial in range(1, 31)]


def test_without_transactions_two_clerks_call_the_same_person(town):
    first, second = race(town, "call", 2, "unguarded")
    assert len(first) == 1
    assert first == second
