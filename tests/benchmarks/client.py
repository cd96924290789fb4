"""A small HTTP client: it must cost little, because it runs on the machine that it measures.

And how a process of clients is started and ended: its task is a line of JSON on standard input,
it goes on until that closes, and prints what it found as JSON.
"""

import asyncio
import json
import subprocess
import sys
from contextlib import suppress
from typing import Any, ClassVar

from tests.installation import ROOT


class Connection:
    """One client, whose connection stays open."""

    def __init__(self, url: str) -> None:
        self.host, _colon, port = url.removeprefix("http://").partition(":")
        self.port = int(port)
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def request(
        self, method: str, path: str, *, body: Any = None, **headers: str
    ) -> tuple[int, bytes]:
        """Status and content. ``body`` is sent as JSON, ``_`` in a header's name as ``-``."""
        if self.streams is None:
            self.streams = await asyncio.open_connection(self.host, self.port, limit=2**20)
        reader, writer = self.streams
        content = b"" if body is None else json.dumps(body).encode()
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {self.host}:{self.port}",
            f"Content-Length: {len(content)}",
            *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
        ]
        if body is not None:
            lines.append("Content-Type: application/json")
        writer.write("\r\n".join([*lines, "\r\n"]).encode() + content)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin1").lower()
        status = int(head.split(" ", 2)[1])
        length = head.partition("content-length:")[2].partition("\r\n")[0]
        answer = await reader.readexactly(int(length or 0))
        if "connection: close" in head:
            self.close()
        return status, answer

    def close(self) -> None:
        if self.streams is not None:
            self.streams[1].close()
            self.streams = None


async def closed_input() -> None:
    """Ends when standard input does."""
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


class Clients:
    """A process of clients, or of what serves them."""

    running: ClassVar[list["Clients"]] = []

    def __init__(self, module: str, **task: Any) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", f"tests.benchmarks.{module}"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip
        self.running.append(self)
        self.tell(json.dumps(task))

    def tell(self, line: object) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def hear(self) -> Any:
        """The next line it prints."""
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.process.args[-1]} said nothing")
        return json.loads(line)

    def wait(self) -> Any:
        """What it prints once it has done its task."""
        found = self.hear()
        self.end()
        return found

    def stop(self) -> Any:
        """Tell it to end; what it prints."""
        assert self.process.stdin
        self.process.stdin.close()
        return self.wait()

    @classmethod
    def end_all(cls) -> None:
        """Whatever a row that failed has left."""
        for clients in list(cls.running):
            clients.end()

    def end(self) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.running.remove(self)
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
