"""One installation for all faults: PostgreSQL, Redis, gunicorn and two Daphnes of its own.

A test may stop, kill and starve any of them; afterwards whatever has ended is started again,
and every slot must count what is booked. One worker of pytest runs them all, one by one.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.installation import ROOT, Installation, Program
from tests.servers import Postgres, Redis

from .clients import Clerk, Display, MailServer

MODULES = ("test_kill", "test_redis", "test_postgres", "test_disk_full")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent and item.path.stem in MODULES:
            item.add_marker(pytest.mark.services)


class Registrar:
    """``tests.faults.town`` in a process of its own."""

    def __init__(self, installation: Installation) -> None:
        code = "from tests.faults import town; town.serve()"
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "shell", "--no-imports", "-c", code],
            env=installation.environment,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, name: str, *arguments: object) -> Any:
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps([name, *arguments]) + "\n")
        stdin.flush()
        return json.loads(stdout.readline())

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


class Town:
    """The running installation, and who uses it. ``offices`` is what ``town.make`` answers."""

    def __init__(self, installation: Installation, postgres: Postgres, redis: Redis) -> None:
        self.installation = installation
        self.postgres = postgres
        self.redis = redis
        self.web = installation.web()
        self.daphnes = [installation.sockets(), installation.sockets()]
        self.registrar = Registrar(installation)
        self.offices: list[dict[str, Any]] = []

    @property
    def programs(self) -> list[Program]:
        return [self.web, *self.daphnes]

    def ask(self, name: str, *arguments: object) -> Any:
        """What a function of ``tests.faults.town`` answers."""
        return self.registrar.ask(name, *arguments)

    def heal(self) -> None:
        """Start again whatever does not run."""
        ended = [
            server
            for server in (self.postgres, self.redis, *self.programs)
            if server.process is None or server.process.poll() is not None
        ]
        with ThreadPoolExecutor(max(1, len(ended))) as threads:
            list(threads.map(lambda server: server.start(), ended))

    def clerk(self, office: int = 0, number: int = 0, at: Program | None = None) -> Clerk:
        """Somebody who has sat down at a counter; ``at`` is the process that is asked."""
        facts = self.offices[office]
        return Clerk((at or self.web).url, facts, facts["clerks"][number])

    def display(self, daphne: Program, office: int = 0, number: int = 0) -> Display:
        return Display(daphne.url, self.offices[office]["displays"][number])


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="schalter-faults-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="session")
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture(scope="session")
def _running(folder: Path, mail_server: MailServer) -> Iterator[Town]:
    postgres, redis = Postgres(folder, durable=True), Redis(folder)
    settings = {
        "DATABASE_URL": postgres.url_of("postgres"),
        "REDIS_URL": redis.url,
        "EMAIL_URL": mail_server.url,
        "HOLDS_PER_MINUTE": "0",
    }
    try:
        postgres.start()
        redis.start()
        with Installation(folder, **settings) as installation:
            installation.manage("migrate", "--skip-checks", "-v", "0")
            running = Town(installation, postgres, redis)
            try:
                running.offices = running.ask("make")["offices"]
                yield running
            finally:
                running.registrar.end()
    finally:
        redis.stop()
        postgres.stop()


@pytest.fixture
def town(_running: Town) -> Iterator[Town]:
    """All processes run before the test and after it, and no place is counted wrong."""
    _running.heal()
    yield _running
    _running.heal()
    assert _running.ask("report")["wrong_slots"] == []
