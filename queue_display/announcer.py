"""Tells the other processes that a queue has changed. Never fails the change itself."""

import asyncio
import logging
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from .groups import QUEUE_CHANGED, office_group

logger = logging.getLogger(__name__)

# How long a clerk may wait, in seconds, for a channel layer that does not answer. The hubs
# ask the database anyway, so nothing is lost by giving up.
GIVE_UP_AFTER = 1.0


def announce_change(*, office_id: UUID, **_signal: Any) -> None:
    """Receiver of ``queue_changed``, which is sent after the commit."""
    try:
        async_to_sync(_send)(office_id)
    except Exception as error:  # the channel layer may fail in any way, the call stands
        logger.warning("channel layer: change of office %s not announced: %r", office_id, error)


async def _send(office_id: UUID) -> None:
    message = {"type": QUEUE_CHANGED}
    async with asyncio.timeout(GIVE_UP_AFTER):
        await get_channel_layer().group_send(office_group(office_id), message)
