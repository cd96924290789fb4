"""The disk is full: a clear 503, nothing broken, and on by itself as soon as there is space.

The database lies on a small tmpfs of its own, which only root can mount.
"""

import os
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.installation import Installation, Program
from tests.servers import Postgres

from .clients import Kiosk, Pages, wait_for
from .conftest import Registrar
from .rush import Rush, some_start

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="only root can mount a small disk")

# Enough to fill what a database has in reserve when the disk is full.
BOOKINGS = 300
# A crowd asks again and again meanwhile; gunicorn and browsers give up after 30.
TOLD_SECONDS = 25


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        # Lazily: a program that has not ended yet must not keep it.
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(disk: Path) -> Path:
    """Write until not one page more fits."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            try:
                while file.write(bytes(size)) == size:
                    pass
            except OSError:
                continue
    return ballast


class SmallTown:
    """One process that serves everybody, on a database of its own."""

    def __init__(self, installation: Installation, program: Program) -> None:
        installation.manage("migrate", "--skip-checks", "-v", "0")
        self.registrar = Registrar(installation)
        self.ask = self.registrar.ask
        self.program = program
        try:
            self.offices = self.ask("make")["offices"]
            program.start()
        except BaseException:
            self.registrar.end()
            raise


def run_out_of_space(
    town: SmallTown, disk: Path, *, make_it_worse: Callable[[], Any], repair: Callable[[], Any]
) -> None:
    """Book while the disk fills up, look at what everybody is told, and give space back."""
    rush = Rush(town, BOOKINGS, town.program.url)
    pages, kiosk = (kind(town.program.url, town.offices[1]) for kind in (Pages, Kiosk))
    start = some_start(rush.day)
    rush.begin()
    try:
        rush.wait_for_half()
    finally:
        ballast = fill(disk)
    try:
        make_it_worse()
        wait_for(lambda: rush.statuses()[503] >= 5, 60, "citizens who are told")
        wait_for(lambda: pages.hold(start).status == 503, 60, "a page that says so")
        wait_for(lambda: kiosk.draw(f"a-ticket-{time.time_ns()}").status == 503, 60, "the kiosk")
    finally:
        ballast.unlink()
    freed_at = time.monotonic()
    told = len(rush.confirmed)
    repair()
    rush.finish()
    served = time.monotonic() - freed_at
    page, at_the_kiosk = pages.browser.answers[-1], kiosk.browser.answers[-1]
    assert "Ihre Eingaben sind noch da" in page.text
    assert "wenden Sie sich an unsere Mitarbeitenden" in at_the_kiosk.text
    codes = {
        one.code
        for citizen in rush.citizens
        for one in citizen.browser.answers
        if one.status == 503
    }
    assert codes == {"unavailable"}
    assert set(rush.statuses()) <= {200, 201, 409, 503}
    rush.compare_with_database()
    assert kiosk.draw("a-ticket-afterwards").status == 302
    slowest = max(one.seconds for one in [page, at_the_kiosk])
    assert slowest < TOLD_SECONDS
    print(
        f"\n{told} bookings until the disk was full and {rush.statuses()[503]} answers of 503, the"
        f" last told within {slowest:.1f} s; {len(rush.confirmed) - told} more within"
        f" {served:.1f} s after there was space"
    )


@pytest.mark.endure
def test_a_full_disk_under_sqlite_is_said_and_breaks_nothing(folder):
    with small_disk(folder / "small-sqlite", "12m") as disk:
        database = disk / "schalter.sqlite3"
        settings = {"DATABASE_URL": f"sqlite:///{database}", "HOLDS_PER_MINUTE": "0"}
        with Installation(folder, **settings) as installation:
            town = SmallTown(installation, installation.sockets())
            try:
                run_out_of_space(town, disk, make_it_worse=lambda: None, repair=lambda: None)
            finally:
                town.registrar.end()
        with sqlite3.connect(database) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.close()


@pytest.mark.endure
@pytest.mark.parametrize("log_too", [False, True], ids=["data", "data and log"])
def test_a_full_disk_under_postgresql_is_said_and_breaks_nothing(folder, log_too):
    """Without space for data PostgreSQL refuses statements; without space for its log it crashes.

    If it does not come back by itself it is started again, as its service does.
    """
    place = folder / f"small-postgres-{log_too}"
    place.mkdir()
    place.chmod(0o711)
    with small_disk(place / "postgres", "160m") as disk:
        limits = {"min_wal_size": "32MB", "max_wal_size": "32MB"}
        postgres = Postgres(place, durable=True, settings=limits)
        try:
            postgres.start()
            settings = {
                "DATABASE_URL": postgres.url_of("postgres"),
                "HOLDS_PER_MINUTE": "0",
            }
            with Installation(place, **settings) as installation:
                town = SmallTown(installation, installation.web())
                try:
                    run_out_of_space(
                        town,
                        disk,
                        make_it_worse=lambda: fill_log(postgres) if log_too else None,
                        repair=lambda: start_again(postgres),
                    )
                finally:
                    town.registrar.end()
            check_for_corruption(postgres)
        finally:
            postgres.stop()


def fill_log(postgres: Postgres) -> None:
    """Write to the log until the server refuses to, or has given up."""
    message = "SELECT pg_logical_emit_message(true, 'ballast', repeat('x', 1000000))"
    refused = 0
    while refused < 3:
        try:
            with psycopg.connect(postgres.url_of("postgres"), autocommit=True) as connection:
                for _ in range(16):
                    connection.execute(message)
        except psycopg.OperationalError:
            refused += 1


def start_again(postgres: Postgres) -> None:
    if postgres.process is None or postgres.process.poll() is not None:
        postgres.start()


def check_for_corruption(postgres: Postgres) -> None:
    program = postgres.programs / "pg_amcheck"
    if not program.exists():
        return
    subprocess.run(
        [program, "--install-missing", "--heapallindexed", "--host=127.0.0.1",
         f"--port={postgres.port}", "--username=schalter", "postgres"],
        check=True, cwd="/",
    )  # fmt: skip
