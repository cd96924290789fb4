"""A tout with many addresses in one network gets a few places; families get theirs."""

import pytest

from booking import proof_of_work
from tests.benchmarks.tout import LIMITS, simulate


@pytest.fixture(autouse=True)
def _quick_work(monkeypatch) -> None:
    monkeypatch.setattr(proof_of_work, "ROUNDS", 1)
    monkeypatch.setattr(proof_of_work, "TRIES", 20)


def run(limits: str, set_time):
    return simulate(LIMITS[limits], attempts=25, families=1, set_time=set_time)


def test_a_tout_gets_no_more_than_the_limit_of_its_network(db, set_time):
    outcome = run("and per network", set_time)
    assert outcome.tout == 20
    assert (outcome.families, outcome.hindered) == (1, 0)


def test_limits_of_address_and_browser_alone_do_not_stop_who_has_many(db, set_time):
    outcome = run("per address and device", set_time)
    assert outcome.tout == 25
    assert (outcome.families, outcome.hindered) == (1, 0)
    assert outcome.proofs >= 10
