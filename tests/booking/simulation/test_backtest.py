"""The forecast against simpler rules, on a town on which nothing was tuned.

Seeds that begin with "tune" are for tuning, the others for judging.
"""

from dataclasses import replace

import pytest

from booking.simulation.backtest import FORECAST, ORACLE, ZMS, backtest
from booking.simulation.town import days_of, made_up_town


@pytest.fixture(scope="module")
def score():
    plan = replace(made_up_town("tests", 1)[0], load=1.0)
    days = list(days_of(plan, "tests", 14))
    return backtest([day.log for day in days], [day.truth for day in days])


def test_the_forecast_beats_the_best_simpler_rule_by_the_promised_margin(score):
    assert score.mean_error(FORECAST) <= 0.85 * score.mean_error(score.best_baseline())
    assert score.mean_error(FORECAST) <= 0.75 * score.mean_error(ZMS)


def test_knowing_the_days_means_helps_only_so_much(score):
    assert score.mean_error(FORECAST) <= 1.25 * score.mean_error(ORACLE)


def test_the_range_holds_about_four_of_five_waits(score):
    assert 0.7 <= score.coverage <= 0.9


def test_the_error_does_not_know_the_future():
    """Days after the judged one change nothing."""
    plan = made_up_town("tests", 1)[0]
    days = [day.log for day in days_of(plan, "future", 4)]
    judged = backtest(days[:3], learning_days=2).errors
    later = backtest(days, learning_days=2).errors
    assert later[FORECAST][: len(judged[FORECAST])] == judged[FORECAST]
