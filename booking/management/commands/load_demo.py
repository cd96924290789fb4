"""``manage.py load_demo``: the demo town."""

import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from booking import clock
from booking.demo import town
from booking.demo.busy import fill_day
from booking.demo.clock import WishUnreadable, choose_demo_clock
from booking.demo.load import NotADemo, load_town
from booking.simulation.moments import standing_at


class Command(BaseCommand):
    help = "Load the demo town Musterstadt. Loading it again changes nothing."
    # Checks the whole site; here it would only cost time.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--busy", action="store_true", help="fill the working day around now, once per day"
        )

    def handle(self, *, busy: bool, **options: Any) -> None:
        if "DEMO" in os.environ and not settings.DEMO:
            raise CommandError("DEMO=0 says that this installation is not for trying out.")
        try:
            authority = load_town()
            offset = choose_demo_clock(os.environ.get("DEMO_CLOCK", ""))
        except NotADemo:
            raise CommandError(
                "This database holds another town than the demo's. The demo's password is "
                "public, so it is only loaded into a database of its own."
            ) from None
        except WishUnreadable as wish:
            raise CommandError(
                f"DEMO_CLOCK={wish} is not a moment; write it like 2026-11-24T09:30"
            ) from None
        with standing_at(clock.system_time() + offset):
            fill_day(authority, busy=busy)
        if options["verbosity"]:
            self.stdout.write(f"Demo town {town.NAME} is loaded. Staff password: {town.PASSWORD}")
