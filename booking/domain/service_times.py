"""How long things take: learned from past days, and from the running one. Pure.

The model: the minutes somebody is served are their configured minutes times a pace, and the
pace is log-normal, which fits durations at counters well and is skewed like them. Its mean
logarithm has three parts: the offering's, how today differs for everybody, and how today
differs for this offering. The latter two are normal around zero. Estimates are pulled towards
the configured minutes while there is little to go by (shrinkage; see Gelman et al., Bayesian
Data Analysis, chapter 5, for the normal model that is used here in closed form).
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import exp, log
from statistics import NormalDist, fmean, median

from .day_log import Observed, Service, Work
from .staffing import PastDay

# What is assumed before anything was seen, and how many people's worth of evidence that is.
ASSUMED_SPREAD = 0.5
ASSUMED_PEOPLE = 8
# As configured on average: the mean of a log-normal lies above its median.
ASSUMED_LEVEL = -(ASSUMED_SPREAD**2) / 2
# Standard deviations of a day, for everybody and for one offering, worth so many days.
ASSUMED_DAY = 0.10
ASSUMED_OFFERING_DAY = 0.15
ASSUMED_DAYS = 5
# What is further from the middle was no service: a "finish" that was forgotten, or a test.
# The spread of what is left is too small by the factor that belongs to a cut normal.
CUT = 2.5
CUT_SPREAD = 0.97
# After so many working days an observation counts half.
HALF_LIFE = 12
# Past days whose staffing is taken as an example.
ALIKE = 8
NORMAL = NormalDist()


@dataclass(frozen=True)
class Pace:
    """Logarithms of minutes over configured minutes: their level and spread."""

    level: float = ASSUMED_LEVEL
    spread: float = ASSUMED_SPREAD


@dataclass(frozen=True)
class Habits:
    """What past days have taught; as it stands, what is assumed of an unknown office.

    Minutes between call and arrival at the counter, until somebody is given up, and between
    two people; chances that somebody called is there and that an appointment is kept; and how
    many minutes after its start (so mostly negative) people come, as a sorted sample.
    """

    paces: Mapping[Hashable, Pace] = field(default_factory=dict)
    day: float = ASSUMED_DAY
    offering_day: float = ASSUMED_OFFERING_DAY
    walk: float = 0.8
    giving_up: float = 2.0
    turn: float = 0.5
    comes: float = 0.97
    shows: float = 0.87
    offsets: Sequence[float] = (-15.0, -10.0, -7.0, -5.0, -2.0, 2.0)
    # When counters were there on days like today.
    days: Sequence[PastDay] = ()

    def pace(self, offering: Hashable) -> Pace:
        return self.paces.get(offering, Pace())

    def mean_minutes(self, work: Work) -> float:
        """The minutes somebody keeps a counter on average, from call to the next call."""
        pace = self.pace(work.offering)
        served = work.minutes * _mean_of(pace)
        here = self.comes * (self.walk + served) + (1 - self.comes) * self.giving_up
        return here + self.turn


@dataclass(frozen=True)
class Today:
    """How today's level differs: normal for everybody, and for each offering given that."""

    level: float
    spread: float
    # By offering: how much its own people count, what they say, and what stays uncertain.
    offerings: Mapping[Hashable, tuple[float, float, float]]
    offering_day: float

    def offering(self, offering: Hashable) -> tuple[float, float, float]:
        return self.offerings.get(offering, (0.0, 0.0, self.offering_day))


def learn(days: Sequence[Observed], *, weekday: int = 0) -> Habits:
    """What past days teach about a day of the week (Monday is 0); the newest last."""
    weights = [0.5 ** (age / HALF_LIFE) for age in reversed(range(len(days)))]
    samples: dict[Hashable, list[tuple[float, float]]] = {}
    for observed, weight in zip(days, weights, strict=True):
        for service in observed.services:
            samples.setdefault(service.work.offering, []).append((_log_pace(service), weight))
    paces = {offering: _pace(sample) for offering, sample in samples.items()}
    day, offering_day = _day_spreads(days, paces)
    known = Habits()
    calls = [call for observed in days for call in observed.calls]
    shown = [one.minutes for observed in days for one in observed.shown]
    offsets = sorted(minutes for minutes in shown if minutes is not None)
    return Habits(
        paces=paces,
        day=day,
        offering_day=offering_day,
        walk=_middle((call.minutes for call in calls if call.came), known.walk),
        giving_up=_middle((call.minutes for call in calls if not call.came), known.giving_up),
        turn=_middle((turn.minutes for observed in days for turn in observed.turns), known.turn),
        comes=_chance(sum(call.came for call in calls), len(calls), known.comes),
        shows=_chance(len(offsets), len(shown), known.shows),
        offsets=offsets if len(offsets) >= ASSUMED_PEOPLE else known.offsets,
        days=[observed.presence for observed in _alike(days, weekday)],
    )


def _alike(days: Sequence[Observed], weekday: int) -> Sequence[Observed]:
    """The newest days of the same weekday, or of any where there are too few."""
    same = [observed for observed in days if observed.weekday == weekday and observed.presence]
    return same[-ALIKE:] if len(same) >= ALIKE // 2 else days[-ALIKE:]


def learn_today(
    habits: Habits, served: Iterable[Service], running: Iterable[tuple[Work, float]] = ()
) -> Today:
    """How today goes, by those who were served to the end and those who are being served.

    ``running`` are works with the minutes they have taken so far. Without them a slow day
    would show late, because its short services end first.
    """
    rests: dict[Hashable, list[float]] = {}
    for service in served:
        pace = habits.pace(service.work.offering)
        rest = _log_pace(service) - pace.level
        bound = CUT * _whole_spread(habits, pace)
        rests.setdefault(service.work.offering, []).append(max(-bound, min(bound, rest)))
    for work, minutes in running:
        pace = habits.pace(work.offering)
        so_far = log(max(minutes, 0.1) / work.minutes) - pace.level
        if 0 < so_far < CUT * pace.spread:
            rests.setdefault(work.offering, []).append(_expected_above(so_far, pace.spread))
    return _posterior(habits, rests)


def _posterior(habits: Habits, rests: Mapping[Hashable, Sequence[float]]) -> Today:
    own = habits.offering_day**2
    precision = 1 / habits.day**2
    weighted = 0.0
    offerings = {}
    for offering, values in rests.items():
        said = fmean(values)
        noise = habits.pace(offering).spread ** 2 / len(values)
        precision += 1 / (own + noise)
        weighted += said / (own + noise)
        counts = own / (own + noise)
        offerings[offering] = (counts, said, (own * noise / (own + noise)) ** 0.5)
    return Today(weighted / precision, precision**-0.5, offerings, habits.offering_day)


def _log_pace(service: Service) -> float:
    return log(max(service.ended - service.begun, 0.1) / service.work.minutes)


def _pace(sample: Sequence[tuple[float, float]]) -> Pace:
    values = [value for value, _weight in sample]
    middle = median(values)
    width = 1.4826 * median(abs(value - middle) for value in values)
    # With a handful of people, the width that is assumed.
    share = len(values) / (len(values) + ASSUMED_PEOPLE)
    width = share * width + (1 - share) * ASSUMED_SPREAD
    kept = [(value, weight) for value, weight in sample if abs(value - middle) <= CUT * width]
    people = sum(weight for _value, weight in kept)
    level = (sum(value * weight for value, weight in kept) + ASSUMED_PEOPLE * ASSUMED_LEVEL) / (
        people + ASSUMED_PEOPLE
    )
    squares = sum(weight * (value - level) ** 2 for value, weight in kept) / CUT_SPREAD**2
    variance = (squares + ASSUMED_PEOPLE * ASSUMED_SPREAD**2) / (people + ASSUMED_PEOPLE)
    return Pace(level, variance**0.5)


def _day_spreads(days: Sequence[Observed], paces: Mapping[Hashable, Pace]) -> tuple[float, float]:
    """How much days differ for everybody and for one offering (by the method of moments).

    Two offerings differ together only by what the day does to everybody; one differs from
    itself by both, beside the noise of its mean.
    """
    together: list[float] = []
    alone: list[float] = []
    for observed in days:
        rests: dict[Hashable, list[float]] = {}
        for service in observed.services:
            pace = paces[service.work.offering]
            rest = _log_pace(service) - pace.level
            if abs(rest) <= CUT * pace.spread:
                rests.setdefault(service.work.offering, []).append(rest)
        means = {one: fmean(values) for one, values in rests.items() if len(values) >= 3}
        together += [means[one] * means[other] for one, other in combinations(means, 2)]
        alone += [mean**2 - paces[one].spread ** 2 / len(rests[one]) for one, mean in means.items()]
    common = _shrunk_variance(together, ASSUMED_DAY, len(days))
    both = _shrunk_variance(alone, (ASSUMED_DAY**2 + ASSUMED_OFFERING_DAY**2) ** 0.5, len(days))
    return max(common, 0.02**2) ** 0.5, max(both - common, 0.05**2) ** 0.5


def _shrunk_variance(found: Sequence[float], assumed: float, days: int) -> float:
    if not found:
        return assumed**2
    return (days * fmean(found) + ASSUMED_DAYS * assumed**2) / (days + ASSUMED_DAYS)


def _whole_spread(habits: Habits, pace: Pace) -> float:
    return (pace.spread**2 + habits.day**2 + habits.offering_day**2) ** 0.5


def _expected_above(bound: float, spread: float) -> float:
    """The mean of a normal around zero, given that it is above ``bound``."""
    z = bound / spread
    return spread * NORMAL.pdf(z) / max(1 - NORMAL.cdf(z), 1e-6)


def _mean_of(pace: Pace) -> float:
    return exp(pace.level + pace.spread**2 / 2)


def _middle(found: Iterable[float], assumed: float) -> float:
    values = [*found]
    share = len(values) / (len(values) + ASSUMED_PEOPLE)
    return share * median(values) + (1 - share) * assumed if values else assumed


def _chance(times: int, of: int, assumed: float) -> float:
    return (times + ASSUMED_PEOPLE * assumed) / (of + ASSUMED_PEOPLE)
