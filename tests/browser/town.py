"""A demo town in its own processes, as ``make run`` starts it, for a browser to visit."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from uuid import uuid4

import psycopg

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 90
MAIL_SECONDS = 20
# A Tuesday on which both offices are open until the afternoon.
MORNING = "2026-11-24T09:30"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Town:
    """A running town: its address, and the command line beside it."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.url = f"http://127.0.0.1:{environment['PORT']}"

    def manage(self, *arguments: str) -> str:
        """What ``manage.py`` prints, without the line's end."""
        command = [sys.executable, ROOT / "manage.py", *arguments]
        done = subprocess.run(
            command, env=self.environment, cwd=ROOT, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def get(self, path: str, **headers: str) -> object:
        """The JSON a path answers."""
        request = urllib.request.Request(self.url + path, headers=headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def mails_to(self, address: str) -> list[EmailMessage]:
        """The mails written to somebody so far, oldest first."""
        return [mail for mail in self.mails() if mail["To"] == address]

    def mails(self) -> list[EmailMessage]:
        """All mails written so far, oldest first."""
        folder = Path(self.environment["VAR_DIR"]) / "mail"
        files = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        whole = [text for path in files if is_whole(text := path.read_bytes())]
        return [message_from_bytes(text, policy=policy.default) for text in whole]

    def wait_for_mails(self, address: str, count: int) -> list[EmailMessage]:
        """As soon as the worker has sent ``count`` mails to somebody: these."""
        deadline = time.monotonic() + MAIL_SECONDS
        while len(mails := self.mails_to(address)) < count:
            assert time.monotonic() < deadline, f"{len(mails)} mails to {address}"
            time.sleep(0.1)
        return mails

    @contextmanager
    def running(self) -> Iterator["Town"]:
        """Run the demo until the block ends."""
        log = Path(self.environment["VAR_DIR"]) / "run_demo.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                [sys.executable, ROOT / "manage.py", "run_demo"],
                env=self.environment,
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait_until_healthy(process, log)
            yield self
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=20)

    def _wait_until_healthy(self, process: subprocess.Popen[bytes], log: Path) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                break
            try:
                if self.get("/health")["status"] == "ok":
                    return
            except OSError:
                pass
            time.sleep(0.1)
        raise RuntimeError(f"the town did not start:\n{log.read_text()[-4000:]}")


def is_whole(mail: bytes) -> bool:
    """Whether a mail is written to its end: the last boundary, or the end of its only part."""
    head = mail.partition(b"\n\n")[0]
    return mail.endswith(b"--\n" if b"multipart/" in head else b"\n")


def embedded(folder: Path) -> Town:
    """SQLite and the in-memory channel layer, one process."""
    return Town(_environment(folder))


@contextmanager
def production(folder: Path) -> Iterator[Town]:
    """A database of its own on the tests' PostgreSQL, and the tests' Redis."""
    server = os.environ["DATABASE_URL"].rpartition("/")[0]
    name = f"town_{uuid4().hex[:12]}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield Town(
            _environment(folder)
            | {"DATABASE_URL": f"{server}/{name}", "REDIS_URL": os.environ["REDIS_URL"]}
        )
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _environment(folder: Path) -> dict[str, str]:
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "PYTHONPATH")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    var = folder / "var"
    var.mkdir()
    return environment | {
        "VAR_DIR": str(var),
        "PORT": str(free_port()),
        "DEMO_CLOCK": MORNING,
        "PYTHONUNBUFFERED": "1",
        # Every machine has this voice.
        "SPEECH_COMMAND": f"{sys.executable} {ROOT}/tests/browser/speaker.py {{file}} {{language}}",
    }
