"""Tells the other processes that a queue has changed. Never fails or delays the change itself."""

import asyncio
import logging
import threading
from functools import cache
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import InMemoryChannelLayer, get_channel_layer

from .groups import QUEUE_CHANGED, office_group

logger = logging.getLogger(__name__)

# Seconds after which a channel layer that does not answer is given up. The hubs ask the
# database anyway, so nothing is lost by it.
GIVE_UP_AFTER = 1.0
# After a restart of Redis the first message on an old connection fails.
ATTEMPTS = 2


def announce_change(*, office_id: UUID, **_signal: Any) -> None:
    """Receiver of ``queue_changed``, which is sent after the commit.

    A layer in memory belongs to the loop that serves its sockets, so it is waited for. Any
    other is told from a loop of our own: the clerk waits for nothing, and its connection
    serves every change of the process.
    """
    if isinstance(get_channel_layer(), InMemoryChannelLayer):
        async_to_sync(_announce)(office_id)
    else:
        asyncio.run_coroutine_threadsafe(_announce(office_id), _own_loop())


async def _announce(office_id: UUID) -> None:
    try:
        async with asyncio.timeout(GIVE_UP_AFTER):
            await _send(office_id)
    except Exception as error:  # the channel layer may fail in any way, the call stands
        logger.warning("channel layer: change of office %s not announced: %r", office_id, error)


async def _send(office_id: UUID) -> None:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            message = {"type": QUEUE_CHANGED}
            await get_channel_layer().group_send(office_group(office_id), message)
        except Exception:
            if attempt == ATTEMPTS:
                raise
        else:
            return


@cache
def _own_loop() -> asyncio.AbstractEventLoop:
    """Runs in a thread for as long as the process does; begun with the first change."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="announcer", daemon=True).start()
    return loop
