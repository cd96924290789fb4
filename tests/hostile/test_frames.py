"""Frames that break RFC 6455, on the line to a real Daphne."""

import os
import socket
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.db import connection

from tests.installation import Installation, Program

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

# Seconds; longer than any honest answer takes on a busy machine.
PATIENCE = 20

MASK = b"\x00\x00\x00\x00"
FRAMES = {
    "text that is no UTF-8": b"\x81\x82" + MASK + b"\xff\xfe",
    "half a letter": b"\x81\x81" + MASK + b"\xc3",
    "without a mask": b"\x81\x02ab",
    "reserved bits": b"\xf1\x81" + MASK + b"a",
    "an unknown kind": b"\x83\x81" + MASK + b"a",
    "the rest of nothing": b"\x80\x81" + MASK + b"a",
    "a ping too long": b"\x89\xfe\x00\xff" + MASK + b"a" * 255,
    "a ping in parts": b"\x09\x81" + MASK + b"a",
    "eight exabytes": b"\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff" + MASK,
    "a length below zero": b"\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff" + MASK,
    "a close with half a code": b"\x88\x81" + MASK + b"\x03",
    "a close with a code of nobody": b"\x88\x82" + MASK + b"\x00\x01",
    "half a frame": b"\x81\xfe\x01",
    "no frame at all": b"GET / HTTP/1.1\r\n\r\n" * 20,
}
KEY = "dGhlIHNhbXBsZSBub25jZQ=="


@pytest.fixture
def daphne(tmp_path: Path) -> Iterator[Program]:
    """A Daphne beside the test, on the test's own database."""
    server = os.environ["DATABASE_URL"].rpartition("/")[0]
    name = connection.settings_dict["NAME"]
    with Installation(
        tmp_path, DATABASE_URL=f"{server}/{name}", REDIS_URL=os.environ["REDIS_URL"]
    ) as schalter:
        program = schalter.sockets()
        program.start()
        yield program


def handshake(path: str, port: int) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    asked = {
        "Host": f"127.0.0.1:{port}", "Upgrade": "websocket", "Connection": "Upgrade",
        "Sec-WebSocket-Key": KEY, "Sec-WebSocket-Version": "13",
    }  # fmt: skip
    head = "".join(f"{name}: {value}\r\n" for name, value in asked.items())
    line.sendall(f"GET {path} HTTP/1.1\r\n{head}\r\n".encode())
    assert b" 101 " in line.recv(4096)
    return line


def is_alive(daphne: Program) -> bool:
    with urllib.request.urlopen(f"{daphne.url}/health", timeout=PATIENCE) as answer:
        return answer.status == 200


def test_no_frame_on_the_line_breaks_the_server(town, daphne):
    path = f"/ws/ticket/{town.visit.pk}/"
    for frame in FRAMES.values():
        with handshake(path, daphne.port) as line:
            # The server may have hung up before all of it is said.
            with suppress(OSError):
                line.sendall(frame)
                line.shutdown(socket.SHUT_WR)
            while heard(line):
                pass
        assert is_alive(daphne)
    assert "Traceback" not in daphne.log.read_text(errors="replace")


def heard(line: socket.socket) -> bytes:
    """What the server still says; nothing once it has hung up. Fails where it does not."""
    try:
        return line.recv(65536)
    except ConnectionError:
        return b""
