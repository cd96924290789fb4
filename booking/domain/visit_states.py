"""Which actions are possible in which state of a visit. Pure: no database, no Django."""

from typing import NamedTuple


class Transition(NamedTuple):
    """From which states an action leads to which state, and how the log calls it."""

    sources: frozenset[str]
    target: str
    event: str


def _transition(sources: str, target: str, event: str) -> Transition:
    return Transition(frozenset(sources.split()), target, event)


TRANSITIONS = {
    "call": _transition("waiting", "called", "called"),
    "recall": _transition("called", "called", "recalled"),
    "put_back": _transition("called missed", "waiting", "returned"),
    "begin": _transition("called", "serving", "begun"),
    "finish": _transition("serving", "done", "finished"),
    "missed": _transition("called", "missed", "missed"),
    "park": _transition("waiting called serving", "parked", "parked"),
    "unpark": _transition("parked", "waiting", "unparked"),
    "prioritise": _transition("waiting", "waiting", "prioritised"),
    "transfer": _transition("waiting called serving parked", "waiting", "transferred"),
    "leave": _transition("waiting called serving parked", "left", "left"),
    "forget": _transition("waiting called serving parked", "left", "forgotten"),
}


def possible_actions(state: str) -> list[str]:
    """The actions possible in ``state``, in the order of the table."""
    return [name for name, transition in TRANSITIONS.items() if state in transition.sources]
