"""``manage.py simulate_day --seed SEED``: days of made-up visitors in an office's event log."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from booking import clock
from booking.domain.day_log import DayLog
from booking.domain.permissions import AT_THE_DESK
from booking.domain.recorded_days import minutes_of
from booking.models import Office, User
from booking.simulation.office import DayTaken, days_of_office, until, write_day


class Command(BaseCommand):
    help = "Write made-up visitors of one or more days into the event log of an office."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", required=True, help="the same seed makes the same days")
        parser.add_argument("--office", help="its name or id; without it, the first")
        parser.add_argument("--day", type=date.fromisoformat, help="the last; without it, today")
        parser.add_argument("--days", type=int, default=1, help="how many, up to the last day")
        parser.add_argument("--load", type=float, default=0.9, help="1 is all that counters can do")
        parser.add_argument(
            "--real", action="store_true", help="allow it outside the demo; there is no way back"
        )

    def handle(self, *, seed: str, days: int, load: float, real: bool, **options: Any) -> None:
        if not (settings.DEMO or real):
            raise CommandError(
                "This is no demo. Made-up visitors would be in the figures of a real office; "
                "--real does it nevertheless."
            )
        office = _office(options["office"])
        staff = _staff(office)
        last = options["day"] or clock.today(office.zone)
        if last > clock.today(office.zone):
            raise CommandError(f"{last} has not come yet.")
        made = days_of_office(office, seed, last=last, days=days, counters=len(staff), load=load)
        for simulated in made:
            self._write(office, simulated.log, staff)

    def _write(self, office: Office, log: DayLog, staff: list[User]) -> None:
        log = until(log, minutes_of(office, log.day, clock.now()))
        try:
            write_day(office, log, staff)
        except DayTaken:
            raise CommandError(f"{office} has visitors on {log.day} already.") from None
        self.stdout.write(f"{office}, {log.day}: {len(log.persons)} visitors")


def _office(wanted: str | None) -> Office:
    offices = Office.objects.select_related("authority").order_by("name", "pk")
    found = [one for one in offices if wanted in (None, one.name, str(one.pk))]
    if not found:
        raise CommandError("There is no such office.")
    return found[0]


def _staff(office: Office) -> list[User]:
    """Everybody who may sit at a counter of the office, those of this office alone first."""
    users = User.objects.filter(
        is_active=True, roles__role__in=AT_THE_DESK, roles__authority=office.authority
    )
    own = users.filter(roles__office=office).order_by("username").distinct()
    of_all = users.filter(roles__office=None).order_by("username").distinct()
    staff = [*own, *of_all]
    if not staff:
        raise CommandError(f"Nobody works at {office}.")
    return staff
