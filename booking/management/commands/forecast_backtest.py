"""``manage.py forecast_backtest``: how good the forecast of waits would have been.

From the event log, or with ``--simulated N`` on so many made-up offices and no database.
"""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from booking import clock
from booking.domain.recorded_days import read_days
from booking.models import Office, Visit
from booking.simulation.backtest import BASELINES, FORECAST, ORACLE, ZMS, Score, backtest
from booking.simulation.town import days_of, made_up_town

COLUMNS = (FORECAST, *BASELINES, ORACLE)
HEADING = (
    "office | waits | mean wait | "
    + " | ".join(rule.replace("_", " ") for rule in COLUMNS)
    + " | within 10–90 % | ÷ best rule | ÷ ZMS"
)


class Command(BaseCommand):
    help = (
        "Forecast the wait of everybody who came, by what was known then, and print mean "
        "absolute errors in minutes beside those of simpler rules."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--simulated", type=int, metavar="N", help="N made-up offices")
        parser.add_argument("--seed", default="figures", help="of the made-up town")
        parser.add_argument(
            "--irregular", action="store_true", help="made-up clerks work other hours every day"
        )
        parser.add_argument("--days", type=int, default=20, help="days, the first 10 only teach")

    def handle(
        self, *, simulated: int | None, seed: str, days: int, irregular: bool, **options: Any
    ) -> None:
        self.stdout.write(HEADING)
        self.stdout.write(" | ".join(["---"] * (len(COLUMNS) + 6)))
        scores = _simulated(simulated, seed, days, irregular) if simulated else _recorded(days)
        together = Score()
        for name, score in scores:
            together.extend(score)
            self.stdout.write(_line(name, score))
            self.stdout.flush()
        if not together.waits:
            raise CommandError("There are too few recorded days to judge.")
        self.stdout.write(_line("together", together))


def _simulated(offices: int, seed: str, days: int, irregular: bool) -> Iterator[tuple[str, Score]]:
    for number, plan in enumerate(made_up_town(seed, offices)):
        played = list(days_of(plan, f"{seed} {number}", days, irregular=irregular))
        score = backtest([day.log for day in played], [day.truth for day in played])
        if score.waits:
            name = f"{number + 1}: {len(plan.shifts)} counters, load {plan.load:.2f}"
            yield name, score


def _recorded(days: int) -> Iterator[tuple[str, Score]]:
    for office in Office.objects.select_related("authority").order_by("name", "pk"):
        past = Visit.objects.filter(office=office, day__lt=clock.today(office.zone))
        recorded = sorted(past.order_by("-day").values_list("day", flat=True).distinct()[:days])
        logs = read_days(office, recorded[0], recorded[-1]) if recorded else []
        score = backtest([log for log in logs if log.persons])
        if score.waits:
            yield str(office), score


def _line(name: str, score: Score) -> str:
    errors = [f"{score.mean_error(rule):.1f}" if rule in score.errors else "–" for rule in COLUMNS]
    error = score.mean_error(FORECAST)
    cells = [
        name,
        f"{len(score.waits)}",
        f"{sum(score.waits) / len(score.waits):.1f}",
        *errors,
        f"{score.coverage:.0%}",
        f"{error / score.mean_error(score.best_baseline()):.2f}",
        f"{error / score.mean_error(ZMS):.2f}",
    ]
    return " | ".join(cells)
