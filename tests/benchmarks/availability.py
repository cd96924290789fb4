"""Which times are free, over HTTP: against the same bytes from memory, and under history."""

from typing import Any

from tests.installation import Program

from .booking import hold_and_confirm, require_counted, two_updates
from .http_load import Load, Requests, ask, figures, in_turn, load, start_web
from .rows import Row, at_least
from .stage import Stage, Town

SECONDS = 4
DAYS = 62
# Before a client books one.
LOOKS = 10
FEW, MANY = 1_000, 500_000
TASK = {"counters": 12, "horizon_days": DAYS}


def availability_of(world: dict[str, Any], days: int = DAYS) -> Requests:
    chosen = "&".join(f"offering={offering}" for offering in world["offerings"])
    return [{"path": f"/api/v1/offices/{world['office']}/availability?{chosen}&days={days}"}]


def from_memory(town: Town, web: Program, requests: Requests) -> Requests:
    """The request to the view that answers the same bytes."""
    town.write_down("availability", ask(web, requests[0]))
    return [{"path": "/limits/memory/availability"}]


def availability(stage: Stage) -> list[Row]:
    """A list of times costs at most twice what sending it costs."""
    town = stage.town("availability")
    requests = availability_of(town.build(**TASK, appointments=FEW))
    web = start_web(town, town.installation.web(), requests)
    same = from_memory(town, web, requests)

    def run(asked: Requests) -> Load:
        return load(town, web, asked, stage.seconds(SECONDS))

    ratio, found, limits = in_turn(lambda: run(requests), lambda: run(same))
    size = len(ask(web, same[0]))
    return [
        Row(
            "availability",
            f"GET …/availability, {DAYS} days, 12 counters, 2 offerings, 8 clients, 2 processes",
            "a view that returns the same bytes from memory",
            **at_least(0.5, ratio),
            raw=figures("availability", found) | figures("from memory", limits) | {"bytes": size},
        )
    ]


def amid_bookings(stage: Stage) -> list[Row]:
    """What is remembered of free times is forgotten with each booking: how much that costs."""
    town = stage.town("amid_bookings")
    world = town.build(**TASK, appointments=FEW)
    times, flow = availability_of(world), hold_and_confirm(world)
    web = start_web(town, town.installation.web(), times)
    same, least = from_memory(town, web, times), two_updates(town, web, flow)

    def run(asked: Requests) -> Load:
        return load(town, web, asked, stage.seconds(SECONDS))

    ratio, found, limits = in_turn(
        lambda: run(times * LOOKS + flow), lambda: run(same * LOOKS + least)
    )
    require_counted(town)
    return [
        Row(
            "availability amid bookings",
            f"{LOOKS} times GET …/availability, then hold and confirm, from each of 8 clients",
            "the same from memory and with two updates",
            ratio=round(ratio, 3),
            target="",
            reached=None,
            raw=figures("requests", found) | figures("limit", limits),
        )
    ]


def under_history(stage: Stage) -> list[Row]:
    """What citizens see does not cost more because the office has been here for years."""
    sides = []
    for name, count in (("many", stage.count(MANY)), ("few", FEW)):
        town = stage.town(name)
        requests = availability_of(town.build(**TASK, appointments=count))
        sides.append((town, start_web(town, town.installation.web(), requests), requests))

    def run(side: tuple[Town, Program, Requests]) -> Load:
        town, web, requests = side
        return load(town, web, requests, stage.seconds(SECONDS))

    many, few = sides
    ratio, found, limits = in_turn(lambda: run(many), lambda: run(few))
    size = many[0].execute("SELECT pg_database_size(current_database()) / 1048576")[0][0]
    return [
        Row(
            "availability under history",
            f"the same at {stage.count(MANY):,} past and future appointments",
            f"at {FEW:,}",
            **at_least(0.9, ratio),
            raw=figures("many", found) | figures("few", limits) | {"many MiB": size},
        )
    ]
