"""The pool after an outage: no broken connection is handed out, nobody queues up in vain."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest
from django.db import OperationalError, connection, connections

from booking.postgresql import base

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
PATIENCE = 2


@pytest.fixture(autouse=True)
def _small_pool() -> Iterator[None]:
    """Two connections, and two seconds until somebody is told that there is none."""
    options = connections.settings["default"]["OPTIONS"]["pool"]
    before = dict(options)
    connection.close()
    connection.close_pool()
    options.update(max_size=2, timeout=PATIENCE)
    yield
    connection.close()
    connection.close_pool()
    options.update(before)
    base.DatabaseWrapper.away = False


def ask() -> int:
    """The server process that answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return cursor.fetchone()[0]
    finally:
        connection.close()


@contextmanager
def taken(count: int) -> Iterator[set[int]]:
    """Others keep so many connections; the server processes behind them."""
    kept, release = threading.Barrier(count + 1), threading.Event()

    def keep() -> int:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                kept.wait(10)
                release.wait(10)
                return cursor.fetchone()[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as threads:
        keepers = [threads.submit(keep) for _ in range(count)]
        kept.wait(10)
        backends: set[int] = set()
        try:
            yield backends
        finally:
            release.set()
            backends |= {one.result() for one in keepers}


def test_a_request_waits_for_locks_and_statements_only_so_long():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('lock_timeout'), current_setting('statement_timeout')"
        )
        assert cursor.fetchone() == ("5s", "15s")


def test_connections_that_broke_in_the_pool_are_not_handed_out():
    with taken(2) as broken:
        pass
    address = connection.get_connection_params()
    with psycopg.connect(
        host=address["host"], port=address["port"], user=address["user"], dbname=address["dbname"]
    ) as other:
        for backend in broken:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
    with taken(2) as fresh:
        pass
    assert len(broken) == 2
    assert fresh.isdisjoint(broken)


def test_who_comes_while_another_waits_in_vain_is_told_at_once_and_served_when_it_is_over():
    with taken(2):
        begun = time.monotonic()
        with pytest.raises(OperationalError):
            ask()
        assert time.monotonic() - begun >= PATIENCE

        with ThreadPoolExecutor(1) as threads:
            waiting = threads.submit(ask)
            while not connection.pool.get_stats()["requests_waiting"]:
                time.sleep(0.01)
            with pytest.raises(OperationalError, match="somebody waits"):
                ask()
            with pytest.raises(OperationalError, match="couldn't get a connection"):
                waiting.result()
    assert ask()
    assert not base.DatabaseWrapper.away
