"""``python -m tests.benchmarks [--quick] [row …]``: measure, print the table, write it down.

A row is chosen by a part of its name; without any, all are measured. A target that is missed
is printed and nothing more; something wrong (booked twice, a fault, a deadlock) ends in 1.
``plots [plot …]`` measures and draws cost against size instead, ``--markdown`` prints what was
written down last as a table for the documentation.
"""

import argparse
import json
import resource
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.installation import ROOT

from . import (
    availability,
    booking,
    call_next,
    claims,
    displays,
    page_budget,
    plots,
    processes,
    real_week,
    rush,
)
from .client import Clients
from .rows import Row, markdown, table, verdict, write
from .stage import ConditionBroken, Stage, machine

ROWS: dict[str, Callable[[Stage], Iterable[Row]]] = {
    "availability": availability.availability,
    "availability amid bookings": availability.amid_bookings,
    "availability under history": availability.under_history,
    "booking": booking.booking,
    "rush": rush.rush,
    "claims": claims.claims,
    "call to displays": displays.call_to_displays,
    "idle displays": displays.idle_displays,
    "call next": call_next.call_next,
    "real week": real_week.real_week,
    "two processes": processes.two_processes,
    "HTTP server": processes.http_server,
    "page budget": page_budget.page_budget,
}
DOCUMENT = ROOT / "var" / "bench.json"


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("rows", nargs="*", help="parts of names of rows; all if none is given")
    parser.add_argument("--quick", action="store_true", help="shorter, only to see that it works")
    parser.add_argument("--markdown", action="store_true", help="print the last run, no other")
    chosen = parser.parse_args()
    if chosen.markdown:
        print(markdown(json.loads(DOCUMENT.read_text())))
        return 0
    raise_limit_of_open_files()
    # Told to end, it still ends the servers it has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if chosen.rows[:1] == ["plots"]:
        with stage_of(quick=chosen.quick) as stage:
            plots.make(stage, chosen.rows[1:])
        return 0
    names = [name for name in ROWS if not chosen.rows or any(part in name for part in chosen.rows)]
    if not names:
        parser.error(f"no such row; there are: {', '.join(ROWS)}")
    about = machine() | {"quick": chosen.quick}
    rows, broken = measure(names, quick=chosen.quick)
    write(rows, about, DOCUMENT)
    print(table(rows))
    for name, reason in broken.items():
        print(f"WRONG  {name}: {reason}")
    return 1 if broken else 0


def measure(names: list[str], *, quick: bool) -> tuple[list[Row], dict[str, str]]:
    """The rows, and what was wrong by the name of the row that found it."""
    rows: list[Row] = []
    broken: dict[str, str] = {}
    with stage_of(quick=quick) as stage:
        for name in names:
            print(f"bench: {name}", file=sys.stderr, flush=True)
            try:
                for row in ROWS[name](stage):
                    print(verdict(row), file=sys.stderr, flush=True)
                    rows.append(row)
            except ConditionBroken as error:
                broken[name] = str(error)
            except Exception as error:  # the other rows still say something
                traceback.print_exc()
                broken[name] = repr(error)
            Clients.end_all()
            stage.clear()
    return rows, broken


@contextmanager
def stage_of(*, quick: bool) -> Iterator[Stage]:
    with (
        tempfile.TemporaryDirectory(prefix="schalter-bench-") as folder,
        Stage(Path(folder), quick=quick) as stage,
    ):
        yield stage


def raise_limit_of_open_files() -> None:
    """Thousands of displays are as many open files, here and in the processes measured."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    sys.exit(main())
