"""Simpler rules for the wait, which the forecast has to be better than. Pure.

Each gives minutes for somebody who has just come.
"""

from booking.domain.forecast import Situation, Waiting
from booking.domain.service_times import Habits


def _ahead(situation: Situation, person: Waiting) -> list[Waiting]:
    mine = (person.due, person.arrived)
    return [one for one in situation.waiting if (one.due, one.arrived) < mine]


def work_ahead(situation: Situation, person: Waiting, habits: Habits) -> float:
    """Learned minutes of the work ahead, what is left of the running one included, ÷ counters.

    Nobody waits while a counter is free.
    """
    there = [one for one in situation.counters if one.present]
    if not all(one.busy for one in there) and not _ahead(situation, person):
        return 0.0
    minutes = sum(habits.mean_minutes(one.work) for one in _ahead(situation, person))
    for counter in there:
        if counter.busy:
            so_far = situation.now - counter.busy.called
            minutes += max(habits.mean_minutes(counter.busy.work) - so_far, 0.0)
    return minutes / len(there)


def zms(situation: Situation, person: Waiting, configured: float) -> float:
    """ZMS's rule: people ahead × the configured average of minutes ÷ counters."""
    there = sum(one.present for one in situation.counters)
    return len(_ahead(situation, person)) * configured / there
