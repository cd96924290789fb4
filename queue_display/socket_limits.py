"""Limits that a socket application cannot set itself: what a client may send or leave unread.

ASGI has no back-pressure for sockets. Daphne keeps whatever a client has not taken, and takes
messages of a MiB; its pings find a silent client only after most of a minute, and none that
talks without reading. So this reaches behind ``send``, to Daphne's own connection.
"""

import logging
import socket
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from daphne.ws_protocol import WebSocketProtocol
from twisted.internet.tcp import Connection

logger = logging.getLogger(__name__)

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]

# All in bytes. Nobody has anything to say to us.
MESSAGE_LENGTH_AT_MOST = 1024
# In several frames, and for what we send as well.
WHOLE_MESSAGE_AT_MOST = 64 * 1024
# A state has about a KiB: nobody who reads is ever so far behind.
UNREAD_IN_THE_KERNEL = 64 * 1024
UNREAD_IN_THE_PROCESS = 128 * 1024


class SocketLimits:
    """Wraps the application of the sockets. Under another server than Daphne it does nothing."""

    def __init__(self, application: Callable[..., Awaitable[None]]) -> None:
        self.application = application

    async def __call__(self, scope: Message, receive: Callable[..., Any], send: Send) -> None:
        protocol = _protocol_behind(send)
        if protocol is None:
            await self.application(scope, receive, send)
            return
        connection: Connection = protocol.transport
        protocol.maxFramePayloadSize = MESSAGE_LENGTH_AT_MOST
        protocol.maxMessagePayloadSize = WHOLE_MESSAGE_AT_MOST
        # Left alone the kernel takes in several MiB for each socket.
        handle = connection.getHandle()
        handle.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNREAD_IN_THE_KERNEL)

        async def send_unless_behind(message: Message) -> None:
            if _unsent(connection) <= UNREAD_IN_THE_PROCESS:
                await send(message)
            elif connection.connected:
                logger.warning("a socket does not read and is cut off")
                connection.abortConnection()

        await self.application(scope, receive, send_unless_behind)


def _protocol_behind(send: Send) -> WebSocketProtocol | None:
    """Daphne gives an application ``partial(handle_reply, protocol)``."""
    if not isinstance(send, partial) or not send.args:
        return None
    protocol = send.args[0]
    if isinstance(protocol, WebSocketProtocol) and isinstance(protocol.transport, Connection):
        return protocol
    return None


def _unsent(connection: Connection) -> int:
    """The bytes that the kernel has not taken yet."""
    return len(connection.dataBuffer) - connection.offset + connection._tempDataLen
