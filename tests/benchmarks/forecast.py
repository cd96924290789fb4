"""The forecast drawn: ``python -m tests.benchmarks.forecast``.

One day of the made-up town that no constant was chosen by: what was forecast for everybody who
came, what they really waited, and what ZMS's rule would have said.
"""

from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

from booking.domain.day_log import observe
from booking.domain.forecast import Wait, forecast
from booking.domain.service_times import learn
from booking.simulation.baselines import zms
from booking.simulation.replay import Replay, today_of
from booking.simulation.town import days_of, made_up_town
from tests.installation import ROOT

PICTURE = ROOT / "docs" / "img" / "forecast-day.svg"
SEED, OFFICE, DAYS = "picture", 0, 21


class Point(NamedTuple):
    hour: float
    waited: float
    wait: Wait
    zms: float


def points() -> list[Point]:
    """Everybody who came on the last of some days, by what the days before have taught."""
    plan = replace(made_up_town(SEED, OFFICE + 1)[OFFICE], load=1.0)
    logs = [day.log for day in days_of(plan, SEED, DAYS)]
    habits = learn([observe(log) for log in logs[:-1]], weekday=logs[-1].day.weekday())
    configured = fmean(person.work.minutes for log in logs for person in log.persons.values())
    found = []
    for arrival in Replay(logs[-1], habits).arrivals():
        situation, me = arrival.situation, arrival.person.id
        wait = forecast(situation, habits, today_of(arrival, habits))[me]
        waiting = next(one for one in situation.waiting if one.id == me)
        if wait is not None and arrival.person.appointment is None:
            rule = zms(situation, waiting, configured)
            found.append(Point(situation.now / 60, arrival.waited, wait, rule))
    return found


def draw(found: list[Point], path: Path) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    # The same figures make the same file.
    mpl.rcParams |= {"svg.hashsalt": "schalter", "svg.fonttype": "none", "font.size": 10}
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(8, 4.2), layout="constrained")
    hours = [point.hour for point in found]
    axes.fill_between(
        hours,
        [point.wait.low for point in found],
        [point.wait.high for point in found],
        alpha=0.25,
        linewidth=0,
        label="forecast, 10th to 90th percentile",
    )
    axes.plot(hours, [point.wait.middle for point in found], label="forecast, median")
    axes.plot(hours, [point.zms for point in found], ":", label="people × average ÷ counters")
    axes.plot(hours, [point.waited for point in found], "k.", markersize=4, label="really waited")
    axes.set_ylim(bottom=0)
    axes.set_xlabel("hour of arrival, without appointment")
    axes.set_ylabel("minutes")
    axes.grid(axis="y", alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


if __name__ == "__main__":
    draw(points(), PICTURE)
