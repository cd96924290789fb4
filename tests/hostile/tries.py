"""How hostile values are drawn, and how many by the long tests."""

import os

from hypothesis import HealthCheck, Phase
from hypothesis import settings as how

# The one setting of the long tests: 10 tries ten times as often, and takes ten times as long.
DEPTH = float(os.environ.get("HOSTILE_DEPTH", "1"))


def tried(examples: int) -> how:
    """The same values in every run, so that what fails once fails again."""
    return how(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )


def many(usual: int) -> int:
    """The number of tries of a long test, which stands beside it for a depth of 1."""
    return max(1, round(usual * DEPTH))
