"""The demo town behind nginx, on the processes of ``deploy/systemd``."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.browser.town import MORNING, Town
from tests.servers import FAST, ROOT, Postgres

from .files import DEPLOY, environment, postgresql_settings
from .programs import Nginx, RedisFromFile, Unit

KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "PYTHONPATH")
SECRET_KEY = "only-for-a-test-" * 4


class Servers:
    """PostgreSQL and Redis with our settings, and a database that holds the demo town."""

    filled = "filled"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.var = folder / "var"
        # FAST last: the data is thrown away.
        self.postgres = Postgres(folder, settings=postgresql_settings() | FAST)
        self.redis = RedisFromFile(folder)

    @contextmanager
    def running(self) -> Iterator["Servers"]:
        self.postgres.start()
        self.redis.start()
        try:
            yield self
        finally:
            self.redis.stop()
            self.postgres.stop()

    def make_database(self, name: str, *, like: str = "template0") -> str:
        """A new database; its URL."""
        with psycopg.connect(self.postgres.url_of("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
        return self.postgres.url_of(name)

    def fill(self) -> None:
        """Make ``filled`` and collect the static files beside it."""
        settings = service_environment(self, self.make_database(self.filled))
        static = subprocess.Popen(
            [sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"],
            env=settings,
            cwd=ROOT,
        )
        load_town(settings)
        assert static.wait(timeout=60) == 0


def load_town(settings: Mapping[str, str]) -> None:
    for arguments in (["migrate", "-v", "0"], ["load_demo", "--busy"]):
        subprocess.run(
            [sys.executable, "manage.py", *arguments],
            env=settings, cwd=ROOT, check=True, capture_output=True,
        )  # fmt: skip


def service_environment(servers: Servers, database: str, **others: str) -> dict[str, str]:
    """``deploy/schalter.env.example`` filled in, with the demo's data and clock."""
    settings = environment((DEPLOY / "schalter.env.example").read_text().splitlines())
    # Mails are written to files.
    del settings["EMAIL_URL"]
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return kept | settings | {
        "SECRET_KEY": SECRET_KEY,
        "DATABASE_URL": database,
        "REDIS_URL": servers.redis.url,
        "VAR_DIR": str(servers.var),
        "DEMO": "1",
        "DEMO_CLOCK": MORNING,
        **others,
    }  # fmt: skip


class DeployedTown(Town):
    """A town as an administrator sets it up; its parts can be stopped and started."""

    def __init__(self, servers: Servers) -> None:
        database = servers.make_database("schalter", like=servers.filled)
        self.servers = servers
        folder = servers.folder
        self.public = Unit(folder, "schalter-public", port=8001)
        self.staff = Unit(folder, "schalter-staff", port=8002)
        self.sockets = [Unit(folder, "schalter-sockets@", port=port) for port in (8011, 8012)]
        self.worker = Unit(folder, "schalter-worker")
        self.units = [self.public, self.staff, *self.sockets, self.worker]
        ports = zip((8001, 8002, 8011, 8012), (unit.port for unit in self.units), strict=False)
        self.nginx = Nginx(folder, servers.var, dict(ports))
        self.url = self.nginx.url
        self.environment = service_environment(
            servers, database, PUBLIC_URL=self.url, ALLOWED_HOSTS="localhost"
        )
        for unit in self.units:
            unit.environment = unit.own_environment | self.environment

    def log(self) -> str:
        """Everything that any part has written into its log so far."""
        parts = [*self.units, self.nginx, self.servers.postgres, self.servers.redis]
        return "\n".join(part.log.read_text() for part in parts)

    @contextmanager
    def running(self) -> Iterator["DeployedTown"]:
        parts = [*self.units, self.nginx]
        with ThreadPoolExecutor() as pool:
            started = [pool.submit(part.start) for part in parts]
        try:
            for start in started:
                start.result()
            yield self
        finally:
            with ThreadPoolExecutor() as pool:
                list(pool.map(lambda part: part.stop(), parts))
