"""One installation with a hundred towns: a town's page costs what it cost when it was alone.

Two databases on one server: the town alone, and the same town among the others. Two processes
ask each for the same page in turn. What is compared is the processor time of the page and of
PostgreSQL together, as the median over these pairs: it does not depend on what else the
machine does. Run alone it brings its own PostgreSQL::

    .venv/bin/python -m tests.benchmarks.many_towns --quick
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

from tests.installation import ROOT, Installation
from tests.servers import Postgres

from .rows import Row, at_most, table
from .towns_database import MIB, dump, figures, forget_statistics, vacuum_seconds
from .towns_profile import build, fill

TOWNS, TOWNS_QUICK = 100, 10
PAIRS, PAIRS_QUICK = 15, 5
ALONE, FULL = "schalter_town_alone", "schalter_towns"
AT_MOST = 1.2
# As a small server with PostgreSQL on it would have them.
LIKE_PRODUCTION = {
    "shared_buffers": "1GB",
    "effective_cache_size": "4GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "8GB",
    "random_page_cost": 1.1,
    "shared_preload_libraries": "",
}
PROMISED = ("citizen: ", "kiosk: ", "clerk: ", "display: ")


class Agent:
    """A process that asks for pages in one database; see ``towns_agent``."""

    def __init__(self, installation: Installation) -> None:
        environment = installation.environment | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "HOLDS_PER_MINUTE": "0",
            "ALLOWED_HOSTS": "testserver",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.towns_agent"], cwd=ROOT, env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def ask(self, name: str) -> Any:
        self.process.stdin.write(name + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the process that measures ended at “{name}”")
        return json.loads(line)

    def __enter__(self) -> "Agent":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=30)


def measure(postgres_url: str, *, quick: bool) -> list[Row]:
    """The rows of the table. ``postgres_url`` is any database on a server we may use freely."""
    server = postgres_url.rpartition("/")[0]
    towns = TOWNS_QUICK if quick else TOWNS
    with tempfile.TemporaryDirectory(prefix="schalter-towns-") as folder, psycopg.connect(
        postgres_url, autocommit=True
    ) as maintenance:  # fmt: skip
        installations = {
            name: Installation(Path(folder) / name, DATABASE_URL=f"{server}/{name}")
            for name in (ALONE, FULL)
        }
        for installation in installations.values():
            installation.folder.mkdir()
        built = build_both(maintenance, server, installations[ALONE], towns)
        with Agent(installations[ALONE]) as alone, Agent(installations[FULL]) as full:
            asked = in_turn(alone, full, PAIRS_QUICK if quick else PAIRS)
        database = database_row(f"{server}/{FULL}", towns, built, quick=quick)
        drop(maintenance)
    return [*rows_of(asked, towns), database]


def build_both(
    maintenance: psycopg.Connection, server: str, first: Installation, towns: int
) -> dict[str, float]:
    """The town alone, and the same among the others; seconds of each step of the latter."""
    drop(maintenance)
    maintenance.execute(f"CREATE DATABASE {ALONE}")
    first.manage("migrate", "--verbosity", "0")
    with Agent(first) as agent:
        agent.ask("make first town")
    maintenance.execute(f"CREATE DATABASE {FULL} TEMPLATE {ALONE}")
    with psycopg.connect(f"{server}/{ALONE}", autocommit=True) as connection:
        fill(connection, 1)
        connection.execute("VACUUM (ANALYZE)")
    with psycopg.connect(f"{server}/{FULL}", autocommit=True) as connection:
        seconds = build(connection, towns)
        forget_statistics(connection)
    return seconds


def drop(maintenance: psycopg.Connection) -> None:
    for name in (ALONE, FULL):
        maintenance.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def in_turn(alone: Agent, full: Agent, pairs: int) -> dict[str, dict[str, float]]:
    """For each page its cost alone and in full, and the median ratio of the pairs."""
    figures = {}
    for name in alone.ask("names"):
        for agent in (alone, full):
            agent.ask(name)  # warms up
        asked = []
        for number in range(pairs):
            order = (alone, full) if number % 2 else (full, alone)
            answers = {agent: agent.ask(name) for agent in order}
            asked.append((answers[alone], answers[full]))
        figures[name] = figures_of(asked)
    return figures


def figures_of(asked: list[tuple[dict, dict]]) -> dict[str, float]:
    fewest = [min(pair[which]["blocks"] for pair in asked) for which in (0, 1)]
    return {
        "ratio": median(full["work"] / alone["work"] for alone, full in asked),
        "alone CPU ms": 1000 * median(alone["work"] for alone, _full in asked),
        "full CPU ms": 1000 * median(full["work"] for _alone, full in asked),
        "full ms at best": 1000 * min(full["seconds"] for _alone, full in asked),
        "queries alone": asked[-1][0]["queries"],
        "queries full": asked[-1][1]["queries"],
        "blocks alone": fewest[0],
        "blocks full": fewest[1],
    }


def database_row(address: str, towns: int, built: dict[str, float], *, quick: bool) -> Row:
    """What the database needs; a backup is only made of the whole profile."""
    with psycopg.connect(address, autocommit=True) as connection:
        raw = {f"{step}, s": seconds for step, seconds in built.items()}
        raw |= figures(connection) | {"VACUUM ANALYZE again, s": vacuum_seconds(connection)}
    if not quick:
        raw["pg_dump, s"], size = dump(address)
        raw["pg_dump, MiB"] = round(size / MIB)
    return Row(f"{towns} towns, database", "sizes, indexes, backup", "", None, "", None, raw=raw)


def rows_of(asked: dict[str, dict[str, float]], towns: int) -> list[Row]:
    """A row per page; only what citizens, kiosks, clerks and displays ask has to reach a target."""
    rows = []
    for name, figure in asked.items():
        promised = name.startswith(PROMISED)
        ratio = {
            **at_most(AT_MOST, figure["ratio"]),
            **({} if promised else {"target": "", "reached": None}),
        }
        raw = {key: round(value, 2) for key, value in figure.items() if key != "ratio"}
        rows.append(
            Row(f"{towns} towns, {name}", "processor time among all towns", "the same town alone",
                raw=raw, **ratio)
        )  # fmt: skip
    return rows


@contextmanager
def own_server() -> Iterator[str]:
    """The address of a database on a durable server of our own."""
    with tempfile.TemporaryDirectory(prefix="schalter-towns-server-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL runs as another user
        server = Postgres(Path(folder), durable=True, settings=LIKE_PRODUCTION)
        server.start()
        try:
            yield server.url_of("postgres")
        finally:
            server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{TOWNS_QUICK} towns")
    arguments = parser.parse_args()
    with own_server() as address:
        print(table(measure(address, quick=arguments.quick)))


if __name__ == "__main__":
    main()
