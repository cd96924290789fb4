"""Who is next, and why. Pure: no database, no Django.

Every visit has one due time and the earliest is called first among those a counter can
serve. A due time never changes by waiting, only by what the staff decide; the rule comes
with the time, so that what a desk gives as the reason is what decided. Whoever arrives once
somebody's due time and the grace have passed cannot come before them: nobody starves. The
rule fits on a sign on the wall.

All times are aware, all waits are minutes.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple


class Priority(StrEnum):
    """The classes of priority, the most pressing first."""

    URGENT = "urgent"
    ASSISTED = "assisted"
    NORMAL = "normal"


class Rule(StrEnum):
    """What set a due time."""

    ON_TIME = "on_time"
    LATE = "late"
    TARGET = "target"
    SERVICE = "service"
    ASSISTED = "assisted"
    URGENT = "urgent"
    RETURNED = "returned"


class Waits(NamedTuple):
    """An office's minutes: ``urgent <= assisted <= target``."""

    grace: int
    late: int
    target: int
    assisted: int
    urgent: int
    returned: int


class Due(NamedTuple):
    """When somebody's turn is due, and by which rule."""

    at: datetime
    rule: Rule


def due(
    *,
    arrived_at: datetime,
    appointment: datetime | None,
    priority: Priority,
    waits: Waits,
    targets: Collection[int | None] = (),
) -> Due:
    """When somebody is due who arrived at that time, with the start of their appointment or none.

    With an appointment: its start, also for whoever comes early or late within the grace;
    later than that, arrival plus the late wait. Without one: arrival plus the target wait, of
    several services the shortest. A class of priority has a wait of its own, and counts only
    where it leads to an earlier time.

    ``targets``: the target wait of each service they come for, ``None`` for the office's.
    """
    place = _without_priority(arrived_at, appointment, waits, targets)
    if priority == Priority.NORMAL:
        return place
    wait = waits.urgent if priority == Priority.URGENT else waits.assisted
    preferred = Due(arrived_at + timedelta(minutes=wait), Rule(priority.value))
    return min(preferred, place, key=lambda one: one.at)


def _without_priority(
    arrived_at: datetime,
    appointment: datetime | None,
    waits: Waits,
    targets: Collection[int | None],
) -> Due:
    if appointment is None:
        wait = shortest_target(targets, waits)
        rule = Rule.TARGET if wait == waits.target else Rule.SERVICE
        return Due(arrived_at + timedelta(minutes=wait), rule)
    if arrived_at <= appointment + timedelta(minutes=waits.grace):
        return Due(appointment, Rule.ON_TIME)
    return Due(arrived_at + timedelta(minutes=waits.late), Rule.LATE)


def shortest_target(targets: Collection[int | None], waits: Waits) -> int:
    """The target wait of somebody who comes for services with these; without any the office's."""
    return min((waits.target if one is None else one for one in targets), default=waits.target)


def due_again(place: Due, *, returned_at: datetime, waits: Waits) -> Due:
    """When somebody is due who was called in vain and waits again since ``returned_at``.

    At the old place, but not before the wait of a returned visit has passed: the next call
    reaches somebody else first, and whoever was only for a moment away loses little. Who comes
    back from parking or is sent to another counter keeps the old place altogether: they were
    there when they were called.
    """
    earliest = returned_at + timedelta(minutes=waits.returned)
    return place if place.at >= earliest else Due(earliest, Rule.RETURNED)
