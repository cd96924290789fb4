"""Runs a program of the installation by a clock that a test can set, as nobody can the machine's.

The product has no such door: this replaces the clock of Python and Django in the process before
the program begins. ``python -m tests.faults.jumping_clock <file> daphne …`` or ``… manage.py …``;
the file holds by how many seconds the clock is ahead. Monotonic clocks go on, as they do when a
real clock is set.
"""

import runpy
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

READ_EVERY = 0.05


def clock_of(file: Path) -> Callable[[], float]:
    """``time.time`` with what the file says added."""
    real, read_at, ahead = time.time, float("-inf"), 0.0

    def jumping() -> float:
        nonlocal read_at, ahead
        if time.monotonic() - read_at > READ_EVERY:
            read_at, ahead = time.monotonic(), float(file.read_text())
        return real() + ahead

    return jumping


def set_clock(file: Path, ahead: float) -> None:
    """Let every program that runs by ``file`` be so many seconds ahead."""
    fresh = file.with_suffix(".new")
    fresh.write_text(str(ahead))
    fresh.rename(file)


def main() -> None:
    from django.utils import timezone

    _this, file, program, *arguments = sys.argv
    time.time = clock_of(Path(file))
    timezone.now = lambda: datetime.fromtimestamp(time.time(), UTC)
    sys.argv = [program, *arguments]
    if program.endswith(".py"):
        runpy.run_path(program, run_name="__main__")
    else:
        runpy.run_module(program, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
