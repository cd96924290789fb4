import pytest

from booking.domain.visit_states import TRANSITIONS, possible_actions
from booking.models import Visit, VisitEvent


@pytest.mark.parametrize(
    ("state", "actions"),
    [
        ("waiting", ["call", "park", "prioritise", "transfer", "leave", "forget"]),
        (
            "called",
            ["recall", "put_back", "begin", "missed", "park", "transfer", "leave", "forget"],
        ),
        ("serving", ["finish", "park", "transfer", "leave", "forget"]),
        ("parked", ["unpark", "transfer", "leave", "forget"]),
        ("missed", ["put_back"]),
        ("done", []),
        ("left", []),
    ],
)
def test_what_is_possible_in_each_state(state, actions):
    assert possible_actions(state) == actions


def test_the_table_speaks_of_states_and_events_the_model_knows():
    states = {state for one in TRANSITIONS.values() for state in {*one.sources, one.target}}
    assert states == set(Visit.State.values)
    assert {one.event for one in TRANSITIONS.values()} <= set(VisitEvent.Kind.values)


def test_every_open_state_has_a_way_out():
    assert all("leave" in possible_actions(state) for state in Visit.OPEN)
