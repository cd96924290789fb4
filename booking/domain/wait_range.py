"""A forecast wait as the range that is told: rounded to what a person would say. Pure."""

from collections.abc import Iterable
from datetime import timedelta
from math import ceil, floor, inf
from typing import NamedTuple

from .forecast import Wait

# Below this nobody plans anything; beyond the other, minutes pretend to know too much.
SOON, FAR = 5, 60
NO_TIME = timedelta()
# A range's ends are multiples of so many minutes.
STEPS = ((30, 5), (inf, 10))


class WaitRange(NamedTuple):
    """Minutes; ``high`` is ``None`` where nobody can say how much longer it may take."""

    low: int
    high: int | None


def told_range(wait: Wait | None) -> WaitRange | None:
    """The range of a wait, or ``None`` where it is unknown or says nothing.

    The ends are rounded outwards, so that no more is promised than was forecast.
    """
    if wait is None or wait.middle == inf:
        return None
    if wait.high <= SOON:
        return WaitRange(0, SOON)
    low = _down(wait.low)
    high = None if wait.high == inf else _up(wait.high)
    if low < FAR and (high is None or high > 2 * FAR):
        return WaitRange(low, None) if low else None
    return WaitRange(low, high)


def misses_target(wait: Wait | None, target: timedelta, *, waited: timedelta = NO_TIME) -> bool:
    """Whether who has ``waited`` so long will probably wait longer than the target; unknown: no."""
    if wait is None or wait.middle == inf:
        return False
    return waited + timedelta(minutes=wait.middle) > target


def widest(waits: Iterable[Wait | None]) -> Wait | None:
    """One wait that holds for all of them; ``None`` where one is unknown or there are none."""
    known = list(waits)
    if not known or None in known:
        return None
    lows, middles, highs = zip(*known, strict=True)
    return Wait(min(lows), max(middles), max(highs))


def _step(minutes: float) -> int:
    return next(step for bound, step in STEPS if minutes <= bound)


def _down(minutes: float) -> int:
    step = _step(minutes)
    return floor(minutes / step) * step


def _up(minutes: float) -> int:
    step = _step(minutes)
    return ceil(minutes / step) * step
