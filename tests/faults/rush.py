"""Many citizens who book at the same time, and what they were told against what is there."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from .clients import Booking, Citizen, wait_for

CITIZENS = 20
SECONDS = 240


def some_start(day: str) -> str:
    """A time of the day; with few to choose from, many want the same one."""
    minute = random.randrange(6 * 60, 17 * 60, 10)
    return f"{day}T{minute // 60:02}:{minute % 60:02}"


class Place(Protocol):
    """Where they book: the offices of a town, and what its database holds."""

    offices: list[dict[str, Any]]

    def ask(self, name: str, *arguments: object) -> Any:
        """What a function of ``tests.faults.town`` answers."""


class Rush:
    """Citizens who book until ``count`` bookings are made; every tenth only holds a time."""

    def __init__(self, town: Place, count: int, *urls: str) -> None:
        self.town, self.count = town, count
        self.office = town.offices[0]
        # A day of its own, so that there is room.
        self.day = self.office["days"].pop()
        self.before = {one["id"] for one in town.ask("report")["appointments"]}
        self.bookings: list[Booking] = []
        self.citizens = [Citizen(self.office, *urls) for _ in range(CITIZENS)]

    @property
    def confirmed(self) -> list[Booking]:
        return [one for one in self.bookings if one.told == "confirmed"]

    def begin(self) -> None:
        self.threads = ThreadPoolExecutor(CITIZENS)
        self.running = [self.threads.submit(self._keep_booking, one) for one in self.citizens]

    def wait_for_half(self) -> None:
        wait_for(lambda: len(self.confirmed) > self.count // 2, SECONDS, "half of the bookings")

    def finish(self) -> None:
        """Wait for the last booking."""
        for citizen in self.running:
            citizen.result(SECONDS)
        self.threads.shutdown()

    def _keep_booking(self, citizen: Citizen) -> None:
        while len(self.confirmed) < self.count:
            act = citizen.hold if random.random() < 0.1 else citizen.book
            self.bookings.append(act(some_start(self.day)))

    def broken(self) -> int:
        """How many requests ended without an answer."""
        return sum(citizen.browser.statuses()[0] for citizen in self.citizens)

    def statuses(self) -> Counter[int]:
        return sum((citizen.browser.statuses() for citizen in self.citizens), Counter())

    def compare_with_database(self) -> None:
        """What citizens were told is what the database holds, no more and no less."""
        rows = {
            one["id"]: one
            for one in self.town.ask("report")["appointments"]
            if one["id"] not in self.before and one["office_id"] == self.office["id"]
        }
        told = {"confirmed": "booked", "held": "held"}
        promised = {one.id: told[one.told] for one in self.bookings if one.told in told}
        assert len(promised) == sum(one.told in told for one in self.bookings)
        assert {pk: row["state"] for pk, row in rows.items()} == promised
        assert all(rows[one.id]["code"] == one.code for one in self.confirmed)

        self.town.ask("lapse_holds")
        left = self.town.ask("report")
        assert left["wrong_slots"] == []
        states = {one["id"]: one["state"] for one in left["appointments"]}
        assert {states[one.id] for one in self.confirmed} == {"booked"}
        assert "held" not in states.values()
