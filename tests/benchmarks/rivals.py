"""Processes that claim places of one office at once; run in the town's environment.

``claim`` is the claim alone in a transaction as holding makes it, ``hold`` the whole of
``hold_appointment``; both go on for so many seconds. ``fill`` claims until each process has
been refused at every start.
"""

import json
import multiprocessing
import random
import sys
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import django

django.setup()

from django.db import transaction  # noqa: E402

from booking.domain.capacity import find_room, taking  # noqa: E402
from booking.domain.errors import SlotTaken  # noqa: E402
from booking.domain.grid import raise_grid_version, use_slots_of  # noqa: E402
from booking.domain.holding import hold_appointment  # noqa: E402
from booking.domain.items import Item  # noqa: E402
from booking.models import Office, OpeningHours  # noqa: E402

FORKED = multiprocessing.get_context("fork")


class Rival:
    """One process: a connection of its own and a chance of its own."""

    def __init__(self, task: dict[str, Any], number: int) -> None:
        self.chance = random.Random(number)
        self.office = Office.objects.get(pk=task["office"])
        self.starts = [datetime.fromisoformat(start) for start in task["starts"]]
        self.minutes = task["minutes"]
        self.series: dict[int, OpeningHours] = {
            one.weekday: one for one in self.office.opening_hours.all()
        }
        self.items = [Item(self.office.offerings.order_by("position").first(), 1)]

    def claim(self, start: datetime, minutes: int) -> bool:
        span = self.series[start.weekday()], start + timedelta(minutes=minutes)
        try:
            with transaction.atomic():
                use_slots_of(self.office.pk)
                room = find_room([span], start)
                raise_grid_version(self.office.pk, after=[taking(room.slots)])
        except SlotTaken:
            return False
        return True

    def hold(self, start: datetime, _minutes: int) -> bool:
        try:
            hold_appointment(office=self.office, items=self.items, start=start)
        except SlotTaken:
            return False
        return True

    def go_on(self, kind: str, seconds: float) -> tuple[int, int]:
        """How many claims were granted and refused."""
        # The last unit of a day has no room for a long appointment: that is no refusal.
        longest = timedelta(minutes=max(self.minutes) - 10)
        ends = {start + timedelta(minutes=10) for start in self.starts}
        starts = [start for start in self.starts if start + longest + UNIT in ends]
        act = getattr(self, kind)
        granted = refused = 0
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if act(self.chance.choice(starts), self.chance.choice(self.minutes)):
                granted += 1
            else:
                refused += 1
        return granted, refused

    def fill(self) -> tuple[int, int]:
        granted = refused = 0
        for minutes in sorted(self.minutes, reverse=True):
            left: Sequence[datetime] = self.starts
            while left:
                start = self.chance.choice(left)
                if self.claim(start, minutes):
                    granted += 1
                else:
                    refused += 1
                    left = [one for one in left if one != start]
        return granted, refused


UNIT = timedelta(minutes=10)


def run(number: int) -> tuple[int, int]:
    rival = Rival(TASK, number)
    LINE.wait(60)
    return rival.fill() if TASK["kind"] == "fill" else rival.go_on(TASK["kind"], TASK["seconds"])


if __name__ == "__main__":
    TASK = json.load(sys.stdin)
    LINE = FORKED.Barrier(TASK["clients"])
    with FORKED.Pool(TASK["clients"]) as pool:
        outcomes = pool.map(run, range(TASK["clients"]), chunksize=1)
    print(
        json.dumps(
            {
                "claims": sum(granted for granted, _refused in outcomes),
                "refused": sum(refused for _granted, refused in outcomes),
                "seconds": TASK["seconds"],
            }
        )
    )
