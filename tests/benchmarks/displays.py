"""From a clerk's call to the last display in the room; and what a display costs that waits."""

import re
import time
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

import psutil

from .client import Clients
from .http_load import post
from .rows import Row, at_most
from .stage import Stage, cpu_seconds

SIZES = (200, 1000, 3000)
CALLS = 9
TIMES_BARE, AT_SIZE = 5, 3000
MILLISECONDS, OF_SIZE = 50, 200
WAITING = 100
FEW, MANY = 20, 3000
IDLE_SECONDS = 20
KIB = 40
# Of the 60,000 a core has: nothing that can be noticed.
MS_PER_MINUTE = 1
VERSION = "SELECT version FROM booking_queue"


class Audience(Clients):
    """Displays in a process of their own, each with its path, shared out among the ports."""

    def __init__(self, paths: Sequence[str], *ports: int) -> None:
        addresses = [("127.0.0.1", port) for port in ports]
        super().__init__("audience", addresses=addresses, paths=paths)
        self.connected_after = self.hear()["seconds"]

    def wait_for(self, version: int) -> dict[str, Any]:
        self.tell(version)
        return self.hear()


class Room:
    """An office whose calls displays show."""

    def __init__(self, stage: Stage, name: str, *, daphnes: int, redis: bool) -> None:
        self.town = stage.town(name, **({} if redis else {"REDIS_URL": ""}))
        self.world = self.town.build(clerks=1, displays=stage.count(FEW + MANY))
        self.free = list(self.world["displays"])
        self.town.do("waiting", office=self.world["office"], count=WAITING)
        self.sockets = [self.town.installation.sockets() for _ in range(daphnes)]
        # Without Redis only the process that is told of a call can tell its displays.
        self.web = self.town.installation.web() if redis else self.sockets[0]
        for program in {*self.sockets, self.web}:
            program.start()
        self.token = self.world["clerks"][0]["token"]
        self.counter = self.world["counters"][0]
        post(self.web, f"counters/{self.counter}/open", self.token)
        self.message = ""

    def audience(self, size: int) -> Audience:
        """So many displays; each device is one of them."""
        paths = [f"/ws/display/?token={token}" for token in self.free[:size]]
        return Audience(paths, *(program.port for program in self.sockets))

    def call(self, audience: Audience) -> float:
        """Milliseconds from the clerk's answer to the last display."""
        version = self.town.execute(VERSION)[0][0]
        audience.wait_for(version)
        visit = post(self.web, f"counters/{self.counter}/next", self.token)["visit"]["id"]
        answered = time.monotonic()
        shown = audience.wait_for(version + 1)
        self.message = shown["message"]
        post(self.web, f"visits/{visit}/park", self.token)
        post(self.web, f"visits/{visit}/unpark", self.token)
        return 1000 * (shown["last"] - answered)


class Bare:
    """The limit: a server that does nothing but send the same bytes on."""

    def __init__(self, size: int) -> None:
        self.server = Clients("bare_server")
        self.audience = Audience(["/"] * size, self.server.hear())
        self.version = 0

    def send(self, message: str) -> float:
        """Milliseconds until the last has it."""
        self.version += 1
        self.server.tell(re.sub(r'"version": \d+', f'"version": {self.version}', message))
        before = self.server.hear()
        return 1000 * (self.audience.wait_for(self.version)["last"] - before)

    def end(self) -> None:
        self.audience.end()
        self.server.end()


def call_to_displays(stage: Stage) -> Iterator[Row]:
    """A room full of displays, or a thousand rooms, show a call before anybody looks up."""
    embedded = Room(stage, "one_daphne", daphnes=1, redis=False)
    for size in SIZES:
        yield _row(stage, embedded, size, "one Daphne, in-memory layer")
    stage.clear()
    two = Room(stage, "two_daphnes", daphnes=2, redis=True)
    for size in SIZES:
        yield _row(stage, two, size, "two Daphnes, Redis, call over gunicorn")


def _row(stage: Stage, room: Room, planned: int, where: str) -> Row:
    size = stage.count(planned)
    audience, bare = room.audience(size), Bare(size)
    room.call(audience)
    calls, sent = [], []
    for _ in range(max(3, stage.count(CALLS))):
        calls.append(room.call(audience))
        sent.append(bare.send(room.message))
    audience.end()
    bare.end()
    milliseconds, limit = median(calls), median(sent)
    ratio = median(call / least for call, least in zip(calls, sent, strict=True))
    if planned == OF_SIZE:
        against = at_most(MILLISECONDS, milliseconds)
    elif planned == AT_SIZE:
        against = at_most(TIMES_BARE, ratio)
    else:
        against = {"ratio": round(ratio, 2), "target": "", "reached": None}
    return Row(
        f"call to {size:,} displays, {where}",
        "ms from the clerk's HTTP answer until the last display has the number"
        + (", as a multiple of the limit" if planned != OF_SIZE else ""),
        "a bare websockets server that broadcasts the same bytes",
        **against,
        raw={
            "ms": round(milliseconds, 1),
            "slowest ms": round(max(calls), 1),
            "bare ms": round(limit, 1),
            "times bare": round(ratio, 2),
            "bytes": len(room.message),
            "connected after s": round(audience.connected_after, 1),
        },
    )


def idle_displays(stage: Stage) -> list[Row]:
    """A display that waits costs next to nothing."""
    room = Room(stage, "idle", daphnes=1, redis=True)
    daphne, count = room.sockets[0].process.pid, len(room.free) - FEW
    few = room.audience(FEW)
    del room.free[:FEW]
    room.call(few)
    memory, cpu = _idle(stage, daphne)
    many = room.audience(count)
    room.call(many)
    memory_of_all, cpu_of_all = _idle(stage, daphne)
    many.end()
    few.end()
    kib = (memory_of_all - memory) / count / 1024
    milliseconds = (cpu_of_all - cpu) / count
    raw = {
        "MiB with few": round(memory / 2**20, 1),
        f"MiB with {count}": round(memory_of_all / 2**20, 1),
        "CPU ms/min with few": round(cpu),
        f"CPU ms/min with {count}": round(cpu_of_all),
        "connected after s": round(many.connected_after, 1),
    }
    return [
        Row(
            "memory per idle display",
            f"KiB, resident in one Daphne: {count} more displays",
            "",
            **at_most(KIB, kib),
            raw=raw,
        ),
        Row(
            "CPU per idle display",
            f"ms/min of one Daphne, {count} displays with a sign of life every ten seconds",
            "a core's 60,000 ms/min",
            **at_most(MS_PER_MINUTE, milliseconds),
            raw=raw,
        ),
    ]


def _idle(stage: Stage, process_id: int) -> tuple[int, float]:
    """Resident bytes, and CPU milliseconds a minute, once nothing happens any more."""
    time.sleep(stage.seconds(5))
    before = cpu_seconds(process_id)
    seconds = max(10.0, stage.seconds(IDLE_SECONDS))
    time.sleep(seconds)
    used = cpu_seconds(process_id) - before
    return psutil.Process(process_id).memory_info().rss, 1000 * used * 60 / seconds
