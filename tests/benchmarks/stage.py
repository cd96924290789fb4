"""What the rows measure: towns with a database each, on servers that survive a power cut."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import psycopg

from tests.installation import ROOT, Installation
from tests.servers import Postgres, Redis

from .limit_rows import TABLE

# Every process of every town at once.
CONNECTIONS = 300


class ConditionBroken(Exception):  # noqa: N818 - it is what the run says
    """Something is wrong rather than slow: booked twice, a fault, a deadlock."""


class Town:
    """One installation: its database, its settings and its processes."""

    def __init__(self, stage: "Stage", name: str, **settings: str) -> None:
        self.stage = stage
        self.database = stage.postgres.url_of(name)
        folder = stage.folder / name
        folder.mkdir()
        self.installation = Installation(
            folder,
            **{
                "DATABASE_URL": self.database,
                "REDIS_URL": stage.redis.url,
                "SECRET_KEY": "of the benchmark alone",
                "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings",
            }
            | settings,
        )
        (folder / "var").mkdir()

    def do(self, module: str, **task: Any) -> Any:
        """What a module of the benchmark prints as JSON, run where the town's Django is."""
        done = subprocess.run(
            [sys.executable, "-m", f"tests.benchmarks.{module}"],
            input=json.dumps(task), env=self.installation.environment, cwd=ROOT,
            stdout=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"tests.benchmarks.{module} failed")
        return json.loads(done.stdout)

    def build(self, **task: Any) -> dict[str, Any]:
        """Fill the town; the ids of what the rows ask for."""
        return self.do("world", **task)

    def write_down(self, name: str, content: bytes) -> None:
        """For ``limits.recorded``."""
        (self.installation.folder / "var" / name).write_bytes(content)

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def stop(self) -> None:
        self.installation.__exit__(None, None, None)


class Stage:
    """PostgreSQL with ``fsync`` and Redis, and the towns made so far."""

    def __init__(self, folder: Path, *, quick: bool) -> None:
        self.folder = folder
        self.quick = quick
        self.postgres = Postgres(folder, durable=True, settings=as_deployed())
        self.redis = Redis(folder)
        self.towns: list[Town] = []

    def __enter__(self) -> "Stage":
        self.folder.chmod(0o711)
        try:
            self.postgres.start()
            self.redis.start()
            self._execute("CREATE DATABASE empty")
            empty = Town(self, "empty")
            empty.installation.manage("migrate", "--verbosity", "0")
            empty.execute(TABLE)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self.clear()
        self.redis.stop()
        self.postgres.stop()

    def town(self, name: str, **settings: str) -> Town:
        """A town of its own, migrated and empty."""
        self._execute(f"CREATE DATABASE {name} TEMPLATE empty")
        town = Town(self, name, **settings)
        self.towns.append(town)
        return town

    def clear(self) -> None:
        """End what the towns run and remove them: the next row finds the machine to itself."""
        while self.towns:
            town = self.towns.pop()
            town.stop()
            shutil.rmtree(town.installation.folder)
            self._execute(f"DROP DATABASE {town.database.rpartition('/')[2]} WITH (FORCE)")

    def seconds(self, usual: float) -> float:
        """How long to measure."""
        return min(usual, 1.0) if self.quick else usual

    def count(self, usual: int) -> int:
        """How much to measure with, or how often."""
        return max(1, usual // 10) if self.quick else usual

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.postgres.url_of("postgres"), autocommit=True) as connection:
            connection.execute(statement)


def as_deployed() -> dict[str, object]:
    """PostgreSQL's settings as we recommend them."""
    lines = (ROOT / "deploy" / "postgresql.conf").read_text().splitlines()
    pairs = (line.partition("#")[0].partition("=") for line in lines)
    settings = {name.strip(): value.strip() for name, equals, value in pairs if equals}
    return settings | {"max_connections": CONNECTIONS}


def cpu_seconds(process_id: int) -> float:
    """What a process, its children and those that have ended have used."""
    parent = psutil.Process(process_id)
    times = [parent.cpu_times()]
    own = times[0].user + times[0].system + times[0].children_user + times[0].children_system
    for child in parent.children(recursive=True):
        try:
            used = child.cpu_times()
        except psutil.NoSuchProcess:
            continue
        own += used.user + used.system
    return own


def machine() -> dict[str, Any]:
    """What the figures were measured on, without names."""
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "python": sys.version.split()[0],
        "load_before": round(os.getloadavg()[0], 2),
    }
