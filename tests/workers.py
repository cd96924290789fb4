"""Pytest plugin: which worker of pytest-xdist gets which tests, and in which order.

The tests of a file stay with one worker, one after the other; so do those of several files that
share running servers, which then are started once. What takes longest begins first: at the end
come many short files, and no worker waits long for another.
"""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

# How the names of the tests begin that share servers; each line is one unit of work.
SHARED_SERVERS = (
    ("tests/browser/",),
    ("tests/deploy/",),
    ("tests/faults/test_kill.py", "tests/faults/test_redis.py", "tests/faults/test_postgres.py"),
)
# Longest first, what waits beside what computes. All others come after them.
LONG = (
    "tests/browser/",
    *SHARED_SERVERS[2],
    "tests/properties/",
    "tests/hostile/test_",
    "tests/deploy/",
    "tests/faults/",
    "tests/kiosk/test_ease_in_the_browser.py",
    "tests/kiosk/test_in_the_browser.py",
    "tests/test_contract.py",
    "tests/booking/demo/",
    "tests/hostile/",
    "tests/concurrency/",
)


def work_unit(test: str) -> str:
    """What the worker that gets this test gets as a whole."""
    for beginnings in SHARED_SERVERS:
        if test.startswith(beginnings):
            return beginnings[0]
    return test.partition("::")[0]


def turn(test: str) -> int:
    """When a test begins; within a turn it is as pytest has it."""
    turns = (number for number, beginning in enumerate(LONG) if test.startswith(beginning))
    return next(turns, len(LONG))


class LongestFirst(LoadFileScheduling):
    """Shares out work units in the order of the collection."""

    def _split_scope(self, nodeid: str) -> str:
        return work_unit(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LongestFirst | None:
    if config.getoption("dist") != "loadfile":
        return None
    # By default those with the most tests come first; those with a browser have few.
    config.option.loadscopereorder = False
    return LongestFirst(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A run without workers keeps pytest's order."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: turn(item.nodeid))
