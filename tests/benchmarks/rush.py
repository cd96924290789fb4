"""Seven in the morning: everybody wants one of too few places, and clerks go on working."""

import subprocess
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.installation import Program

from .booking import require_counted
from .client import Clients
from .http_load import ask
from .rows import Row, at_most
from .stage import ConditionBroken, Stage, Town

CLIENTS, PLACES = 500, 200
COUNTERS = 20
CLERKS = 4
# What a clerk does between two key presses, in seconds.
PAUSE = 0.05
SECONDS_WITHOUT = 10
UNTIL_STOPPED = 1_000_000
WAITING = 40
# Nobody ends, so the queue stays as long as it is.
ACTIONS = ("park", "unpark")
WINNERS = "SELECT id::text FROM booking_appointment WHERE state = 'booked'"


def rush(stage: Stage) -> list[Row]:
    """So many winners as places, nobody meets a fault, and clerks hardly notice."""
    clients, places = stage.count(CLIENTS), stage.count(PLACES)
    town = stage.town("rush")
    world = town.build(**one_day(places), clerks=CLERKS)
    town.do("waiting", office=world["office"], count=WAITING)
    # As in deploy/systemd: the public's processes leave the processors to the staff's.
    public, staff = town.installation.web(nice=10), town.installation.web(processes=1)
    public.start()
    staff.start()
    for program in (public, public, public, public, staff):
        ask(program, {"path": "/api/v1/authorities"})

    work(town, staff, world).stop_after(stage.seconds(2))
    without = work(town, staff, world).stop_after(stage.seconds(SECONDS_WITHOUT))
    clerks = work(town, staff, world)
    crowd = Clients(
        "crowd", url=public.url, office=world["office"], offering=world["offerings"][0],
        clients=clients,
    ).wait()  # fmt: skip
    during = clerks.stop()
    require_one_place_each(town, crowd, places)
    slow, usual = p95(during), p95(without)
    return [
        Row(
            "rush",
            f"{clients} clients, {places} places, all at once: clerks' p95 meanwhile, "
            "on a process of their own",
            "clerks' p95 without the rush",
            **at_most(3, slow / usual),
            raw={
                "last place gone after s": round(crowd["last_held"], 2),
                "last client answered after s": round(crowd["last_answer"], 2),
                "places": places,
                "winners": len(crowd["winners"]),
                "sent away": crowd["lost"],
                "holds tried": crowd["holds"],
                "answers": crowd["statuses"],
                "clerk p95 ms": round(slow, 1),
                "without ms": round(usual, 1),
                "clerk requests": sum(map(len, during["milliseconds"].values())),
                "crowd CPU s": round(crowd["cpu_seconds"], 2),
            },
        )
    ]


def one_day(places: int) -> dict[str, Any]:
    """Hours on a single day within the horizon, with so many places in units of ten minutes."""
    counters = min(COUNTERS, places)
    minutes = 10 * (places // counters)
    return {
        "counters": counters,
        "horizon_days": 7,
        # Any later day than tomorrow and earlier than the same weekday again.
        "weekdays": [(datetime.now(UTC) + timedelta(days=3)).weekday()],
        "opens": "08:00",
        "closes": f"{8 + minutes // 60:02}:{minutes % 60:02}",
    }


class Work(Clients):
    """Clerks who work until they are told to stop."""

    def stop_after(self, seconds: float) -> dict[str, Any]:
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        return self.stop()


def require_one_place_each(town: Town, crowd: dict[str, Any], places: int) -> None:
    """What clients were told is what the database holds, and it is as many as there were."""
    faults = [status for status in crowd["statuses"] if int(status) >= 500]
    booked = {row[0] for row in town.execute(WINNERS)}
    if faults or booked != set(crowd["winners"]) or len(booked) != places:
        raise ConditionBroken(
            f"{places} places, {len(booked)} booked, {len(crowd['winners'])} told so, "
            f"answers {crowd['statuses']}"
        )
    require_counted(town)


def work(town: Town, staff: Program, world: dict[str, Any]) -> "Work":
    return Work(
        "clerks", url=staff.url, office=world["office"], clerks=world["clerks"],
        counters=world["counters"], pages=True, pause=PAUSE, actions=ACTIONS,
        calls=UNTIL_STOPPED,
    )  # fmt: skip


def p95(work: dict[str, Any], name: str | None = None) -> float:
    """Of all requests, or of those with the name, in milliseconds."""
    kinds = work["milliseconds"]
    every = sorted(kinds[name] if name else [one for kind in kinds.values() for one in kind])
    return every[round(0.95 * (len(every) - 1))]
