"""How Hypothesis runs here: the same examples every time, each in a transaction of its own."""

import os
from collections.abc import Callable

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

# More of them by hand: PROPERTY_EXAMPLES=500, then not the same ones every time.
EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "0"))


class RolledBackMachine(RuleBasedStateMachine):
    """A state machine on the database that leaves nothing behind."""

    def __init__(self) -> None:
        super().__init__()
        self._transaction = transaction.atomic()
        self._transaction.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._transaction.__exit__(None, None, None)


@pytest.fixture
def play(db: None) -> Callable[..., None]:
    """Run a state machine through many sequences of its rules."""

    def run(machine: Callable[[], RuleBasedStateMachine], *, examples: int, steps: int) -> None:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=EXAMPLES or examples,
                stateful_step_count=steps,
                deadline=None,
                derandomize=not EXAMPLES,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )

    return run
