"""Cost against size, measured and drawn: ``python -m tests.benchmarks plots``."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from tests.installation import ROOT

from .displays import Bare, Room
from .stage import Stage

IMAGES = ROOT / "docs" / "img"
VAR = ROOT / "var"
DOCUMENT = VAR / "bench_plots.json"
TIMES = 50
BOOKINGS = (1_000, 5_000, 20_000, 100_000, 500_000)
HORIZONS = (7, 31, 62, 120, 180)
OFFICES = (1, 10, 50, 100, 200, 400)
DISPLAYS = (50, 200, 500, 1000, 2000, 3000)
WAITING = 100
CALLS = 9

# By size: figures in milliseconds by the name of the line.
Points = dict[int, dict[str, float]]


def bookings(stage: Stage) -> Points:
    return _costs(stage, BOOKINGS, lambda size: {"appointments": size})


def horizon(stage: Stage) -> Points:
    return _costs(stage, HORIZONS, lambda size: {"horizon_days": size, "appointments": 1000})


def offices(stage: Stage) -> Points:
    return _costs(stage, OFFICES, lambda size: {"offices": size, "appointments": 1000})


def displays(stage: Stage) -> Points:
    sizes = chosen(stage, DISPLAYS)
    points: Points = {size: {} for size in sizes}
    for name, daphnes, redis in (("one Daphne", 1, False), ("two Daphnes, Redis", 2, True)):
        room = Room(stage, f"plot_{daphnes}", daphnes=daphnes, redis=redis)
        for size in sizes:
            audience = room.audience(size)
            room.call(audience)
            points[size][name] = median(room.call(audience) for _ in range(CALLS))
            audience.end()
        message = room.message
        stage.clear()
    for size in sizes:
        bare = Bare(size)
        bare.send(message)
        points[size]["bare websockets server"] = median(bare.send(message) for _ in range(CALLS))
        bare.end()
    return points


def _costs(stage: Stage, sizes: Sequence[int], task_of: Callable[[int], dict[str, Any]]) -> Points:
    points: Points = {}
    for size in chosen(stage, sizes):
        town = stage.town(f"plot_{size}")
        world = town.build(**task_of(size), clerks=1)
        town.do("waiting", office=world["office"], count=WAITING)
        points[size] = town.do("cost", world=world, times=stage.count(TIMES))
        stage.clear()
    return points


def chosen(stage: Stage, sizes: Sequence[int]) -> Sequence[int]:
    """All of them, or the smallest where it need only be seen that it works."""
    return sizes[:2] if stage.quick else sizes


PLOTS: dict[str, tuple[Callable[[Stage], Points], str]] = {
    "bookings": (bookings, "appointments past and future"),
    "horizon": (horizon, "days that can be booked ahead"),
    "offices": (offices, "offices in the installation, 12 counters each"),
    "displays": (displays, "displays of one office"),
}


def make(stage: Stage, names: Sequence[str]) -> None:
    """Measure and draw; what was measured before of other plots stays written down."""
    document = json.loads(DOCUMENT.read_text()) if DOCUMENT.exists() else {}
    for name in names or PLOTS:
        print(f"plot: {name}", file=sys.stderr, flush=True)
        measure, axis = PLOTS[name]
        points = measure(stage)
        document[name] = points
        DOCUMENT.parent.mkdir(exist_ok=True)
        DOCUMENT.write_text(json.dumps(document, indent=2))
        draw(axis, points, (VAR if stage.quick else IMAGES) / f"performance-{name}.svg")


def draw(axis: str, points: Points, path: Path) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    # The same figures make the same file.
    mpl.rcParams |= {"svg.hashsalt": "schalter", "svg.fonttype": "none", "font.size": 10}
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    sizes = sorted(points)
    for line in points[sizes[0]]:
        axes.plot(sizes, [points[size][line] for size in sizes], marker="o", label=line)
    axes.set_xscale("log")
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.minorticks_off()
    axes.set_ylim(bottom=0)
    axes.set_xlabel(axis)
    axes.set_ylabel("milliseconds, median")
    axes.grid(axis="y", alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
