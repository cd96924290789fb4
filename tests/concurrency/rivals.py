"""Real rivals: threads with their own connections that start at the same moment."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection

from booking.domain.errors import Refused

PATIENCE_SECONDS = 60


def race(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do all at once, each on its own connection; what each returned or raised, in order."""
    line = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            line.wait(PATIENCE_SECONDS)
            return act()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def assert_only_refused(outcomes: Sequence[Any]) -> None:
    """Nobody met a deadlock, a broken constraint or anything else but a no of the domain."""
    errors = [one for one in outcomes if isinstance(one, Exception)]
    assert [repr(error) for error in errors if not isinstance(error, Refused)] == []


class Meeting:
    """Wraps a function so that so many callers wait for each other before it is called.

    Put between reading and writing it makes sure that all have read before one writes.
    """

    def __init__(self, function: Callable[..., Any], parties: int) -> None:
        self.function = function
        self.line = threading.Barrier(parties)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.line.wait(PATIENCE_SECONDS)
        return self.function(*args, **kwargs)
