"""Standing at a moment: only so can a day that is made up have a past with true times."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from booking import clock


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Let the present be ``moment`` (aware) for this block of this process."""
    original = clock.now
    clock.now = lambda: moment
    try:
        yield
    finally:
        clock.now = original
