"""``manage.py wish_replay``: the real week with a waiting list."""

import os
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import mean, median, quantiles
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from booking.simulation.week import EVENTS, OFFICES, read_pools
from booking.simulation.wish_replay import Assumed, Outcome, replay_wishes


class Command(BaseCommand):
    help = (
        "Replay a recorded week of six towns with a waiting list, and print how many places that "
        "came back reach a wish, how soon, and how much earlier people come than by reloading "
        "the page. Needs no database."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, help=f"where {EVENTS} is")
        parser.add_argument("--offices", type=int, help="only so many, the busiest first")
        parser.add_argument("--wishing", type=float, default=Assumed.wishing,
                            help="share of those who book far ahead and make a wish")  # fmt: skip
        parser.add_argument("--worth-days", type=float, default=Assumed.worth_days,
                            help="how much earlier a time must be to be worth it")  # fmt: skip
        parser.add_argument("--unanswered", type=float, default=Assumed.unanswered,
                            help="share of offers that nobody answers")  # fmt: skip
        parser.add_argument("--seed", default="figures", help="of what is made up")

    def handle(
        self,
        *,
        folder: Path | None,
        offices: int | None,
        wishing: float,
        unanswered: float,
        worth_days: float,
        seed: str,
        **options: Any,
    ) -> None:
        folder = folder or Path(os.environ.get("SHARED_DATA") or default_folder())
        missing = [name for name in (EVENTS, OFFICES) if not (folder / name).exists()]
        if missing:
            raise CommandError(f"Nothing to replay: no {missing[0]} in {folder.name}/.")
        assumed = replace(Assumed(), wishing=wishing, unanswered=unanswered, worth_days=worth_days)
        together = Outcome()
        pools = read_pools(folder)
        for pool in pools[:offices]:
            together.add(replay_wishes(pool, assumed, seed))
        self.stdout.write(f"offices: {len(pools[:offices])} of {len(pools)}")
        for line in lines_of(together):
            self.stdout.write(line)


def default_folder() -> Path:
    return settings.BASE_DIR.parent / "shared" / "data"


def lines_of(found: Outcome) -> list[str]:
    """The figures in words."""
    lines = [
        f"bookings: {found.bookings}",
        f"wishes: {len(found.by_list)}",
        f"places freed: {found.freed}",
        f"  that somebody waited for: {found.wanted} ({_of(found.wanted, found.freed)})",
        f"    too late for an offer to be answered: {found.too_late}",
        f"  that reached a wish: {found.reached} ({_of(found.reached, found.wanted)} of these)",
        f"places given up in exchange that reached a wish: {found.exchanged}",
        f"offers: {found.offers}, not answered {found.lapsed}, declined {found.declined}",
    ]
    if len(found.hours) > 1:
        ninetieth = quantiles(found.hours, n=10)[-1]
        lines.append(
            f"hours from a place's return to its booking: median {median(found.hours):.1f}, "
            f"90 % within {ninetieth:.1f}"
        )
    lines.append(_earlier("on the waiting list", found.by_list))
    lines += [
        _earlier(f"reloading every {every:g} h by day", one.days)
        + f"; {one.looks / max(1, len(one.days)):.0f} looks each"
        for every, one in sorted(found.by_reloading.items())
    ]
    return lines


def _earlier(who: str, days: Sequence[float]) -> str:
    """How many came earlier, and by how much."""
    helped = [one for one in days if one > 0]
    if not helped:
        return f"{who}: nobody comes earlier"
    return (
        f"{who}: {_of(len(helped), len(days))} come earlier, by {mean(helped):.1f} days on "
        f"average (median {median(helped):.1f}); over all {mean(days):.2f} days"
    )


def _of(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "–"
