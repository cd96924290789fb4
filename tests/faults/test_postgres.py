"""PostgreSQL ends, refuses connections or holds a statement up: a clear 503, then on by itself."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest

from .clients import LONGEST_PAUSE, Answer, Clerk, Kiosk, Pages, at_once, wait_for
from .conftest import Town
from .rush import Rush, some_start

# In config/settings.py: for a connection, for a lock, for a statement.
POOL_SECONDS = 5
LOCK_SECONDS = 5
STATEMENT_SECONDS = 15
# PostgreSQL counts anew for somebody who was second in the queue for a lock and becomes first.
LOCKS = 2
# What a busy machine may add.
MOMENT = 3
# Whoever waits for a thread while others wait for the database is told after both.
TOLD_SECONDS = 2 * POOL_SECONDS + MOMENT
# Until a display that was cut off for long asks again, and until it is answered.
DISPLAY_SECONDS = 1.5 * LONGEST_PAUSE + POOL_SECONDS + MOMENT


class People:
    """Everybody asks at the same time; ``ask`` is told in the form of each."""

    def __init__(self, town: Town) -> None:
        office = town.offices[0]
        self.clerk = town.clerk(number=2).sit_down()
        self.kiosk = Kiosk(town.daphnes[0].url, office)
        processes = (town.web, *town.daphnes)
        self.visitors = [Pages(one.url, office) for one in processes]
        self.start = some_start(office["days"][0])

    def all_ask(self) -> dict[str, Answer]:
        web, first, second = self.visitors
        acts: dict[str, Callable[[], Answer]] = {
            "page": web.look,
            "sent page": lambda: first.hold(self.start),
            "api": second.availability,
            "desk key": self.clerk.press_next,
            "clerk's api": self.clerk.next,
            "kiosk": self.kiosk.start,
            "kiosk's ticket": lambda: self.kiosk.draw(uuid4().hex),
        }
        return dict(zip(acts, at_once(*acts.values()), strict=True))


def assert_all_are_told(answers: dict[str, Answer]) -> float:
    """Each in its own form that the system does not answer; how long the slowest took."""
    assert {name: one.status for name, one in answers.items()} == dict.fromkeys(answers, 503)
    assert {one.headers["retry-after"] for one in answers.values()} == {"5"}
    for name in ("api", "clerk's api"):
        assert answers[name].code == "unavailable"
    assert "Unser System antwortet nicht" in answers["page"].text
    assert "Ihre Eingaben sind noch da" in answers["sent page"].text
    assert 'name="start"' in answers["sent page"].text
    for name in ("kiosk", "kiosk's ticket"):
        assert "wenden Sie sich an unsere Mitarbeitenden" in answers[name].text
    return max(one.seconds for one in answers.values())


def assert_served_again(town: Town, people: People, seconds: float) -> float:
    """Every process answers by itself; after how many seconds the last does."""
    return max(
        wait_for(lambda one=one: one.availability().status == 200, seconds, one.browser.urls[0])
        for one in people.visitors
    )


def test_an_outage_is_said_to_everybody_and_ends_by_itself(town):
    outage(town, town.postgres.stop, 60)


@pytest.mark.endure
@pytest.mark.parametrize("how", ["stop", "kill"])
def test_five_hundred_bookings_survive_the_end_of_postgresql(town, how):
    outage(town, getattr(town.postgres, how), 500)


def outage(town: Town, end: Callable[[], None], count: int) -> None:
    people = People(town)
    rush = Rush(town, count, town.web.url, town.daphnes[1].url)
    with town.display(town.daphnes[0]) as display:
        rush.begin()
        rush.wait_for_half()
        end()
        slowest = assert_all_are_told(people.all_ask())
        health = people.kiosk.browser.send("GET", "/health")
        town.postgres.start()
        started_at = time.monotonic()
        back = assert_served_again(town, people, POOL_SECONDS + MOMENT)
        wait_for(lambda: display.heard_at > started_at, DISPLAY_SECONDS, "the display")
        seen = time.monotonic() - started_at
        rush.finish()
    assert (health.status, health.json["database"]) == (503, "unreachable")
    assert slowest < TOLD_SECONDS
    assert set(rush.statuses()) <= {200, 201, 409, 503}
    rush.compare_with_database()
    called = people.clerk.next()
    assert called.status in (200, 204, 409)
    people.clerk.finish()
    print(
        f"\n{len(rush.confirmed)} bookings with {rush.statuses()[503]} answers of 503; told within"
        f" {slowest:.1f} s; served again {back:.1f} s after the start, display {seen:.1f} s"
    )


@pytest.mark.endure
def test_a_short_restart_is_not_noticed_by_anybody_who_asks_meanwhile(town):
    people = People(town)
    town.postgres.stop()
    (answers, _none) = at_once(people.all_ask, town.postgres.start)
    assert {one.status for one in answers.values()} <= {200, 204, 302, 409}, answers
    people.clerk.finish()


@pytest.mark.endure
def test_when_all_connections_are_taken_everybody_is_told_and_served_once_one_is_free(town):
    people = People(town)
    with all_connections(town):
        slowest = assert_all_are_told(people.all_ask())
    back = assert_served_again(town, people, POOL_SECONDS + MOMENT)
    assert slowest < TOLD_SECONDS
    print(f"\ntold within {slowest:.1f} s; served again after {back:.1f} s")


@pytest.mark.endure
def test_few_connections_for_many_citizens_make_it_slower_and_nobody_gets_a_500(town):
    town.postgres.stop()
    town.postgres.settings["max_connections"] = 9
    try:
        town.postgres.start()
        rush = Rush(town, 200, town.web.url, *(one.url for one in town.daphnes))
        rush.begin()
        rush.finish()
        assert set(rush.statuses()) <= {200, 201, 409, 503}
        rush.compare_with_database()
        slowest = max(one.seconds for citizen in rush.citizens for one in citizen.browser.answers)
        assert slowest < POOL_SECONDS + STATEMENT_SECONDS
        print(f"\n200 bookings, {dict(rush.statuses())}, the slowest answer {slowest:.1f} s")
    finally:
        town.postgres.stop()
        town.postgres.settings["max_connections"] = 200
        town.postgres.start()


@contextmanager
def all_connections(town: Town) -> Iterator[None]:
    """Take away every connection and keep them."""
    hoard: list[psycopg.Connection] = []
    try:
        hoard.append(psycopg.connect(town.postgres.url_of("postgres"), autocommit=True))
        others = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name <> 'hoard' AND backend_type = 'client backend'"
            " AND pid <> pg_backend_pid()"
        )
        refused = 0
        while refused < 20:
            hoard[0].execute(others)
            try:
                while True:
                    hoard.append(
                        psycopg.connect(town.postgres.url_of("postgres"), application_name="hoard")
                    )
            except psycopg.OperationalError:
                refused += 1
        yield
    finally:
        for one in hoard:
            one.close()


def test_a_clerk_is_not_left_waiting_for_a_lock_and_other_offices_are_not_held_up(town):
    clerk, colleague = town.clerk(number=3).sit_down(), town.clerk(office=1).sit_down()
    assert clerk.draw().status == 201
    usual = [colleague_works(colleague) for _ in range(3)]
    with psycopg.connect(town.postgres.url_of("postgres")) as other:
        other.execute(
            "SELECT * FROM booking_queue WHERE office_id = %s FOR UPDATE", [clerk.office["id"]]
        )
        at_the_desk, by_the_api, *meanwhile = at_once(
            clerk.press_next, clerk.draw, *[lambda: colleague_works(colleague)]
        )
    assert (at_the_desk.status, by_the_api.status) == (503, 503)
    assert by_the_api.code == "unavailable"
    slowest = max(at_the_desk.seconds, by_the_api.seconds)
    assert LOCK_SECONDS - 1 < slowest < LOCKS * LOCK_SECONDS + MOMENT
    assert max(meanwhile) < max(usual) + MOMENT
    # The lock is gone: the call that was refused has not been made, and is made now.
    assert clerk.present() is None
    assert clerk.next().status == 200
    clerk.finish()
    print(
        f"\nanswered after {slowest:.1f} s; the other office {max(usual):.2f} →"
        f" {max(meanwhile):.2f} s for three acts"
    )


def colleague_works(colleague: Clerk) -> float:
    """A ticket, a call and its end at the other office, in seconds."""
    begun = time.monotonic()
    assert colleague.draw().status == 201
    assert colleague.next().status == 200
    colleague.finish()
    return time.monotonic() - begun


@pytest.mark.endure
def test_a_statement_that_hangs_is_ended(town):
    clerk, colleague = town.clerk(number=3).sit_down(), town.clerk(office=1).sit_down()
    assert clerk.draw().status == 201
    with hanging_updates(town, clerk.office["id"]):
        hung, worked = at_once(clerk.next, lambda: colleague_works(colleague))
    assert (hung.status, hung.code) == (503, "unavailable")
    assert STATEMENT_SECONDS - 1 < hung.seconds < STATEMENT_SECONDS + MOMENT
    assert worked < STATEMENT_SECONDS / 2
    assert clerk.present() is None
    assert clerk.next().status == 200
    clerk.finish()


@contextmanager
def hanging_updates(town: Town, office_id: str) -> Iterator[None]:
    """Every change of the office's queue takes a minute."""
    with psycopg.connect(town.postgres.url_of("postgres"), autocommit=True) as owner:
        owner.execute(
            "CREATE FUNCTION hang() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN PERFORM pg_sleep(60); RETURN NEW; END'"
        )
        owner.execute(
            "CREATE TRIGGER hang BEFORE UPDATE ON booking_queue FOR EACH ROW"
            f" WHEN (NEW.office_id = '{office_id}') EXECUTE FUNCTION hang()"
        )
        try:
            yield
        finally:
            owner.execute("DROP FUNCTION hang CASCADE")
