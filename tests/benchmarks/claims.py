"""The claim itself, under the pages: against PostgreSQL's own limit for one guarded update."""

import re
import subprocess
from typing import Any

from tests.servers import find_postgres

from .rows import Row, at_least
from .stage import ConditionBroken, Stage, Town

SECONDS = 5
CLIENTS = 8
PAIRS = 3
COUNTERS = 12
# So many that none is ever full: then every refusal is one without reason.
BOUNDLESS = 30_000
# As pgbench reads it: one row of those with ids from :first to :last.
GUARDED_UPDATE = """\
\\set id random(:first, :last)
UPDATE booking_slot SET booked = booked + 1 WHERE id = :id AND booked < capacity;
"""


def claims(stage: Stage) -> list[Row]:
    """Claiming is not far from the least that a database can be asked for."""
    town = stage.town("claims")
    world = town.build(counters=COUNTERS)
    town.execute(f"UPDATE booking_slot SET capacity = {BOUNDLESS}, booked = 0")
    town.execute(
        f"UPDATE booking_openinghours SET counters = {BOUNDLESS}, online_counters = {BOUNDLESS}"
    )
    rows = []
    for name, of_day in (("hot day", True), ("spread", False)):
        rows.append(_against_pgbench(stage, town, world, name, of_day))
    _fill_up(stage)
    return rows


def _against_pgbench(
    stage: Stage, town: Town, world: dict[str, Any], name: str, of_day: bool
) -> Row:
    seconds = stage.seconds(SECONDS)
    starts = sorted(world["starts"])
    if of_day:
        starts = [start for start in starts if start[:10] == starts[-1][:10]]
    first, last = _ids_of(town, starts)
    deadlocks = _deadlocks(town)

    def claim(kind: str, minutes: list[int]) -> float:
        made = town.do(
            "rivals", kind=kind, office=world["office"], starts=starts, minutes=minutes,
            clients=CLIENTS, seconds=seconds,
        )  # fmt: skip
        if made["refused"]:
            raise ConditionBroken(f"{made['refused']} claims refused although there was room")
        return made["claims"] / made["seconds"]

    ratios, found, limits = [], [], []
    for _ in range(PAIRS):
        found.append(claim("claim", [10]))
        limits.append(_pgbench(town, seconds, first, last))
        ratios.append(found[-1] / limits[-1])
    longer = claim("claim", [10, 20, 30])
    holds = claim("hold", [10])
    if _deadlocks(town) > deadlocks:
        raise ConditionBroken(f"{_deadlocks(town) - deadlocks} deadlocks")
    return Row(
        f"claims, {name}",
        f"domain.capacity.claim of one unit in its transaction, {CLIENTS} processes",
        f"pgbench: one guarded update of one row, {CLIENTS} clients",
        **at_least(0.3, sorted(ratios)[len(ratios) // 2]),
        raw={
            "claims/s": round(sorted(found)[len(found) // 2]),
            "pgbench/s": round(sorted(limits)[len(limits) // 2]),
            "claims of 1 to 3 units/s": round(longer),
            "hold_appointment/s": round(holds),
            "deadlocks": 0,
            "refused without reason": 0,
        },
    )


def _fill_up(stage: Stage) -> None:
    """Claims of one to three units until nothing is left: then, and not before, all say no."""
    town = stage.town("filled")
    world = town.build(counters=COUNTERS)
    starts = sorted(world["starts"])
    starts = [start for start in starts if start[:10] == starts[-1][:10]]
    town.do(
        "rivals", kind="fill", office=world["office"], starts=starts, minutes=[10, 20, 30],
        clients=CLIENTS, seconds=60,
    )  # fmt: skip
    first, last = _ids_of(town, starts)
    free, beyond = town.execute(
        "SELECT sum(capacity - booked), count(*) FILTER (WHERE booked > capacity)"
        f" FROM booking_slot WHERE id BETWEEN {first} AND {last}"
    )[0]
    if free or beyond or _deadlocks(town):
        raise ConditionBroken(
            f"a full day: {free} places left, {beyond} slots overbooked, "
            f"{_deadlocks(town)} deadlocks"
        )


def _ids_of(town: Town, starts: list[str]) -> tuple[int, int]:
    """The slots of a day, or of all days, have ids in a row."""
    rows = town.execute(
        "SELECT min(id), max(id) FROM booking_slot"
        f" WHERE start BETWEEN '{starts[0]}' AND '{starts[-1]}'"
    )
    return rows[0]


def _deadlocks(town: Town) -> int:
    return town.execute(
        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    )[0][0]


def _pgbench(town: Town, seconds: float, first: int, last: int) -> float:
    """Transactions per second."""
    programs = find_postgres()
    assert programs is not None
    script = town.installation.folder / "guarded_update.sql"
    script.write_text(GUARDED_UPDATE)
    done = subprocess.run(
        [programs / "pgbench", "--no-vacuum", "--client", str(CLIENTS), "--jobs", "2",
         "--time", str(max(1, round(seconds))), "--file", script,
         "--define", f"first={first}", "--define", f"last={last}", town.database],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return float(re.search(r"tps = ([\d.]+)", done.stdout).group(1))
