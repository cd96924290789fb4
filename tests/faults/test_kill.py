"""A process is killed in the middle of its work: what was promised holds, nothing is doubled.

The clients repeat what broke off, with the same Idempotency-Key, at whatever process is left.
"""

import time
from collections import Counter
from collections.abc import Callable
from uuid import uuid4

import psutil
import pytest

from .clients import STALE_SECONDS, Clerk, Kiosk, MailServer, wait_for
from .conftest import Town
from .rush import Rush

CALL_SECONDS = 2


def daphnes(town: Town) -> tuple[list[str], Callable[[], None]]:
    """Who is asked, and how one of them is killed."""
    return [one.url for one in town.daphnes], town.daphnes[0].kill


def gunicorn(town: Town) -> tuple[list[str], Callable[[], None]]:
    workers = psutil.Process(town.web.process.pid).children()
    return [town.web.url], workers[0].kill


def test_bookings_go_on_at_the_other_daphne_when_one_is_killed(town):
    kill_while_booking(town, 60, *daphnes(town))


@pytest.mark.endure
@pytest.mark.parametrize("processes", [daphnes, gunicorn])
def test_five_hundred_bookings_survive_a_kill(town, processes):
    kill_while_booking(town, 500, *processes(town))


def kill_while_booking(town: Town, count: int, urls: list[str], kill: Callable[[], None]) -> None:
    rush = Rush(town, count, *urls)
    clerk = town.clerk(at=town.daphnes[1] if len(urls) > 1 else town.web).sit_down()
    kiosk = Kiosk(urls[-1], town.offices[0])
    with town.display(town.daphnes[0]) as first, town.display(town.daphnes[1]) as second:
        begun = time.monotonic()
        rush.begin()
        rush.wait_for_half()
        kill()
        number, seconds = call_somebody(clerk, kiosk)
        wait_for(lambda: second.shows(number), 5, "the call on the other display")
        town.heal()
        wait_for(lambda: first.shows(number), 20, "the call on the display cut off")
        rush.finish()
        cut_off, silence = (one.longest_silence(begun) for one in (first, second))
    clerk.finish()
    assert silence < STALE_SECONDS
    assert rush.broken() > 0, "nobody noticed"
    assert set(rush.statuses()) <= {0, 200, 201, 409}
    rush.compare_with_database()
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
