"""Redis is away, then back and empty: work goes on, displays follow by asking the database.

What the operator's handbook promises: calls, bookings and tickets go on, and displays follow
within five seconds.
"""

import time
from collections.abc import Callable
from uuid import uuid4

import pytest

from .clients import STALE_SECONDS, Answer, Citizen, Display, Kiosk, wait_for
from .conftest import Town
from .rush import some_start

# The hubs ask the database every five seconds; the answer takes a moment.
FOLLOW_SECONDS = 5
MOMENT = 2
# Beyond what the same act took before: one second that a clerk may wait for Redis, and some.
PATIENCE = 2


def test_calls_go_on_and_displays_follow_while_redis_is_away(town):
    without_redis(town, 3)


@pytest.mark.endure
def test_twenty_seconds_without_redis_delay_displays_and_nothing_else(town):
    without_redis(town, 20)


class Morning:
    """Everybody does what they do; how long each act takes, and when displays follow."""

    def __init__(self, town: Town, displays: list[Display]) -> None:
        self.town, self.displays = town, displays
        self.clerk = town.clerk(at=town.web).sit_down()
        self.colleague = town.clerk(number=1, at=town.daphnes[0]).sit_down()
        self.kiosk = Kiosk(town.web.url, town.offices[0])
        self.citizen = Citizen(town.offices[0], town.web.url, town.daphnes[0].url)
        self.day = town.offices[0]["days"][0]

    def acts(self) -> dict[str, float]:
        """In seconds. Ends with two calls, by the API and at the desk, seen on every display."""
        took = {
            "ticket": self.timed(lambda: self.kiosk.draw(uuid4().hex), 302),
            "ticket of the front desk": self.timed(self.clerk.draw, 201),
            "kiosk page": self.timed(self.kiosk.start, 200),
            "call": self.timed(self.clerk.next, 200),
            "call at the desk": self.timed(self.colleague.press_next, 200),
            "desk page": self.timed(self.colleague.look, 200),
        }
        begun = time.monotonic()
        numbers = [self.clerk.called(), self.colleague.called()]
        took["displays"] = wait_for(
            lambda: all(display.shows(one) for display in self.displays for one in numbers),
            FOLLOW_SECONDS + MOMENT,
            f"{numbers} on the displays",
        )
        begun = time.monotonic()
        assert self.citizen.book(some_start(self.day)).told == "confirmed"
        took["booking"] = (time.monotonic() - begun) / 2
        for one in (self.clerk, self.colleague):
            one.finish()
        return took

    def timed(self, act: Callable[[], Answer], status: int) -> float:
        answer = act()
        assert answer.status == status, answer
        return answer.seconds


def without_redis(town: Town, seconds: float) -> None:
    with town.display(town.daphnes[0]) as first, town.display(town.daphnes[1]) as second:
        displays = [first, second]
        morning = Morning(town, displays)
        usual = morning.acts()

        town.redis.stop()
        stopped_at = time.monotonic()
        rounds = [morning.acts()]
        while time.monotonic() < stopped_at + seconds:
            rounds.append(morning.acts())
        health = morning.kiosk.browser.send("GET", "/health")
        assert (health.status, health.json["channel_layer"]) == (200, "unreachable")
        silences = [one.longest_silence(stopped_at) for one in displays]

        town.redis.start()
        back_at = time.monotonic()
        first_call = morning.acts()["displays"]
        wait_for(lambda: morning.acts()["displays"] < 1, 60, "displays that follow at once again")
        heard_again = time.monotonic() - back_at
        wait_for(
            lambda: first.heard[-1][1] == second.heard[-1][1],
            FOLLOW_SECONDS + MOMENT,
            "the same on the displays of both processes",
        )

    # They do not call themselves stale: the poll of the database goes on.
    assert max(silences) < STALE_SECONDS
    slowest = {name: max(one[name] for one in rounds) for name in usual}
    held_up = {
        name: took
        for name, took in slowest.items()
        if name != "displays" and took > usual[name] + PATIENCE
    }
    assert held_up == {}
    print(
        f"\n{len(rounds)} rounds without Redis: "
        + ", ".join(f"{name} {usual[name]:.2f} → {slowest[name]:.2f} s" for name in usual)
        + f"; longest silence {max(silences):.1f} s; after the start {first_call:.1f} s,"
        f" at once again after {heard_again:.1f} s"
    )
