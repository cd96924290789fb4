"""What a simulated office is like, before anything happens. Pure.

Moments are minutes since midnight, durations minutes.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from math import exp
from random import Random

MORNING, AFTERNOON = (8 * 60.0, 12 * 60.0), (13 * 60.0, 18 * 60.0)


@dataclass(frozen=True)
class ServicePlan:
    """``configured`` is what the office believes, ``mean`` the truth in the long run.

    ``spread``: standard deviation of the logarithm of one duration; ``share``: of all visitors.
    """

    offering: Hashable
    configured: int
    mean: float
    spread: float
    share: float
    max_persons: int = 1
    online: bool = True
    walk_in: bool = True
    # Minutes; ``None`` for the office's.
    target_wait: int | None = None


@dataclass(frozen=True)
class Shift:
    """A clerk at a counter, with pauses (from, to); ``serves``: ``None`` for everything."""

    counter: Hashable
    serves: frozenset[Hashable] | None
    since: float
    until: float
    pauses: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class OfficePlan:
    """An office on an ordinary day; its opening hours are those of its shifts.

    ``gaps``: when the doors are closed in between; whoever is inside is still served.
    """

    services: Sequence[ServicePlan]
    shifts: Sequence[Shift]
    opens: float
    closes: float
    gaps: tuple[tuple[float, float], ...] = ()
    # Visitors' work over what the counters can do; of the visitors, those with appointment.
    load: float = 0.9
    booked_share: float = 0.5
    no_show: float = 0.12
    # Somebody who was called but has gone home.
    gone: float = 0.03
    forgotten_finish: float = 0.02
    # Of those who are served, who is sent to fetch something – a photo, money – and comes back.
    fetches: float = 0.0
    breakdown: float = 0.15
    # A clerk who is ill; the first counter is always staffed.
    absent: float = 0.05
    grace: int = 10
    late_wait: int = 15
    target_wait: int = 30
    last_ticket: int = 30

    @property
    def hours(self) -> list[tuple[float, float]]:
        """When the doors are open, from and until."""
        ends = [begin for begin, _end in self.gaps] + [self.closes]
        return list(zip([self.opens, *(end for _begin, end in self.gaps)], ends, strict=True))


@dataclass(frozen=True)
class Climate:
    """How the means stand today: factors for everybody and by offering. They drift."""

    everybody: float = 0.0
    offerings: dict[Hashable, float] = field(default_factory=dict)

    def factor(self, offering: Hashable) -> float:
        return exp(self.everybody + self.offerings.get(offering, 0.0))


# Standard deviations of a day's logarithmic factors, and how much of one day is in the next.
EVERYBODY, OFFERING, MEMORY = 0.10, 0.18, 0.6


def next_climate(climate: Climate, plan: OfficePlan, rng: Random) -> Climate:
    """The next day's, by an autoregressive process of first order."""

    def drift(value: float, spread: float) -> float:
        return MEMORY * value + rng.gauss(0, spread * (1 - MEMORY**2) ** 0.5)

    return Climate(
        drift(climate.everybody, EVERYBODY),
        {
            service.offering: drift(climate.offerings.get(service.offering, 0.0), OFFERING)
            for service in plan.services
        },
    )


def made_up_office(rng: Random) -> OfficePlan:
    """Some office of a town: five to eight services, four to ten counters."""
    services = [_made_up_service(index, rng) for index in range(rng.randint(5, 8))]
    total = sum(service.share for service in services)
    services = [replace(service, share=service.share / total) for service in services]
    offerings = [service.offering for service in services]
    opens, closes = MORNING[0], rng.choice((MORNING[1], 16 * 60.0, AFTERNOON[1]))
    shifts = [
        _made_up_shift(index, offerings, opens, closes, rng) for index in range(rng.randint(4, 10))
    ]
    return OfficePlan(
        services,
        shifts,
        opens,
        closes,
        load=rng.uniform(0.75, 1.15),
        booked_share=rng.uniform(0.3, 0.65),
        no_show=rng.uniform(0.09, 0.20),
    )


def _made_up_service(index: int, rng: Random) -> ServicePlan:
    configured = rng.choice((5, 10, 10, 15, 15, 20, 30))
    return ServicePlan(
        offering=f"service {index + 1}",
        configured=configured,
        mean=configured * exp(rng.gauss(0, 0.2)),
        spread=rng.uniform(0.35, 0.7),
        share=rng.uniform(0.3, 2.0),
        max_persons=rng.choice((1, 1, 4)),
    )


def _made_up_shift(
    index: int, offerings: Sequence[Hashable], opens: float, closes: float, rng: Random
) -> Shift:
    # Two counters serve everything, so that no service is without one; of the others a third
    # serves only some.
    some = frozenset(rng.sample(offerings, max(2, len(offerings) // 2)))
    serves = some if index >= 2 and rng.random() < 0.35 else None
    return _with_times(Shift(f"{index + 1}", serves, opens, closes), index, opens, closes, rng)


def _with_times(shift: Shift, index: int, opens: float, closes: float, rng: Random) -> Shift:
    since, until = opens + rng.choice((0, 0, 0, 60, 120)), closes
    if index >= 2 and rng.random() < 0.3:
        until = min(closes, since + rng.choice((180, 240)))
    lunch = 11.5 * 60 + 30 * rng.randrange(4)
    pauses = ((lunch, lunch + 30),) if closes > MORNING[1] else ()
    return replace(shift, since=since if index else opens, until=until, pauses=pauses)


def with_other_times(plan: OfficePlan, rng: Random) -> OfficePlan:
    """The same counters, but every clerk's hours and lunch drawn anew."""
    return replace(
        plan,
        shifts=[
            _with_times(shift, index, plan.opens, plan.closes, rng)
            for index, shift in enumerate(plan.shifts)
        ],
    )
