"""One process that asks for pages of the first town, in the database of its environment.

Reads a name per line, answers a line of JSON: seconds, processor time, queries, and how many
blocks PostgreSQL touched; with a question mark behind the name also the statements.
``many_towns`` asks two of these in turn, one per database.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test.utils import setup_test_environment

from .towns_profile import MOMENT


class Counted:
    """Counts the queries of a block."""

    def __init__(self) -> None:
        self.queries = 0
        self.said: list[str] = []

    def __call__(self, execute: Callable, sql: str, params: Any, many: bool, context: dict) -> Any:
        self.queries += 1
        self.said.append(sql)
        return execute(sql, params, many, context)


def blocks_touched() -> int:
    """Blocks of tables and indexes this database has read so far, from memory or disk."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT blks_hit + blks_read FROM pg_stat_database WHERE datname = current_database()"
        )
        return cursor.fetchone()[0]


def work_done() -> float:
    """Seconds of processor time, of this process and of its server process in PostgreSQL.

    Unlike the time on the clock it does not depend on what else the machine has to do.
    """
    pid = connection.connection.info.backend_pid
    server_ns = int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
    return time.process_time() + server_ns / 1e9


def measure(prepare: Callable[[], Callable[[], object]], tell: bool = False) -> dict[str, Any]:
    """Prepare unmeasured, then do it once."""
    cache.clear()
    action = prepare()
    counted = Counted()
    # The statistics of what came before are written by then.
    before = blocks_touched()
    with connection.execute_wrapper(counted):
        begun, worked = time.perf_counter(), work_done()
        action()
        seconds, work = time.perf_counter() - begun, work_done() - worked
    answer = {"seconds": seconds, "work": work, "queries": counted.queries}
    answer["blocks"] = blocks_touched() - before
    return answer | ({"said": counted.said} if tell else {})


def answer(name: str) -> object:
    if name == "make first town":
        from .towns_first import make_first_town

        return make_first_town()
    from .towns_pages import PAGES

    if name == "names":
        return list(PAGES)
    return measure(PAGES[name.removesuffix("?")], tell=name.endswith("?"))


def main() -> None:
    django.setup()
    from booking import clock

    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    settings.LOGGING_CONFIG = None
    setup_test_environment()
    clock.system_time = lambda: MOMENT
    for line in sys.stdin:
        print(json.dumps(answer(line.strip())), flush=True)


main()
