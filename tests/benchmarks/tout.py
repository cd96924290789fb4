"""``python -m tests.benchmarks.tout``: what a tout gets, and whether families get theirs.

The tout has a thousand mail addresses and as many addresses of one network, a new browser for
each attempt, solves every proof of work and answers every mail. Families book for four children
from one browser, all through the same pages. Prints a line for each set of limits.
"""

import argparse
import base64
import itertools
import json
import logging
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

# A Monday, before the office opens.
BEGIN = datetime(2026, 11, 23, 6, 0, tzinfo=ZoneInfo("Europe/Berlin"))
# Seconds between two attempts of the tout.
PACE = 2
CHILDREN = 4
LIMITS = {
    "none": {},
    "per address and device": {"email_limit": 5, "device_limit": 5},
    "and per network": {"email_limit": 5, "device_limit": 5, "network_limit": 20},
}


@dataclass
class Outcome:
    """How many places there were, who got them, and what the tout had to work for it."""

    offered: int
    tout: int = 0
    families: int = 0
    hindered: int = 0
    proofs: int = 0
    tries: int = 0


class Booker:
    """Books at an office through its pages, as one browser."""

    def __init__(self, office, offering, outcome: Outcome) -> None:
        self.office, self.offering, self.outcome = office, offering, outcome
        self.open_browser()

    def open_browser(self) -> None:
        from django.test import Client

        self.client = Client(HTTP_HOST="localhost")

    def book(self, email: str, address: str) -> bool:
        """Book the first free time, whatever is asked for in between; whether it was got."""
        self.address = address
        times = self._times()
        start = re.search(r'name="start" value="([^"]+)"', times)
        if start is None:
            return False
        held = self._hold(start[1])
        if held.status_code != 302 or "/appointment/" not in held.url:
            return False
        booked = self._post(held.url, {"name": "Kim Muster", "email": email, "phone": ""})
        return booked.status_code == 302 and self._answer_mail(email)

    def _times(self) -> str:
        from django.urls import reverse

        query = {"offering": f"{self.offering.pk}:1"}
        path = reverse("times", args=[self.office.pk])
        return self.client.get(path, query, REMOTE_ADDR=self.address).content.decode()

    def _hold(self, start: str):
        from django.urls import reverse

        path = reverse("hold", args=[self.office.pk])
        chosen = {"offering": f"{self.offering.pk}:1", "start": start}
        held = self._post(path, chosen)
        if held.status_code == 428:
            challenge = re.search(r'data-challenge="([^"]+)"', held.content.decode())
            proof = self._work(json.loads(unescape(challenge[1])))
            held = self._post(path, chosen | {"proof": proof})
        return held

    def _post(self, path: str, sent: dict[str, str]):
        return self.client.post(path, sent, REMOTE_ADDR=self.address)

    def _work(self, challenge: dict) -> str:
        import altcha

        solution = altcha.solve_challenge(altcha.Challenge.from_dict(challenge))
        self.outcome.tries += solution.counter + 1
        self.outcome.proofs += 1
        payload = {"challenge": challenge, "solution": solution.to_dict()}
        return base64.b64encode(json.dumps(payload).encode()).decode()

    def _answer_mail(self, email: str) -> bool:
        from booking.domain.links import answer_link
        from booking.models import Appointment

        asked = Appointment.objects.filter(email=email).latest("created_at")
        if asked.awaits_mail:
            path = "/" + answer_link(asked, email).split("/", 3)[3]
            self._post(path, {})
            asked.refresh_from_db()
        return asked.state == Appointment.State.BOOKED


def addresses(count: int) -> Iterator[str]:
    """So many of one network; those of 1,024 are one."""
    return (f"100.64.{number // 250}.{number % 250 + 1}" for number in range(count))


def simulate(limits: dict[str, int], *, attempts: int, families: int, set_time) -> Outcome:
    """A morning at a made-up office with these limits; families come evenly among the attempts."""
    from booking.domain.availability import free_starts
    from booking.domain.items import Item
    from tests import factories

    set_time(BEGIN)
    office = factories.OfficeFactory(horizon_days=14, **limits)
    for weekday in range(5):
        factories.make_hours(office, weekday=weekday, counters=3, online_counters=2)
    offering = factories.OfferingFactory(office=office)
    free = free_starts(office, [Item(offering, 1)], first_day=BEGIN.date(), days=15)
    outcome = Outcome(offered=2 * sum(len(starts) for starts in free.values()))
    tout = Booker(office, offering, outcome)
    every = max(1, attempts // families)
    households = itertools.count()
    for number, address in enumerate(addresses(attempts)):
        set_time(BEGIN + timedelta(seconds=PACE * number))
        tout.open_browser()
        outcome.tout += tout.book(f"tout{number}@example.org", address)
        if number % every == 0 and (house := next(households)) < families:
            _book_for_children(Booker(office, offering, Outcome(0)), house, outcome)
    return outcome


def _book_for_children(family: Booker, house: int, outcome: Outcome) -> None:
    parents = (f"mother{house}@example.org", f"father{house}@example.org")
    got = sum(
        family.book(parents[child % 2], f"203.0.{house % 250}.7") for child in range(CHILDREN)
    )
    outcome.families += got == CHILDREN
    outcome.hindered += got < CHILDREN


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--addresses", type=int, default=1000)
    parser.add_argument("--families", type=int, default=20)
    chosen = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["VAR_DIR"] = tempfile.mkdtemp()
    import django
    from django.conf import settings

    django.setup()
    logging.disable()
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    from django.core.management import call_command

    from booking import clock, proof_of_work

    call_command("migrate", verbosity=0)
    # The tries are counted; to make each as long as it is would show nothing more.
    proof_of_work.ROUNDS = 1
    print("limits | places | tout | families served | hindered | proofs | tries")
    for name, limits in LIMITS.items():
        outcome = simulate(
            limits,
            attempts=chosen.addresses,
            families=chosen.families,
            set_time=lambda moment: setattr(clock, "system_time", lambda: moment),
        )
        print(
            f"{name} | {outcome.offered} | {outcome.tout} | {outcome.families} |"
            f" {outcome.hindered} | {outcome.proofs} | {outcome.tries}"
        )


if __name__ == "__main__":
    main()
