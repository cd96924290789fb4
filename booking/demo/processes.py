"""The two processes of the demo: the server and the background worker."""

import ctypes
import errno
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from types import FrameType
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STOP_SECONDS = 5
START_SECONDS = 30
# Linux: the signal a process gets when its parent is gone.
PR_SET_PDEATHSIG = 1


class Stopped(Exception):  # noqa: N818 - reads as what happened
    """Somebody asked the demo to stop."""


class Died(Exception):  # noqa: N818 - reads as what happened
    """One of the processes ended by itself. Its argument says which."""


def stop_on_signals() -> None:
    """From now on Ctrl-C, or being told to end, raises ``Stopped``."""
    for number in STOP_SIGNALS:
        signal.signal(number, _stop)


def is_free(host: str, port: int) -> bool:
    """Whether the demo could listen there. Raises ``OSError`` for an address not of here."""
    family, _type, _proto, _name, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise
    return True


class Processes:
    """Starts the processes, watches them, and leaves none behind."""

    def __init__(self, host: str, port: int, environment: Mapping[str, str]) -> None:
        self.host, self.port = host, port
        self.environment = {**os.environ, **environment}
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Processes":
        interface = self.host.replace(":", "\\:")
        endpoint = f"tcp:port={self.port}:interface={interface}:backlog=4096"
        # A socket may stay open for ever: displays do.
        daphne = ["daphne", "-v", "0", "--websocket_timeout", "-1", "-e", endpoint]
        self._start("server", "-m", *daphne, "config.asgi:application")
        self._start("worker", "manage.py", "worker", "--verbosity", "0", "--skip-checks")
        return self

    def __exit__(self, *_error: object) -> None:
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        for process in self.running.values():
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in self.running.values():
            try:
                process.wait(max(0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def wait_until_ready(self) -> str:
        """Wait for ``/health``; its status. Raises ``Died``."""
        status = "no answer"
        deadline = time.monotonic() + START_SECONDS
        while status != "ok" and time.monotonic() < deadline:
            self._require_alive()
            time.sleep(0.1)
            status = self._health()
        return status

    def watch(self) -> None:
        """Return never: raises ``Stopped`` or ``Died``."""
        while True:
            self._require_alive()
            time.sleep(0.3)

    def _start(self, name: str, *arguments: str) -> None:
        self.running[name] = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=settings.BASE_DIR,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            preexec_fn=_end_with_parent,
        )

    def _require_alive(self) -> None:
        for name, process in self.running.items():
            if process.poll() is not None:
                raise Died(name)

    def _health(self) -> str:
        host = "127.0.0.1" if self.host in ("0.0.0.0", "") else self.host  # noqa: S104
        host = "[::1]" if host == "::" else f"[{host}]" if ":" in host else host
        try:
            with urlopen(f"http://{host}:{self.port}/health", timeout=5) as answer:
                return json.load(answer)["status"]
        except (URLError, OSError, ValueError):
            return "no answer"


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


def _end_with_parent() -> None:
    """Also a demo that is killed hard leaves nothing running."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
