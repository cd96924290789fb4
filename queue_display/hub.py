"""One hub per process: the sockets of an office share one subscription and one snapshot.

A room of the hub reads an office's state when the channel layer announces a change, builds
it once, and writes it to every local socket. It also asks the database for the version
every few seconds, so that a dead channel layer only costs seconds, and repeats the state as
a sign of life, so that a socket that hears nothing knows that it is cut off.
"""

import asyncio
import logging
import random
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer

from booking.domain.devices import mark_all_seen

from .groups import office_group
from .snapshot import OfficeState, office_state, queue_version

logger = logging.getLogger(__name__)


class Subscriber(Protocol):
    """A socket. Gets the state after joining, after each change, and as a sign of life."""

    # The display's device and the visitor's ticket; None on other sockets.
    device_id: UUID | None
    ticket_id: UUID | None

    async def state_changed(self, state: OfficeState) -> None:
        """Must not leave the hub; to end the socket is enough."""


@dataclass(frozen=True)
class Rhythm:
    """All in seconds."""

    gather: float = 0.02  # changes this close together share one snapshot
    poll: float = 5
    sign_of_life: float = 10  # clients call themselves stale after 15
    seen: float = 60
    subscribe_again: float = 3600  # layers forget members after a day
    retry: float = 1  # of the channel layer, doubled up to the following
    retry_at_most: float = 30


class Hub:
    """The rooms of one process. Make one more for a test, with its own rhythm."""

    def __init__(self, rhythm: Rhythm = Rhythm()) -> None:
        self.rhythm = rhythm
        self.rooms: dict[UUID, Room] = {}

    async def join(self, office_id: UUID, subscriber: Subscriber) -> None:
        """From now on ``subscriber`` hears of the office, beginning with its present state."""
        room = self.rooms.get(office_id)
        if room is None:
            room = self.rooms[office_id] = Room(office_id, self.rhythm)
        room.add(subscriber)

    async def leave(self, office_id: UUID, subscriber: Subscriber) -> None:
        """The last one to leave ends the subscription."""
        room = self.rooms.get(office_id)
        if room is None:
            return
        room.subscribers.discard(subscriber)
        if not room.subscribers:
            del self.rooms[office_id]
            await room.close()


class Room:
    """The local sockets of one office."""

    def __init__(self, office_id: UUID, rhythm: Rhythm) -> None:
        self.office_id = office_id
        self.rhythm = rhythm
        self.subscribers: set[Subscriber] = set()
        self._newcomers: set[Subscriber] = set()
        self._news = asyncio.Event()
        self._shown: tuple[int, str] | None = None
        self._alive_until = self._seen_until = 0.0
        self._tasks = [asyncio.create_task(self._publish()), asyncio.create_task(self._listen())]

    def add(self, subscriber: Subscriber) -> None:
        self.subscribers.add(subscriber)
        self._newcomers.add(subscriber)
        self._news.set()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks, timeout=2)

    # From the database to the sockets --------------------------------------------------

    async def _publish(self) -> None:
        while True:
            await self._wait_for_news()
            try:
                await self._refresh()
            except Exception as error:  # the database is away: clients see the silence
                logger.warning("office %s: state not read: %r", self.office_id, error)
                self._alive_until = _now() + self.rhythm.poll

    async def _wait_for_news(self) -> None:
        with suppress(TimeoutError):
            patience = min(self.rhythm.poll, max(0.0, self._alive_until - _now()))
            await asyncio.wait_for(self._news.wait(), patience)
            await asyncio.sleep(self.rhythm.gather)

    async def _refresh(self) -> None:
        announced = self._news.is_set()
        self._news.clear()
        newcomers = set(self._newcomers)
        repeat = _now() >= self._alive_until
        if not (announced or newcomers or repeat) and await self._is_current():
            return
        tickets = {one.ticket_id for one in self.subscribers if one.ticket_id}
        state = await database_sync_to_async(office_state)(self.office_id, tickets)
        self._newcomers -= newcomers
        changed = self._shown != (state.version, state.display)
        if changed or repeat:
            self._alive_until = _now() + self.rhythm.sign_of_life
        self._shown = (state.version, state.display)
        await self._tell(self.subscribers if changed or repeat else newcomers, state)
        await self._note_displays()

    async def _is_current(self) -> bool:
        version = await database_sync_to_async(queue_version)(self.office_id)
        return self._shown is not None and self._shown[0] == version

    async def _tell(self, subscribers: set[Subscriber], state: OfficeState) -> None:
        for subscriber in list(subscribers):
            try:
                await subscriber.state_changed(state)
            except Exception as error:  # one broken socket is not the others' problem
                logger.warning("office %s: a socket failed: %r", self.office_id, error)

    async def _note_displays(self) -> None:
        if _now() < self._seen_until:
            return
        self._seen_until = _now() + self.rhythm.seen
        devices = [one.device_id for one in self.subscribers if one.device_id]
        if devices:
            await database_sync_to_async(mark_all_seen)(devices)

    # From the channel layer ------------------------------------------------------------

    async def _listen(self) -> None:
        self._retry = self.rhythm.retry
        while True:
            try:
                await self._receive()
            except Exception as error:  # it may fail in any way; meanwhile the poll goes on
                logger.warning("channel layer: office %s not heard: %r", self.office_id, error)
            await asyncio.sleep(self._retry * random.uniform(0.5, 1))  # noqa: S311
            self._retry = min(2 * self._retry, self.rhythm.retry_at_most)

    async def _receive(self) -> None:
        layer = get_channel_layer()
        group = office_group(self.office_id)
        channel = await layer.new_channel()
        heard = None
        try:
            await layer.group_add(group, channel)
            self._retry = self.rhythm.retry
            while True:
                # What happened before this moment may have been missed.
                self._news.set()
                heard = asyncio.ensure_future(layer.receive(channel))
                while not (await asyncio.wait([heard], timeout=self.rhythm.subscribe_again))[0]:
                    await layer.group_add(group, channel)
                heard.result()
        finally:
            if heard is not None:
                heard.cancel()
                await asyncio.gather(heard, return_exceptions=True)
            with suppress(Exception):
                await layer.group_discard(group, channel)


def _now() -> float:
    return asyncio.get_running_loop().time()


hub = Hub()
