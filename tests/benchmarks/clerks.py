"""Clerks at work: look at the desk, call the next, begin, finish or park – each request timed."""

import asyncio
import json
import random
import sys
import time
from collections import defaultdict
from typing import Any

from .client import Connection, closed_input


class Clerk:
    """Works until ``calls`` are used up by all together, or nobody waits."""

    def __init__(self, task: dict[str, Any], number: int, log: "Log") -> None:
        self.task = task
        self.log = log
        self.counter = task["counters"][number]
        self.connection = Connection(task["url"])
        self.random = random.Random(number)
        known = task["clerks"][number]
        self.token = {"Authorization": f"Bearer {known['token']}"}
        self.session = {"Cookie": f"sessionid={known['session']}"}

    async def work(self) -> None:
        await self._do("open", "POST", f"/api/v1/counters/{self.counter}/open", self.token)
        while self.log.calls_left > 0:
            self.log.calls_left -= 1
            if self.task["pages"]:
                await self._do("page", "GET", f"/desk/{self.task['office']}/queue/", self.session)
                await self._think()
            called = await self._do(
                "next", "POST", f"/api/v1/counters/{self.counter}/next", self.token
            )
            if not called:
                return
            visit = json.loads(called)["visit"]["id"]
            self.log.called.append(visit)
            for action in self.task["actions"]:
                await self._think()
                await self._do(action, "POST", f"/api/v1/visits/{visit}/{action}", self.token)

    async def _think(self) -> None:
        """The pause on average: people do not press keys in step, nor at equal distances."""
        await asyncio.sleep(self.task["pause"] * self.random.uniform(0.5, 1.5))

    async def _do(self, name: str, method: str, path: str, known: dict[str, str]) -> bytes:
        begun = time.perf_counter()
        status, answer = await self.connection.request(method, path, **known)
        self.log.milliseconds[name].append(1000 * (time.perf_counter() - begun))
        self.log.statuses[status] += 1
        if status not in (200, 204):
            raise RuntimeError(f"{name}: {status} {answer[:500]!r}")
        return answer


class Log:
    """What all of them met."""

    def __init__(self, calls: int) -> None:
        self.calls_left = calls
        self.milliseconds: dict[str, list[float]] = defaultdict(list)
        self.statuses: dict[int, int] = defaultdict(int)
        self.called: list[str] = []


async def main(task: dict[str, Any]) -> None:
    log = Log(task["calls"])
    clerks = [Clerk(task, number, log) for number in range(len(task["clerks"]))]
    begun = time.perf_counter()
    work = [asyncio.create_task(clerk.work()) for clerk in clerks]
    told = asyncio.create_task(closed_input())

    async def leave() -> None:
        await told
        log.calls_left = 0

    leaving = asyncio.create_task(leave())
    await asyncio.gather(*work)
    seconds = time.perf_counter() - begun
    print(
        json.dumps(
            {
                "seconds": seconds,
                "milliseconds": log.milliseconds,
                "statuses": log.statuses,
                "called": log.called,
            }
        ),
        flush=True,
    )
    await leaving


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.stdin.readline())))
