"""Replays the real week through the domain functions; run in the town's environment.

Each process takes some of the offices and goes through their week in order, as fast as it can;
the present is what the rows say. Then what is free must be what the rows say is free.
"""

import json
import multiprocessing
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import django

django.setup()

from django.db.models import F  # noqa: E402

from booking import clock  # noqa: E402
from booking.domain.availability import free_starts  # noqa: E402
from booking.domain.cancelling import cancel_appointment  # noqa: E402
from booking.domain.confirming import confirm_appointment  # noqa: E402
from booking.domain.holding import hold_appointment  # noqa: E402
from booking.domain.hours import remove_closure  # noqa: E402
from booking.domain.items import Item  # noqa: E402
from booking.domain.publishing import ensure_published  # noqa: E402
from booking.domain.unused import LONGEST  # noqa: E402
from booking.models import (  # noqa: E402
    Appointment,
    Authority,
    Closure,
    Offering,
    Office,
    OpeningHours,
    Service,
    Slot,
)
from booking.simulation.week import ACTS, UNITS_AT_MOST, Pool, Step, read_pools  # noqa: E402

BERLIN = ZoneInfo("Europe/Berlin")
BEGINNING = datetime.fromisoformat("2026-03-09")
FORKED = multiprocessing.get_context("fork")
NEVER_GIVEN_BACK = LONGEST // timedelta(minutes=1)
SOMEBODY = {"name": "A Citizen", "email": "citizen@example.org"}


class Replay:
    """One office and its week."""

    def __init__(self, pool: Pool, number: int) -> None:
        self.pool = pool
        self.steps = pool.steps()
        self.done_until = BEGINNING
        set_time(BEGINNING)
        authority = Authority.objects.create(slug=f"pool-{number}", name=pool.name)
        self.office = Office.objects.create(
            authority=authority,
            name=pool.name,
            address="Street 1",
            horizon_days=(pool.last_day - BEGINNING.date()).days,
            # Who came is not in the rows: nobody's time goes back for not coming.
            grace_minutes=NEVER_GIVEN_BACK,
        )
        service = Service.objects.create(authority=authority, slug="service", name="Service")
        offering = Offering.objects.create(
            office=self.office,
            service=service,
            minutes=pool.unit_minutes,
            letter="A",
            max_quantity=UNITS_AT_MOST,
        )
        self.offering = offering
        self.closures = {
            day: Closure.objects.create(office=self.office, first_day=day, last_day=day)
            for day in pool.published
        }
        self.series = {
            weekday: OpeningHours.objects.create(
                office=self.office,
                weekday=weekday,
                opens=opens,
                closes=closes,
                valid_from=BEGINNING.date(),
                valid_until=pool.last_day,
                unit_minutes=pool.unit_minutes,
                counters=1,
                online_counters=1,
            )
            for weekday, (opens, closes) in pool.hours.items()
        }
        # By the unit it begins with.
        self.taken: dict[datetime, UUID] = {}
        days = range(BEGINNING.toordinal(), pool.last_day.toordinal() + 1)
        self.take_before({date.fromordinal(day) for day in days} - set(self.closures))
        ensure_published(self.office)

    def take_before(self, days: set[date]) -> None:
        """What is taken when these days appear."""
        runs = [run for day in sorted(days) for run in self.pool.taken_before(day)]
        appointments = Appointment.objects.bulk_create(
            [
                Appointment(
                    office=self.office,
                    series=self.series[run[0].weekday()],
                    state=Appointment.State.BOOKED,
                    start=aware(run[0]),
                    end=aware(run[-1] + self.pool.unit),
                    created_at=clock.now(),
                    booked_at=clock.now(),
                    **SOMEBODY,
                )
                for run in runs
            ],
            batch_size=1000,
        )
        for run, appointment in zip(runs, appointments, strict=True):
            self.taken[run[0]] = appointment.pk

    def do(self, step: Step) -> None:
        getattr(self, step.act)(step.starts)
        self.done_until = step.at

    def book(self, starts: tuple[datetime, ...]) -> None:
        items = [Item(self.offering, len(starts))]
        held = hold_appointment(office=self.office, items=items, start=aware(starts[0]))
        confirm_appointment(held.pk, **SOMEBODY)
        self.taken[starts[0]] = held.pk

    def cancel(self, starts: tuple[datetime, ...]) -> None:
        cancel_appointment(self.taken.pop(starts[0]))

    def publish(self, starts: tuple[datetime, ...]) -> None:
        day = starts[0].date()
        self.take_before({day})
        remove_closure(self.closures.pop(day))

    def differences(self) -> list[str]:
        """Where what is free is not what the rows say: in the slots, and to citizens."""
        set_time(self.done_until)
        said = self.pool.free_after(self.done_until)
        free = {
            start.astimezone(BERLIN).replace(tzinfo=None)
            for start in Slot.objects.filter(
                series__office=self.office, booked__lt=F("capacity")
            ).values_list("start", flat=True)
        }
        shown = {
            start.replace(tzinfo=None)
            for starts in free_starts(
                self.office, [Item(self.offering, 1)], first_day=BEGINNING.date(), days=400
            ).values()
            for start in starts
        }
        hidden = set(self.closures)
        said = {start for start in said if start.date() not in hidden}
        ahead = {start for start in said if start > self.done_until}
        return [str(start) for start in sorted((said ^ free) | (ahead ^ shown))]


def set_time(moment: datetime) -> None:
    clock.system_time = lambda: aware(moment).astimezone(UTC)


def aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=BERLIN)


def replay_some(pools: list[tuple[int, Pool]], seconds: float | None) -> dict[str, Any]:
    """Replay the offices' week side by side in the order of its moments."""
    replays = [Replay(pool, number) for number, pool in pools]
    steps = sorted(
        ((step.at, number, step) for number, one in enumerate(replays) for step in one.steps),
        key=lambda entry: entry[:2],
    )
    LINE.wait(600)
    begun = time.monotonic()
    rows, acts = 0, dict.fromkeys(ACTS, 0)
    present = BEGINNING
    for at, number, step in steps:
        # Only between two moments are all rows of the one before done.
        if at > present and seconds is not None and time.monotonic() - begun > seconds:
            break
        present = at
        set_time(at)
        replays[number].do(step)
        rows += len(step.starts)
        acts[step.act] += 1
    return {
        "rows": rows,
        "acts": acts,
        "seconds": time.monotonic() - begun,
        "differences": [
            f"{one.pool.name}: {start}" for one in replays for start in one.differences()
        ],
    }


def main(task: dict[str, Any]) -> None:
    pools = list(enumerate(read_pools(Path(task["folder"]))))
    # Dealt out from the busiest on, so that all have about as much to do.
    shares = [(pools[n :: task["processes"]], task["seconds"]) for n in range(task["processes"])]
    global LINE
    LINE = FORKED.Barrier(task["processes"])
    with FORKED.Pool(task["processes"]) as processes:
        found = processes.starmap(replay_some, shares, chunksize=1)
    print(
        json.dumps(
            {
                "offices": len(pools),
                "rows": sum(one["rows"] for one in found),
                "of": sum(len(pool.changes) for _number, pool in pools),
                "seconds": max(one["seconds"] for one in found),
                "acts": {act: sum(one["acts"][act] for one in found) for act in found[0]["acts"]},
                "differences": [line for one in found for line in one["differences"]],
            }
        )
    )


if __name__ == "__main__":
    main(json.load(sys.stdin))
