"""How good the forecast is, judged on recorded days as if each arrival were now. Pure.

Every day is forecast by what the days before it have taught, and by nothing later.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import log
from statistics import fmean

from booking.domain.day_log import DayLog, observe
from booking.domain.forecast import forecast
from booking.domain.service_times import Habits, Pace, Today, learn

from .baselines import work_ahead, zms
from .day import Truth
from .replay import Arrival, Replay, today_of

# Days that only teach, before the first that is judged.
LEARNING_DAYS = 10
# As many past days as are learned from.
MEMORY_DAYS = 60
FORECAST, WORK_AHEAD, LAST_WAIT, ZMS, ORACLE = "forecast work_ahead last_wait zms oracle".split()
BASELINES = (WORK_AHEAD, LAST_WAIT, ZMS)


@dataclass
class Score:
    """Errors in minutes by rule, one per arrival, and how many waits lay in the range."""

    errors: dict[str, list[float]] = field(default_factory=dict)
    within: list[bool] = field(default_factory=list)
    below: list[bool] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def add(self, rule: str, forecast: float, waited: float) -> None:
        self.errors.setdefault(rule, []).append(abs(forecast - waited))

    def mean_error(self, rule: str) -> float:
        return fmean(self.errors[rule])

    @property
    def coverage(self) -> float:
        return fmean(self.within)

    def best_baseline(self) -> str:
        return min(BASELINES, key=self.mean_error)

    def extend(self, other: "Score") -> None:
        for rule, errors in other.errors.items():
            self.errors.setdefault(rule, []).extend(errors)
        self.within += other.within
        self.below += other.below
        self.waits += other.waits


def backtest(
    days: Sequence[DayLog],
    truths: Sequence[Truth | None] | None = None,
    *,
    learning_days: int = LEARNING_DAYS,
) -> Score:
    """Judge every day after the first ``learning_days``, oldest first."""
    score = Score()
    seen = [observe(log) for log in days]
    for number in range(learning_days, len(days)):
        habits = learn(
            seen[max(number - MEMORY_DAYS, 0) : number], weekday=days[number].day.weekday()
        )
        truth = truths[number] if truths else None
        _judge_day(days[number], habits, _configured_average(days[:number]), truth, score)
    return score


def _judge_day(
    log: DayLog, habits: Habits, configured: float, truth: Truth | None, score: Score
) -> None:
    for arrival in Replay(log, habits).arrivals():
        person, situation, waited = arrival.person, arrival.situation, arrival.waited
        today = today_of(arrival, habits)
        wait = forecast(situation, habits, today)[person.id]
        if wait is None:
            continue
        score.waits.append(waited)
        score.add(FORECAST, wait.middle, waited)
        # To the second, as the log is.
        score.within.append(wait.low - 0.01 <= waited <= wait.high + 0.01)
        score.below.append(waited < wait.low - 0.01)
        me = next(one for one in situation.waiting if one.id == person.id)
        score.add(WORK_AHEAD, work_ahead(situation, me, habits), waited)
        score.add(LAST_WAIT, _last_wait(log, arrival), waited)
        score.add(ZMS, zms(situation, me, configured), waited)
        if truth is not None:
            score.add(ORACLE, _oracle(arrival, habits, truth), waited)


def _last_wait(log: DayLog, arrival: Arrival) -> float:
    """The wait of whoever was called last."""
    called = arrival.today.called
    if not called:
        return 0.0
    last = max(called, key=called.__getitem__)
    return called[last] - log.persons[last].arrived


def _oracle(arrival: Arrival, habits: Habits, truth: Truth) -> float:
    """The forecast, if it knew the means of this day."""
    paces = {
        offering: Pace(log(mean) - truth.spreads[offering] ** 2 / 2, truth.spreads[offering])
        for offering, mean in truth.means.items()
    }
    knowing = replace(habits, paces=paces)
    wait = forecast(arrival.situation, knowing, Today(0.0, 0.0, {}, 0.0))[arrival.person.id]
    return wait.middle


def _configured_average(days: Sequence[DayLog]) -> float:
    """The average of configured minutes that a careful office would enter for its visitors."""
    return fmean(person.work.minutes for log in days for person in log.persons.values())
