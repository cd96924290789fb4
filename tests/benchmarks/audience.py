"""Displays by the thousand in one process: sockets opened by hand that only note what came when.

No library, so that reading costs little and the same for whoever sends. Its task is a line of
JSON on standard input: addresses, path, how many. Every line after that is a version: as soon
as all sockets have a message with it or a later one, it prints when the last and the first had
it, by the clock that all processes of the machine share (``time.monotonic``).
"""

import base64
import json
import os
import re
import resource
import selectors
import socket
import time
from collections.abc import Iterator
from typing import Any

VERSION = re.compile(rb'"version": (\d+)')
# Handshakes under way at a time.
AT_ONCE = 100
TEXT, CLOSE, PING = 0x1, 0x8, 0x9


class Display:
    """One socket."""

    def __init__(self, audience: "Audience", host: str, port: int, path: str) -> None:
        self.audience = audience
        self.received = b""
        self.is_open = False
        self.version = -1
        self.socket = socket.create_connection((host, port))
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        self.socket.setblocking(False)

    def read(self) -> None:
        try:
            data = self.socket.recv(65536)
        except BlockingIOError:  # read already, while a version was waited for
            return
        if not data:
            raise ConnectionError("the server closed a display's socket")
        self.received += data
        if not self.is_open:
            head, end, rest = self.received.partition(b"\r\n\r\n")
            if not end:
                return
            if b" 101 " not in head.partition(b"\r\n")[0]:
                raise ConnectionError(f"no handshake: {head[:200]!r}")
            self.is_open, self.received = True, rest
        for kind, content in self._frames():
            if kind == TEXT:
                self._note(content)
            elif kind == PING:
                # A client's frames are masked; with zeros the content stays as it is.
                self.socket.sendall(bytes([0x8A, 0x80 | len(content), 0, 0, 0, 0]) + content)
            elif kind == CLOSE:
                raise ConnectionError(f"the server closed a display: {content!r}")

    def _frames(self) -> Iterator[tuple[int, bytes]]:
        while len(self.received) >= 2:
            length, start = self.received[1] & 0x7F, 2
            if length == 126:
                length, start = int.from_bytes(self.received[2:4], "big"), 4
            if len(self.received) < start + length:
                return
            kind = self.received[0] & 0x0F
            content = self.received[start : start + length]
            self.received = self.received[start + length :]
            yield kind, content

    def _note(self, content: bytes) -> None:
        found = VERSION.search(content)
        version = int(found.group(1)) if found else -1
        if version > self.version:
            self.audience.note(self.version, version)
            self.version = version
            self.audience.message = content


class Audience:
    """All displays, and when how many of them had which version."""

    def __init__(self, task: dict[str, Any]) -> None:
        self.paths = task["paths"]
        self.size = len(self.paths)
        self.addresses = [(host, port) for host, port in task["addresses"]]
        self.selector = selectors.DefaultSelector()
        self.opened = 0
        self.shown = 0
        self.message = b""
        self.reached: dict[int, int] = {}
        self.first: dict[int, float] = {}
        self.last: dict[int, float] = {}

    def note(self, before: int, version: int) -> None:
        now = time.monotonic()
        self.shown += before < 0
        # The first message of a socket says nothing about versions long ago.
        for passed in range(before + 1 if before >= 0 else version, version + 1):
            self.reached[passed] = self.reached.get(passed, 0) + 1
            self.first.setdefault(passed, now)
            self.last[passed] = now

    def open_all(self) -> None:
        """Open every socket and wait until each shows something."""
        while self.shown < self.size:
            while self.opened < self.size and self.opened - self.shown < AT_ONCE:
                host, port = self.addresses[self.opened % len(self.addresses)]
                display = Display(self, host, port, self.paths[self.opened])
                self.selector.register(display.socket, selectors.EVENT_READ, display)
                self.opened += 1
            self.read_for(60)

    def read_for(self, patience: float | None) -> None:
        ready = self.selector.select(patience)
        if not ready:
            raise TimeoutError(f"{self.shown} of {self.size} displays show something")
        for key, _events in ready:
            if key.data is not None:
                key.data.read()

    def answer(self, version: int) -> None:
        """Wait until every display has the version."""
        if min(display.version for display in self.displays) < version:
            while self.reached.get(version, 0) < self.size:
                self.read_for(60)
        print(
            json.dumps(
                {
                    "first": self.first.get(version),
                    "last": self.last.get(version),
                    "message": self.message.decode(),
                }
            ),
            flush=True,
        )

    @property
    def displays(self) -> list[Display]:
        return [key.data for key in self.selector.get_map().values() if key.data is not None]


def main() -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    # Unbuffered: a line that was read along with the one before would be missed by the selector.
    given = open(0, "rb", buffering=0)  # noqa: SIM115 - open until the end
    audience = Audience(json.loads(given.readline()))
    begun = time.monotonic()
    audience.open_all()
    print(json.dumps({"seconds": time.monotonic() - begun}), flush=True)
    audience.selector.register(given, selectors.EVENT_READ, None)
    while True:
        for key, _events in audience.selector.select():
            if key.data is not None:
                key.data.read()
                continue
            line = given.readline()
            if not line:
                return
            audience.answer(int(line))


if __name__ == "__main__":
    main()
