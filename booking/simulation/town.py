"""A simulated town: offices, and as many days of each as asked for. Pure."""

from collections.abc import Hashable, Iterator
from datetime import date, timedelta
from random import Random

from .day import CallOrder, SimulatedDay, earliest_due, simulate
from .plan import Climate, OfficePlan, made_up_office, next_climate, with_other_times

FIRST_DAY = date(2026, 1, 5)


def made_up_town(seed: Hashable, offices: int) -> list[OfficePlan]:
    rng = Random(f"town {seed}")  # noqa: S311 - a repeatable town, no secret
    return [made_up_office(rng) for _ in range(offices)]


def days_of(
    plan: OfficePlan,
    seed: Hashable,
    days: int,
    *,
    first: date = FIRST_DAY,
    order: CallOrder = earliest_due,
    irregular: bool = False,
) -> Iterator[SimulatedDay]:
    """Working days one after another, with means that drift from one to the next.

    ``irregular``: clerks work other hours every day, so that no day tells of the next.
    """
    rng = Random(f"climate {seed}")  # noqa: S311
    climate, day = Climate(), first
    for number in range(days):
        climate = next_climate(climate, plan, rng)
        today = with_other_times(plan, rng) if irregular else plan
        yield simulate(today, f"{seed} {number}", day=day, climate=climate, order=order)
        day = next_working_day(day)


def next_working_day(day: date) -> date:
    day += timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day
