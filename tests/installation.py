"""The product's own processes, to be measured, killed and started again.

Under any database and Redis; what runs where is for the test to say::

    with Installation(folder, DATABASE_URL=…, REDIS_URL=…) as schalter:
        schalter.manage("migrate")
        web, sockets = schalter.web(), schalter.sockets()
        web.start()
"""

import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType

from .servers import Server, listens

ROOT = Path(__file__).resolve().parent.parent
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "PYTHONPATH")


class Program(Server):
    """One process of the installation. ``port`` is where it listens, if it does."""

    folder_to_run_in = ROOT
    nice = 0

    def __init__(self, installation: "Installation", name: str, *arguments: str) -> None:
        super().__init__(installation.folder, name)
        self.environment = installation.environment
        self.arguments = arguments

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        return [
            *(["nice", "-n", str(self.nice)] if self.nice else []),
            sys.executable,
            *(argument.replace("PORT", str(self.port)) for argument in self.arguments),
        ]

    def is_ready(self) -> bool:
        return listens(self.port) if "PORT" in " ".join(self.arguments) else True


class Installation:
    """Settings that the processes share, and the command line beside them."""

    def __init__(self, folder: Path, **settings: str) -> None:
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        self.folder = folder
        self.environment = kept | {
            "VAR_DIR": str(folder / "var"),
            "PYTHONUNBUFFERED": "1",
            **settings,
        }
        self.programs: list[Program] = []

    def __enter__(self) -> "Installation":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for program in self.programs:
            program.stop()

    def web(self, *, processes: int = 2, threads: int = 4, nice: int = 0) -> Program:
        """Pages and API on gunicorn; ``nice`` ones leave the processors to others first."""
        program = self._add(
            "web", "-m", "gunicorn", "--bind", "127.0.0.1:PORT", "--workers", str(processes),
            "--threads", str(threads), "--backlog", "4096", "config.wsgi:application",
        )  # fmt: skip
        program.nice = nice
        return program

    def sockets(self) -> Program:
        """Daphne: sockets, and pages too."""
        return self._add(
            "sockets", "-m", "daphne", "-v", "0", "--websocket_timeout", "-1", "-e",
            "tcp:port=PORT:interface=127.0.0.1:backlog=4096", "config.asgi:application",
        )  # fmt: skip

    def worker(self) -> Program:
        return self._add("worker", "manage.py", "worker", "--skip-checks")

    def manage(self, *arguments: str, given: str | None = None) -> str:
        """What ``manage.py`` prints, without the line's end; ``given`` is what it reads."""
        command = [sys.executable, ROOT / "manage.py", *arguments]
        done = subprocess.run(
            command, env=self.environment, cwd=ROOT, check=True, stdout=subprocess.PIPE,
            text=True, input=given,
        )  # fmt: skip
        return done.stdout.strip()

    def _add(self, name: str, *arguments: str) -> Program:
        program = Program(self, f"{name}{len(self.programs)}", *arguments)
        self.programs.append(program)
        return program
