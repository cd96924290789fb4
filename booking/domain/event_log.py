"""Reading the log of visits: what of it stands. Pure: no database, no Django."""

from collections.abc import Iterable
from typing import Protocol, TypeVar


class Logged(Protocol):
    kind: str


Event = TypeVar("Event", bound=Logged)

UNDONE = "undone"
# Events that leave a visit in the state it was in.
WITHOUT_STATE = ("prioritised", "item_done")


def standing(events: Iterable[Event]) -> list[Event]:
    """The events of one visit, in order, without those that were undone."""
    stand: list[Event] = []
    for event in events:
        if event.kind == UNDONE:
            del stand[-1:]
        else:
            stand.append(event)
    return stand
