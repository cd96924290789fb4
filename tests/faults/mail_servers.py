"""Mail servers that misbehave, as real ones do, on a free port of this machine."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers import free_port

UNKNOWN_ADDRESS = "550 5.1.1 No such user here"
RELAY_DENIED = "550 5.7.1 Relaying denied"
BUSY = "421 4.3.2 Service not available, try again later"


class Mailbox:
    """Takes every mail, except where ``refusals`` names an answer for the recipient."""

    def __init__(self, refusals: dict[str, str] | None = None, everybody: str = "") -> None:
        self.refusals = refusals or {}
        self.everybody = everybody
        self.asked: list[str] = []
        self.mails: list[tuple[str, str]] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.asked.append(address)
        if refusal := self.everybody or self.refusals.get(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content)
        self.mails += [(address, message["Message-ID"]) for address in envelope.rcpt_tos]
        return "250 OK"

    @property
    def recipients(self) -> list[str]:
        return [address for address, _message_id in self.mails]


@contextmanager
def mail_server(mailbox: Mailbox, port: int | None = None) -> Iterator[int]:
    """The port of a server that delivers into ``mailbox``."""
    controller = Controller(mailbox, hostname="127.0.0.1", port=port or free_port())
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@contextmanager
def silent_server(port: int | None = None) -> Iterator[list[socket.socket]]:
    """A server that accepts connections, here listed, and never says a word."""
    held: list[socket.socket] = []
    listener = socket.create_server(("127.0.0.1", port or free_port()))

    def accept() -> None:
        with suppress(OSError):  # closed: the end
            while True:
                held.append(listener.accept()[0])

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield held
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
        for connection in held:
            connection.close()
