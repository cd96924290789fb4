"""Everybody at once: so many clients look for a time, hold it and confirm it, or try another."""

import asyncio
import json
import os
import random
import sys
import time
from collections import defaultdict
from typing import Any

from .client import Connection, closed_input

DETAILS = {"name": "A Citizen", "email": "citizen@example.org", "phone": ""}


class Crowd:
    """What came of it, for all together."""

    def __init__(self, task: dict[str, Any]) -> None:
        self.task = task
        self.office = f"/api/v1/offices/{task['office']}"
        self.statuses: dict[int, int] = defaultdict(int)
        self.held_at: list[float] = []
        self.answered_at: list[float] = []
        self.winners: list[str] = []
        self.lost = 0
        self.holds = 0

    async def citizen(self) -> None:
        connection = Connection(self.task["url"])
        held = await self._hold(connection)
        if held is None:
            self.lost += 1
        else:
            self.held_at.append(time.perf_counter())
            path = f"/api/v1/appointments/{held['id']}/confirm"
            secret = {"X_Appointment_Secret": held["secret"]}
            status, _answer = await self._ask(connection, "POST", path, DETAILS, **secret)
            if status == 200:
                self.winners.append(held["id"])
        self.answered_at.append(time.perf_counter())
        connection.close()

    async def _hold(self, connection: Connection) -> dict[str, Any] | None:
        """What is held in the end, from one free time to the next while there are any."""
        starts = await self._free(connection)
        while starts:
            body = {
                "offerings": [{"id": self.task["offering"]}],
                "start": random.choice(starts),
            }
            status, answer = await self._ask(
                connection, "POST", f"{self.office}/appointments", body
            )
            self.holds += 1
            if status == 201:
                return json.loads(answer)
            starts = json.loads(answer).get("alternatives", [])
        return None

    async def _free(self, connection: Connection) -> list[str]:
        path = f"{self.office}/availability?offering={self.task['offering']}&days=14"
        _status, answer = await self._ask(connection, "GET", path)
        days = json.loads(answer).get("days", [])
        return [f"{day['date']}T{start}" for day in days for start in day["starts"]]

    async def _ask(
        self, connection: Connection, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, bytes]:
        status, answer = await connection.request(method, path, body=body, **headers)
        self.statuses[status] += 1
        return status, answer


async def main(task: dict[str, Any]) -> None:
    # The server is to be measured, so where there is too little for both, it goes first.
    os.nice(15)
    crowd = Crowd(task)
    begun = time.perf_counter()
    used = time.process_time()
    await asyncio.gather(*(crowd.citizen() for _ in range(task["clients"])))
    print(
        json.dumps(
            {
                "last_held": max(crowd.held_at) - begun,
                "last_answer": max(crowd.answered_at) - begun,
                "winners": crowd.winners,
                "lost": crowd.lost,
                "holds": crowd.holds,
                "statuses": crowd.statuses,
                "cpu_seconds": time.process_time() - used,
            }
        ),
        flush=True,
    )
    await closed_input()


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.stdin.readline())))
