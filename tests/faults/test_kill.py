"""A process is killed in the middle of its work: what was promised holds, nothing is doubled.

The clients repeat what broke off, with the same Idempotency-Key, at whatever process is left.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from uuid import uuid4

import psutil
import pytest

from .clients import (
    STALE_SECONDS,
    Booking,
    Citizen,
    Clerk,
    Kiosk,
    MailServer,
    at_once,
    wait_for,
)
from .conftest import Town

CITIZENS = 20
CALL_SECONDS = 2


def some_start(town: Town) -> str:
    """A time tomorrow; with few to choose from, many want the same one."""
    minute = random.randrange(6 * 60, 17 * 60, 10)
    return f"{town.offices[0]['tomorrow']}T{minute // 60:02}:{minute % 60:02}"


class Rush:
    """Citizens who book until ``count`` bookings are made; every tenth only holds a time."""

    def __init__(self, town: Town, count: int, *urls: str) -> None:
        self.town, self.count, self.urls = town, count, urls
        self.bookings: list[Booking] = []
        self.citizens = [Citizen(town.offices[0], *urls) for _ in range(CITIZENS)]

    @property
    def confirmed(self) -> list[Booking]:
        return [one for one in self.bookings if one.told == "confirmed"]

    def run(self) -> None:
        at_once([lambda one=one: self._keep_booking(one) for one in self.citizens])

    def _keep_booking(self, citizen: Citizen) -> None:
        while len(self.confirmed) < self.count:
            act = citizen.hold if random.random() < 0.1 else citizen.book
            self.bookings.append(act(some_start(self.town)))

    def broken(self) -> int:
        """How many requests ended without an answer."""
        return sum(citizen.browser.statuses()[0] for citizen in self.citizens)

    def statuses(self) -> Counter[int]:
        return sum((citizen.browser.statuses() for citizen in self.citizens), Counter())


def test_the_second_half_of_a_daphne_goes_on_where_the_killed_one_stopped(town):
    kill_while_booking(town, 80, *daphnes(town))


def test_a_killed_gunicorn_worker_is_replaced_and_nothing_is_lost(town):
    kill_while_booking(town, 80, *gunicorn(town))


@pytest.mark.endure
@pytest.mark.parametrize("choose", ["daphnes", "gunicorn"])
def test_five_hundred_bookings_survive_a_kill(town, choose):
    kill_while_booking(town, 500, *globals()[choose](town))


def daphnes(town: Town) -> tuple[list[str], Callable[[], None]]:
    return [one.url for one in town.daphnes], town.daphnes[0].kill


def gunicorn(town: Town) -> tuple[list[str], Callable[[], None]]:
    workers = psutil.Process(town.web.process.pid).children()
    return [town.web.url], workers[0].kill


def kill_while_booking(town: Town, count: int, urls: list[str], kill: Callable[[], None]) -> None:
    before = {one["id"] for one in town.ask("report")["appointments"]}
    rush = Rush(town, count, *urls)
    running = threading.Thread(target=rush.run)
    clerk = town.clerk(at=town.daphnes[1] if len(urls) > 1 else town.web).sit_down()
    kiosk = Kiosk(urls[-1], town.offices[0])
    with town.display(town.daphnes[0]) as first, town.display(town.daphnes[1]) as second:
        begun = time.monotonic()
        running.start()
        wait_for(lambda: len(rush.confirmed) > count // 3, 60, "a third of the bookings")
        kill()
        number, seconds = call_somebody(clerk, kiosk)
        wait_for(lambda: second.shows(number), 5, "the call on the other display")
        town.heal()
        wait_for(lambda: first.shows(number), 20, "the call on the display cut off")
        running.join(120)
        cut_off, silence = (one.longest_silence(begun) for one in (first, second))
    clerk.finish()
    assert silence < STALE_SECONDS
    assert rush.broken() > 0, "nobody noticed"
    assert set(rush.statuses()) <= {0, 200, 201, 409}
    compare(town, rush, before)
    print(
        f"\n{len(rush.confirmed)} bookings, {rush.broken()} answers broken off; draw and call"
        f" {seconds:.2f} s; the displays heard nothing for {cut_off:.1f} and {silence:.1f} s"
    )


def call_somebody(clerk: Clerk, kiosk: Kiosk) -> tuple[str, float]:
    """A visitor draws a ticket and a clerk calls; the number called, and how long both took."""
    begun = time.monotonic()
    key = uuid4().hex
    wait_for(lambda: kiosk.draw(key).status == 302, CALL_SECONDS, "the ticket")
    # A call that broke off may have been made: then the counter is busy with it.
    wait_for(lambda: clerk.next().status in (200, 409), CALL_SECONDS, "the call")
    return clerk.called(), time.monotonic() - begun


def compare(town: Town, rush: Rush, before: set[str]) -> None:
    """What citizens were told is what the database holds, no more and no less."""
    rows = {one["id"]: one for one in town.ask("report")["appointments"] if one["id"] not in before}
    told = {"confirmed": "booked", "held": "held"}
    promised = {one.id: told[one.told] for one in rush.bookings if one.told in told}
    assert len(promised) == sum(one.told in told for one in rush.bookings)
    assert {pk: row["state"] for pk, row in rows.items()} == promised
    assert all(rows[one.id]["code"] == one.code for one in rush.confirmed)

    town.ask("lapse_holds")
    left = town.ask("report")
    assert left["wrong_slots"] == []
    states = {one["id"]: one["state"] for one in left["appointments"]}
    assert {states[one.id] for one in rush.confirmed} == {"booked"}
    assert "held" not in states.values()


def test_a_worker_killed_before_and_after_the_mail_server_has_accepted_loses_no_mail(
    town, mail_server
):
    kill_while_mailing(town, mail_server, 40, kills=2)


@pytest.mark.endure
def test_five_hundred_mails_survive_ten_kills_of_the_worker(town, mail_server):
    kill_while_mailing(town, mail_server, 500, kills=10)


def kill_while_mailing(town: Town, mail_server: MailServer, count: int, kills: int) -> None:
    """Kill the worker, in turn before the mail server takes a mail and right after it has."""
    town.ask("write_mails", count)
    mails = set(pending(town))
    assert len(mails) >= count
    mail_server.taken.clear()
    worker = town.installation.worker()
    in_flight: set[str] = set()
    accepted: set[str] = set()
    try:
        for number in range(kills):
            mail_server.kill_at(len(mails) // (kills + 1), worker, accept=number % 2 == 1)
            worker.start()
            wait_for(lambda: worker.process.poll() is not None, 90, "the worker's end")
            in_flight |= {mail for mail, attempts in pending(town).items() if attempts}
            accepted |= in_flight & set(mail_server.taken)
        worker.start()
        wait_for(lambda: set(pending(town)) <= in_flight, 120, "all others sent")
        assert set(pending(town)) == in_flight, "somebody else has tried them too early"
        assert len(in_flight) >= kills
        # What is left of the two minutes is not waited for: the leases are ended instead.
        town.ask("end_leases")
        wait_for(lambda: not pending(town), 60, "the mails whose worker had died")
    finally:
        worker.kill()
    taken = Counter(mail_server.taken)
    assert set(taken) == mails, "lost"
    assert {mail for mail, times in taken.items() if times > 1} == accepted
    assert max(taken.values()) <= 2
    print(f"\n{len(mails)} mails, {kills} kills: none lost, {len(accepted)} came twice")


def pending(town: Town) -> dict[str, int]:
    """The mails that wait, and how often each was tried."""
    mails = town.ask("report")["mails"]
    return {one["id"]: one["attempts"] for one in mails if one["state"] == "pending"}
