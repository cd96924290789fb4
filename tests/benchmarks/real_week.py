"""A week of six towns, replayed: their bookings, cancellations and publications, in order."""

import os
from pathlib import Path

from booking.simulation.week import EVENTS, OFFICES
from tests.installation import ROOT

from .rows import Row
from .stage import ConditionBroken, Stage

PROCESSES = 4


def real_week(stage: Stage) -> list[Row]:
    """At the end exactly those times are free that were free in those towns."""
    folder = Path(os.environ.get("SHARED_DATA") or ROOT.parent / "shared" / "data").absolute()
    if not all((folder / name).exists() for name in (EVENTS, OFFICES)):
        return [
            Row("real week", f"not measured: no {EVENTS} in {folder.name}/", "", None, "", None)
        ]
    town = stage.town("real_week")
    found = town.do(
        "replay", folder=str(folder), processes=PROCESSES, seconds=15 if stage.quick else None
    )
    if found["differences"] or (found["rows"] != found["of"] and not stage.quick):
        raise ConditionBroken(
            f"{len(found['differences'])} times differ from the real week's: "
            f"{found['differences'][:3]}"
        )
    acts = found["acts"]
    return [
        Row(
            "real week",
            f"events/s of {found['of']:,} in {found['offices']} offices, through the domain "
            f"functions in {PROCESSES} processes; at the end free slots equal the real ones",
            "",
            ratio=round(found["rows"] / found["seconds"], 1),
            target="free slots equal",
            reached=True,
            raw={
                "events": found["rows"],
                "seconds": round(found["seconds"], 1),
                "bookings": acts["book"],
                "cancellations": acts["cancel"],
                "days published": acts["publish"],
            },
        )
    ]
