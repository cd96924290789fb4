"""The order of calling against other orders, over the same simulated days.

    python -m tests.benchmarks.orders [--seed 1] [--days 250] [--plot]

prints the tables of ``docs/queue.md`` and draws its picture. A day is a list of guests
with their own arrival and service time, the same for every order; only who is called next
differs. Times are minutes after opening.
"""

import argparse
import heapq
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import inf
from statistics import fmean, quantiles
from typing import NamedTuple

from booking.domain.call_order import Priority, Waits, due
from tests.installation import ROOT

OPENING = datetime(2026, 11, 24, 7, tzinfo=UTC)
IMAGE = ROOT / "docs" / "img" / "queue-order.svg"
WAITS = Waits(grace=10, late=15, target=30, assisted=10, urgent=0, returned=5)
OPEN_MINUTES = 480
# What each counter serves: two serve everything, three only some matters.
COUNTERS = ({0, 1, 2}, {0, 1, 2}, {0, 1}, {0, 2}, {1})
# Mean minutes of a matter, and how often people come for it.
MATTERS = ((10, 0.5), (15, 0.35), (25, 0.15))
LOADS = {"quiet": 0.75, "normal": 0.9, "crowded": 1.05}
BOOKED_SHARE = 0.6
NO_SHOWS = 0.12
# Appointments that may begin at the same time.
PLACES_A_UNIT = 3
# A clerk who calls somebody absent waits this long (Rostock and Berlin report two to three).
VAIN_CALL = 2
VAIN_CALLS_AT_MOST = 3


@dataclass
class Guest:
    """``comes`` is when they are there, ``inf`` for a no-show; ``start`` of an appointment."""

    comes: float
    start: float | None
    priority: Priority
    matter: int
    takes: float
    called: float = inf
    vain_calls: list[float] = field(default_factory=list)

    @property
    def counts_from(self) -> float:
        """From when on waiting is lateness: the appointment, unless they came after it."""
        return self.comes if self.start is None else max(self.start, self.comes)

    @property
    def waited(self) -> float:
        return max(0.0, self.called - self.counts_from)


# Orders: a key by which the least is called next, or None for whom cannot be called now.
Key = tuple[float, ...]
Order = Callable[[Guest, float], Key | None]


def by_due_time(waits: Waits) -> Order:
    """Ours: :mod:`booking.domain.call_order` itself."""

    def order(guest: Guest, now: float) -> Key | None:
        if guest.comes > now:
            return None
        place = due(
            arrived_at=OPENING + timedelta(minutes=guest.comes),
            appointment=None if guest.start is None else OPENING + timedelta(minutes=guest.start),
            priority=guest.priority,
            waits=waits,
        )
        return (place.at.timestamp(), guest.comes)

    return order


def first_come(guest: Guest, now: float) -> Key | None:
    return (guest.comes,) if guest.comes <= now else None


def appointments_first(guest: Guest, now: float) -> Key | None:
    if guest.comes > now:
        return None
    return (1, guest.comes) if guest.start is None else (0, guest.start)


def zms(guest: Guest, now: float) -> Key | None:
    """As in the public source of ZMS (it-at-m/eappointment, ``QueueList``): appointments count
    as present and come first from two minutes before their time, then walk-ins as they came;
    whoever was called in vain is left out for five minutes. After the third time they are
    noted as missed, and wait like a walk-in should they still come.
    """
    if guest.start is None or len(guest.vain_calls) == VAIN_CALLS_AT_MOST:
        return (1, guest.comes) if guest.comes <= now else None
    if guest.vain_calls and now < guest.vain_calls[-1] + 5:
        return None
    if guest.start <= now + 2:
        return (0, guest.start)
    # Nobody else is there: somebody who has come early may be asked in.
    return (2, guest.start) if guest.comes <= now else None


def zms_with_check_in(guest: Guest, now: float) -> Key | None:
    """The same order if it knew who is there: what of ZMS's waits is the order's alone."""
    return zms(guest, now) if guest.comes <= now else None


ORDERS: dict[str, Order] = {
    "due time, target wait 30 min": by_due_time(WAITS),
    "due time, target wait 60 min": by_due_time(WAITS._replace(target=60)),
    "first come, first served": first_come,
    "appointments first": appointments_first,
    "ZMS": zms,
    "ZMS, if it had check-in": zms_with_check_in,
}


# The office's dial: how long people without an appointment may wait by its own rule.
TARGETS: dict[str, Order] = {
    f"target wait {minutes} min": by_due_time(
        WAITS._replace(target=minutes, assisted=min(minutes, WAITS.assisted))
    )
    for minutes in (0, 15, 30, 60, 120)
}


# A day -----------------------------------------------------------------------------


def make_day(chance: random.Random, load: float) -> list[Guest]:
    """Appointments every ten minutes, walk-ins mostly in the morning; more as ``load`` rises.

    So many come that the counters are busy for ``load`` of the opening hours.
    """
    mean = sum(minutes * share for minutes, share in MATTERS)
    come = load * len(COUNTERS) * OPEN_MINUTES / mean
    places = [10 * unit for unit in range(OPEN_MINUTES // 10) for _ in range(PLACES_A_UNIT)]
    booked = chance.sample(places, round(BOOKED_SHARE * come / (1 - NO_SHOWS)))
    day = [_booked(chance, start) for start in booked]
    return day + [_walk_in(chance) for _ in range(round((1 - BOOKED_SHARE) * come))]


def _booked(chance: random.Random, start: float) -> Guest:
    is_absent = chance.random() < NO_SHOWS
    comes = max(0.0, start + chance.gauss(-7, 8))
    matter, takes = _matter(chance)
    return Guest(inf if is_absent else comes, start, Priority.NORMAL, matter, takes)


def _walk_in(chance: random.Random) -> Guest:
    comes = OPEN_MINUTES * chance.betavariate(1.3, 2)
    classes = [Priority.URGENT, Priority.ASSISTED, Priority.NORMAL]
    (priority,) = chance.choices(classes, [0.01, 0.06, 0.93])
    matter, takes = _matter(chance)
    return Guest(comes, None, priority, matter, takes)


def _matter(chance: random.Random) -> tuple[int, float]:
    (matter,) = chance.choices(range(len(MATTERS)), [share for _minutes, share in MATTERS])
    mean, spread = MATTERS[matter][0], 0.5
    return matter, mean * chance.lognormvariate(-(spread**2) / 2, spread)


# Playing it ------------------------------------------------------------------------


class Played(NamedTuple):
    guests: list[Guest]
    # Minutes in which a counter served nobody although somebody it can serve was waiting.
    idle: float


def play(day: Sequence[Guest], order: Order, counters: Sequence[set[int]] = COUNTERS) -> Played:
    """The day with that order: everybody who comes is served, if need be after closing."""
    guests = [Guest(g.comes, g.start, g.priority, g.matter, g.takes) for g in day]
    waiting = list(guests)
    # Until when a counter is taken, and whether by somebody.
    taken = [(0.0, False)] * len(counters)
    moments = [0.0, *_moments_of(guests)]
    heapq.heapify(moments)
    idle = before = 0.0
    while moments and waiting:
        now = heapq.heappop(moments)
        idle += (now - before) * _idle_counters(taken, counters, waiting, before, now)
        before = now
        for number, matters in enumerate(counters):
            if taken[number][0] > now:
                continue
            taken[number] = (now, False)
            guest = _next(waiting, matters, order, now)
            if guest is None:
                continue
            if guest.comes <= now:
                waiting.remove(guest)
                guest.called = now
                taken[number] = (now + guest.takes, True)
            else:
                guest.vain_calls.append(now)
                taken[number] = (now + VAIN_CALL, False)
                heapq.heappush(moments, now + 5)
            heapq.heappush(moments, taken[number][0])
    return Played([guest for guest in guests if guest.comes < inf], idle)


def _moments_of(guests: Sequence[Guest]) -> Iterator[float]:
    for guest in guests:
        if guest.comes < inf:
            yield guest.comes
        if guest.start is not None:
            yield max(0.0, guest.start - 2)


def _next(waiting: list[Guest], matters: set[int], order: Order, now: float) -> Guest | None:
    keys = [(order(guest, now), guest) for guest in waiting if guest.matter in matters]
    return min(
        ((key, guest) for key, guest in keys if key is not None),
        key=lambda pair: pair[0],
        default=(None, None),
    )[1]


def _idle_counters(
    taken: Sequence[tuple[float, bool]],
    counters: Sequence[set[int]],
    waiting: Sequence[Guest],
    before: float,
    now: float,
) -> int:
    """How many counters serve nobody between two moments although somebody is there for them."""
    here = {guest.matter for guest in waiting if guest.comes <= before}
    return sum(
        bool(here & matters)
        for (until, serves), matters in zip(taken, counters, strict=True)
        if not (serves and until >= now)
    )


# Figures ---------------------------------------------------------------------------


class Figures(NamedTuple):
    """Minutes: of appointments after their time, of everybody else since they came."""

    appointment_mean: float
    appointment_p90: float
    appointment_worst: float
    walk_in_mean: float
    walk_in_p90: float
    walk_in_worst: float
    assisted_mean: float
    # A day.
    idle: float


def compare(orders: dict[str, Order], seed: int, days: int, load: float) -> dict[str, Figures]:
    """The figures of every order over the same days."""
    chance = random.Random(seed)
    several = [make_day(chance, load) for _ in range(days)]
    return {name: _figures([play(day, order) for day in several]) for name, order in orders.items()}


def _figures(played: Sequence[Played]) -> Figures:
    guests = [guest for one in played for guest in one.guests]
    booked = [guest.waited for guest in guests if guest.start is not None]
    walk_ins = [guest.waited for guest in guests if guest.start is None]
    preferred = [guest.waited for guest in guests if guest.priority != Priority.NORMAL]
    return Figures(
        *_spread(booked), *_spread(walk_ins), fmean(preferred), fmean(one.idle for one in played)
    )


def _spread(minutes: Sequence[float]) -> tuple[float, float, float]:
    return fmean(minutes), quantiles(minutes, n=10)[-1], max(minutes)


def table(figures: dict[str, Figures]) -> str:
    heads = (
        "order",
        *(f"{who} {what}" for who in ("booked", "walk-in") for what in ("mean", "p90", "worst")),
        "priority mean",
        "idle a day",
    )
    rows = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for name, row in figures.items():
        rows.append(f"| {name} | " + " | ".join(f"{minutes:.1f}" for minutes in row) + " |")
    return "\n".join(rows)


def draw(results: dict[str, dict[str, Figures]]) -> None:
    """Bars: what nine of ten people wait at most, and what counters lose."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams["svg.hashsalt"] = "queue-order"
    from matplotlib import pyplot

    panels = {
        "appointment_p90": "With appointment: called after its time\n(9 of 10 at most, minutes)",
        "walk_in_p90": "Without: wait since arrival\n(9 of 10 at most, minutes)",
        "idle": "Counters idle while somebody waits\n(minutes a day)",
    }
    colours = ["#1e5fa8", "#7fb0e0", "#8fa3b5", "#c3ccd4", "#b3541e", "#e0a98a"]
    figure, axes = pyplot.subplots(1, 3, figsize=(11, 4.2), layout="constrained")
    for axis, (name, title) in zip(axes, panels.items(), strict=True):
        for place, (order, colour) in enumerate(zip(ORDERS, colours, strict=True)):
            heights = [getattr(figures[order], name) for figures in results.values()]
            places = [load + (place - 2.5) * 0.14 for load in range(len(results))]
            axis.bar(places, heights, 0.13, color=colour, label=order)
        axis.set_title(title, fontsize=10)
        axis.set_xticks(range(len(results)), list(results))
        axis.spines[["top", "right"]].set_visible(False)
        axis.grid(axis="y", color="#e5e5e5")
        axis.set_axisbelow(True)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False, fontsize=9)
    figure.savefig(IMAGE, metadata={"Date": None})


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare orders of calling.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=int, default=250, help="simulated days of each load")
    parser.add_argument("--plot", action="store_true", help=f"draw {IMAGE.name}")
    asked = parser.parse_args()
    results = {}
    for name, load in LOADS.items():
        results[name] = compare(ORDERS, asked.seed, asked.days, load)
        print(f"\n{name}: {load:.0%} of what the counters can do\n\n{table(results[name])}")
    dial = compare(TARGETS, asked.seed, asked.days, LOADS["normal"])
    print(f"\nnormal, by the office's target wait\n\n{table(dial)}")
    if asked.plot:
        draw(results)


if __name__ == "__main__":
    main()
