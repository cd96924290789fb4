"""Clients that open sockets by the hundred, flood them, or never read: a real Daphne, no nginx.

Meanwhile an honest display must hear of every ticket that is drawn.
"""

import asyncio
import json
import logging
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from uuid import uuid4

import psutil
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from queue_display.groups import CROWDED, DEVICE_UNKNOWN, TOO_TALKATIVE
from queue_display.socket_limits import UNREAD_IN_THE_KERNEL, UNREAD_IN_THE_PROCESS
from tests.installation import Installation, Program

from .raw_sockets import TEXT, RawSocket, allow_open_files
from .small_town import SmallTown, make_small_town

# Sockets one display may open here; the product's own limit is for a town's many screens.
LIMIT = 50
MIB = 1024 * 1024
TOO_BIG = 1009
# Seconds until a change is on an honest display, however many others are at the door.
SOON = 10
QUICK = 300
# SQLite does not mind its length; with it, states fill a buffer in seconds rather than minutes.
LONG_NOTICE = "from booking.models import Office; Office.objects.update(notice='x' * {})"
MANY = 5000


@dataclass
class Place:
    """A running Daphne and the town behind it. ``honest`` is a display nobody else uses."""

    installation: Installation
    town: SmallTown
    daphne: Program

    @property
    def honest(self) -> str:
        return self.address(self.town.displays[0])

    def address(self, token: str) -> str:
        return f"ws://127.0.0.1:{self.daphne.port}{self.path(token)}"

    def path(self, token: str) -> str:
        return f"/ws/display/?token={token}"

    @property
    def memory(self) -> float:
        """What Daphne holds, in MiB."""
        return psutil.Process(self.daphne.process.pid).memory_info().rss / MIB

    async def draw(self) -> None:
        """Somebody draws a ticket at the kiosk."""
        with self.town.at_the_kiosk(self.daphne.url) as kiosk:
            await asyncio.to_thread(self.town.draw_ticket, kiosk)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The embedded default, SQLite and one process: what a flood can hurt most."""
    allow_open_files(MANY + 1000)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    folder = tmp_path_factory.mktemp("sockets")
    with Installation(folder, SOCKETS_PER_DISPLAY=str(LIMIT)) as installation:
        town = make_small_town(installation)
        daphne = installation.sockets()
        daphne.start()
        with town.at_the_kiosk(daphne.url) as kiosk:
            town.draw_ticket(kiosk)  # the first request loads what all later ones use
        yield Place(installation, town, daphne)


async def next_state(display: ClientConnection, *, waiting: int, within: float = SOON) -> float:
    """How many seconds until the display shows so many waiting people."""
    begun = time.monotonic()
    async with asyncio.timeout(within):
        while json.loads(await display.recv())["waiting"] < waiting:
            pass
    return time.monotonic() - begun


async def close_code(socket: ClientConnection, within: float = 30) -> int:
    """Read on until the server closes."""
    async with asyncio.timeout(within):
        with suppress(ConnectionClosed):
            async for _message in socket:
                pass
    return socket.close_code or 0


async def hears_of_a_ticket(place: Place) -> float:
    """A fresh display shows the present, then the next ticket; the seconds that took."""
    async with connect(place.honest) as display:
        async with asyncio.timeout(SOON):
            waiting = json.loads(await display.recv())["waiting"]
        drawn = asyncio.create_task(place.draw())
        seconds = await next_state(display, waiting=waiting + 1)
        await drawn
    return seconds


async def open_many(address: str, count: int) -> list[ClientConnection]:
    """Connect so often, a hundred at a time. A busy server may turn some away by itself."""
    opened: list[ClientConnection] = []
    for _ in range(0, count, 100):
        hundred = (
            connect(address, ping_interval=None, open_timeout=60, max_queue=None)
            for _ in range(100)
        )
        answers = await asyncio.gather(*hundred, return_exceptions=True)
        opened += [one for one in answers if isinstance(one, ClientConnection)]
    assert len(opened) > count / 2
    return opened


async def one_key_opens_many(place: Place, count: int) -> None:
    before = place.memory
    sockets = await open_many(place.address(place.town.displays[1]), count)
    try:
        async with asyncio.timeout(60):
            while len(still_open := [one for one in sockets if one.close_code is None]) > LIMIT:
                await asyncio.sleep(0.1)
        assert {one.close_code for one in sockets} == {CROWDED, None}
        # The newest are served as before, and so is everybody else.
        seconds = await hears_of_a_ticket(place)
        assert all(one.close_code is None for one in still_open)
        assert len(still_open) == LIMIT
        print(
            f"{len(sockets)} opened, {LIMIT} stay, {place.memory - before:.0f} MiB more, "
            f"the honest display waits {seconds * 1000:.0f} ms"
        )
    finally:
        await asyncio.gather(*(one.close() for one in sockets))


async def test_one_display_keeps_its_newest_sockets_and_others_are_served(place):
    await one_key_opens_many(place, QUICK)


@pytest.mark.endure
async def test_five_thousand_sockets_of_one_display_leave_room_for_others(place):
    await one_key_opens_many(place, MANY)


async def strangers_knock(place: Place, count: int) -> float:
    """So many unpaired displays, all turned away; by how many KiB each Daphne has grown."""
    before = place.memory
    for _ in range(0, count, 100):
        sockets = await open_many(place.address(f"stranger-{uuid4()}"), 100)
        codes = await asyncio.gather(*(close_code(one) for one in sockets))
        assert set(codes) == {DEVICE_UNKNOWN}
    assert await hears_of_a_ticket(place) < SOON
    return (place.memory - before) * 1024 / count


async def test_strangers_are_turned_away_and_leave_nothing_behind(place):
    await strangers_knock(place, QUICK)  # whatever grows once has grown
    each = await strangers_knock(place, QUICK)
    print(f"{each:.1f} KiB for each stranger")
    assert each < 16  # a MiB more or less is the weather of 300


@pytest.mark.endure
async def test_five_thousand_strangers_leave_nothing_behind(place):
    await strangers_knock(place, QUICK)
    each = await strangers_knock(place, MANY)
    print(f"{each:.1f} KiB for each stranger")
    assert each < 4


async def test_whoever_talks_much_is_closed(place):
    path = place.path(place.town.displays[1])
    with closing(RawSocket(place.daphne.port, path)) as sender:
        for _ in range(101):
            sender.send(TEXT, b"Is it my turn?")
        assert await asyncio.to_thread(sender.close_code) == TOO_TALKATIVE
    assert await hears_of_a_ticket(place) < SOON


async def test_frames_of_a_mebibyte_are_not_taken_in(place):
    """Who sends them is hung up on at the frame's head, with everything else unread."""
    before = place.memory
    path = place.path(place.town.displays[1])

    def flood() -> None:
        with ExitStack() as stack:
            senders = [
                stack.enter_context(closing(RawSocket(place.daphne.port, path))) for _ in range(40)
            ]
            for sender in senders:
                with suppress(OSError):  # hung up before the frame was out
                    sender.send(TEXT, b"x" * MIB)
            # In the middle of a frame not everybody gets to read the reason.
            assert {sender.close_code() for sender in senders} <= {TOO_BIG, None}
            assert all(sender.is_dropped() for sender in senders)

    await asyncio.gather(asyncio.to_thread(flood), hears_of_a_ticket(place))
    grown = place.memory - before
    print(f"{grown:.1f} MiB more after 40 frames of a MiB")
    assert grown < 10


async def slow_readers_are_dropped(place: Place, count: int, notice: int, within: float) -> None:
    """They never read, but send signs of life, so that no ping gives them away."""
    place.installation.manage("shell", "--no-imports", "-c", LONG_NOTICE.format(notice))
    path = place.path(place.town.displays[2])
    slow = [RawSocket(place.daphne.port, path, buffer=4096) for _ in range(count)]
    dropped: set[int] = set()
    before, sent, begun = place.memory, 0, time.monotonic()
    try:
        async with connect(place.honest) as display:
            async with asyncio.timeout(SOON):
                waiting = json.loads(await display.recv())["waiting"]
            while len(dropped) < count:
                assert time.monotonic() - begun < within, f"{count - len(dropped)} still there"
                for _ in range(20):
                    await place.draw()
                    waiting, sent = waiting + 1, sent + 1
                    await next_state(display, waiting=waiting)
                dropped |= {n for n, one in enumerate(slow) if one.is_dropped()}
        grown = place.memory - before
        allowed = count * (UNREAD_IN_THE_PROCESS + UNREAD_IN_THE_KERNEL) / MIB + 20
        print(
            f"{count} slow readers dropped after {sent} states and "
            f"{time.monotonic() - begun:.1f} s, {grown:.1f} MiB more (up to {allowed:.0f})"
        )
        assert grown < allowed
    finally:
        for one in slow:
            one.close()


async def test_slow_readers_are_dropped_before_memory_grows(place):
    await slow_readers_are_dropped(place, 20, notice=5000, within=120)


@pytest.mark.endure
async def test_slow_readers_are_dropped_at_ordinary_states_too(place):
    await slow_readers_are_dropped(place, LIMIT, notice=200, within=180)
