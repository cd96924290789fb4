"""WebSocket clients that behave as no browser would: they flood, or never read."""

import base64
import os
import resource
import socket
import struct
from contextlib import suppress

TEXT, CLOSE, PONG = 0x1, 0x8, 0xA
FINAL, MASKED = 0x80, 0x80


class RawSocket:
    """One connection. ``buffer`` bytes are all that its own machine takes in unread."""

    def __init__(self, port: int, path: str, *, buffer: int = 0, seconds: float = 30) -> None:
        self.socket = socket.socket()
        self.socket.settimeout(seconds)
        if buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.socket.connect(("127.0.0.1", port))
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        # Not a byte further than the handshake: what follows stays unread.
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            if not (byte := self.socket.recv(1)):
                raise ConnectionError(f"no handshake: {answer!r}")
            answer += byte

    def send(self, kind: int, payload: bytes = b"") -> None:
        """A whole frame, masked with zeros. Raises ``OSError`` where the server has hung up."""
        length = len(payload)
        if length < 126:
            size = bytes([MASKED | length])
        elif length < 1 << 16:
            size = bytes([MASKED | 126]) + struct.pack(">H", length)
        else:
            size = bytes([MASKED | 127]) + struct.pack(">Q", length)
        self.socket.sendall(bytes([FINAL | kind]) + size + bytes(4) + payload)

    def is_dropped(self) -> bool:
        """Whether the server has ended the connection, found out without reading."""
        with suppress(OSError):
            self.send(PONG)
            return False
        return True

    def close_code(self) -> int | None:
        """Read until the server closes: with which code; ``None`` where it just hung up."""
        received = b""
        with suppress(OSError):
            while chunk := self.socket.recv(65536):
                received += chunk
        return next(iter(_close_codes(received)), None)

    def close(self) -> None:
        self.socket.close()


def _close_codes(frames: bytes) -> list[int]:
    codes = []
    while len(frames) >= 2:
        kind, length, begin = frames[0] & 0x0F, frames[1], 2
        if length == 126:
            length, begin = struct.unpack(">H", frames[2:4])[0], 4
        payload = frames[begin : begin + length]
        if kind == CLOSE and len(payload) >= 2:
            codes.append(struct.unpack(">H", payload[:2])[0])
        frames = frames[begin + length :]
    return codes


def allow_open_files(count: int) -> None:
    """Let this process, and those it starts, have so many; raises ``ValueError`` if it may not."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))
