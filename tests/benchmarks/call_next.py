"""Calling the next: clerks who press keys far quicker than people do, and without a pause."""

from typing import Any

from .client import Clients
from .http_load import ask
from .rows import Row
from .rush import p95
from .stage import ConditionBroken, Stage, cpu_seconds

CLERKS = 12
QUEUE = 300
CALLS = 600
ACTIONS = ("begin", "finish")
# Between key presses, in seconds: each clerk serves somebody every second and a half.
PAUSE = 0.5
MILLISECONDS = 40


def call_next(stage: Stage) -> list[Row]:
    """No two clerks get the same person, and nobody waits for the answer."""
    calls = stage.count(CALLS)
    town = stage.town("call_next")
    world = town.build(counters=CLERKS, clerks=CLERKS)
    town.do("waiting", office=world["office"], count=QUEUE + 2 * calls + CLERKS)
    web = town.installation.web()
    web.start()
    for _ in range(8):
        ask(web, {"path": "/api/v1/authorities"})

    def work(count: int, pause: float = 0) -> dict[str, Any]:
        return Clients(
            "clerks", url=web.url, office=world["office"], clerks=world["clerks"],
            counters=world["counters"], pages=False, pause=pause, calls=count,
            actions=ACTIONS,
        ).wait()  # fmt: skip

    work(CLERKS)
    before = cpu_seconds(web.process.pid)
    done = work(calls)
    web_cpu = cpu_seconds(web.process.pid) - before
    unhurried = work(calls // 2, PAUSE)
    if len(set(done["called"])) != calls:
        raise ConditionBroken(f"{calls} calls got {len(set(done['called']))} people")
    milliseconds = round(p95(unhurried, "next"), 1)
    every = done["milliseconds"]["next"]
    return [
        Row(
            "call next",
            f"p95 of {calls // 2} calls by {CLERKS} clerks at once, over HTTP, each followed by "
            f"begin and finish, {PAUSE} s between key presses; never fewer than {QUEUE} waiting; "
            "2 processes",
            "",
            ratio=milliseconds,
            target=f"≤ {MILLISECONDS} ms",
            reached=milliseconds <= MILLISECONDS,
            raw={
                "calls/s without a pause": round(calls / done["seconds"], 1),
                "p50 ms without a pause": round(sorted(every)[len(every) // 2], 1),
                "p95 ms without a pause": round(p95(done, "next"), 1),
                "called twice": 0,
                "web CPU ms each, with begin and finish": round(1000 * web_cpu / calls, 2),
            },
        )
    ]
