"""Sockets whose client does not read: they are cut off before what waits for them piles up.

ASGI has no back-pressure for sockets, and Daphne keeps whatever a client has not taken. Its
pings find a silent client only after most of a minute, and none that talks without reading.
"""

import logging
import socket
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from twisted.internet.tcp import Connection

logger = logging.getLogger(__name__)

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]

# Bytes. A state has about one KiB: nobody who reads is ever so far behind.
IN_THE_KERNEL = 64 * 1024
IN_THE_PROCESS = 128 * 1024


class SlowReadersAreCutOff:
    """Wraps the application of the sockets. Under another server than Daphne it does nothing."""

    def __init__(self, application: Callable[..., Awaitable[None]]) -> None:
        self.application = application

    async def __call__(self, scope: Message, receive: Callable[..., Any], send: Send) -> None:
        connection = _connection_behind(send)
        if connection is None:
            await self.application(scope, receive, send)
            return
        # Left alone the kernel takes in several MiB for each socket.
        connection.getHandle().setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, IN_THE_KERNEL)

        async def send_unless_behind(message: Message) -> None:
            if _unsent(connection) <= IN_THE_PROCESS:
                await send(message)
            elif connection.connected:
                logger.warning("a socket does not read and is cut off")
                connection.abortConnection()

        await self.application(scope, receive, send_unless_behind)


def _connection_behind(send: Send) -> Connection | None:
    """Daphne gives the application ``partial(handle_reply, protocol)``."""
    if not isinstance(send, partial) or not send.args:
        return None
    connection = getattr(send.args[0], "transport", None)
    return connection if isinstance(connection, Connection) else None


def _unsent(connection: Connection) -> int:
    """The bytes that the kernel has not taken yet."""
    return len(connection.dataBuffer) - connection.offset + connection._tempDataLen
