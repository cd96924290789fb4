"""The forecast against simpler rules, on a town on which nothing was tuned.

Seeds that begin with "tune" are for tuning, the others for judging.
"""

from dataclasses import replace

import pytest

from booking.domain.day_log import Event, Presence
from booking.domain.service_times import Habits
from booking.simulation.backtest import FORECAST, ORACLE, ZMS, backtest
from booking.simulation.day import simulate
from booking.simulation.replay import Replay
from booking.simulation.town import FIRST_DAY, days_of, made_up_town


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


def test_the_replay_shows_nothing_that_had_not_happened_yet():
    """The day cut off at an arrival looks the same at that moment."""
    log = simulate(made_up_town("tests", 1)[0], "cut", day=FIRST_DAY).log
    arrivals = list(Replay(log, Habits()).arrivals())
    whole = arrivals[len(arrivals) // 2]
    now = whole.situation.now
    events = [event for event in log.events if event.at <= now]
    came = {event.visit for event in events}
    # They are called some time, or there would be nothing to compare.
    events.append(Event(now + 60, whole.person.id, "called", log.events[-1].counter))
    cut = replace(
        log,
        events=events,
        persons={pk: person for pk, person in log.persons.items() if pk in came},
        presence=[
            Presence(counter, since, until if until <= now else now + 1)
            for counter, since, until in log.presence
            if since <= now
        ],
    )
    [last] = [one for one in Replay(cut, Habits()).arrivals() if one.person == whole.person]
    assert last.situation == whole.situation
    assert last.today == whole.today
