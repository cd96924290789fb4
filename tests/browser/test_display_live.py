"""Display and ticket page in a real browser, with a server that comes and goes."""

import json
import re
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .conftest import PHONE, TV
from .town import Town, embedded

# From the answer to the clerk until it is seen, in milliseconds.
A_SECOND = 1000


class Clerk:
    """Somebody at a counter of the citizen office, who works through the API."""

    def __init__(self, town: Town, name: str) -> None:
        self.town = town
        self.staff = town.manage("staff_token", name)
        slug = town.get("/api/v1/authorities")[0]["slug"]
        offices = town.get(f"/api/v1/authorities/{slug}/offices")
        self.office = next(one for one in offices if len(one["offerings"]) >= 12)
        self.id = self.office["id"]
        counters = self._call("GET", f"offices/{self.id}/counters")
        mine = [one for one in counters if one["staff"] == name]
        self.counter = (mine or [one for one in counters if one["state"] == "closed"])[0]
        self._call("POST", f"counters/{self.counter['id']}/open")
        self._finish_everybody()

    def _finish_everybody(self) -> None:
        queue = self._call("GET", f"offices/{self.id}/queue")
        for visit in [*queue["called"], *queue["serving"]]:
            if visit["counter"] == self.counter["label"]:
                self.finish(visit)

    def finish(self, visit: dict[str, Any]) -> None:
        if visit["state"] == "called":
            self.act(visit, "begin")
        self.act(visit, "finish")

    def device(self, kind: str) -> str:
        return self.town.manage("pair_device", "--office", self.id, "--kind", kind)

    def draw(self) -> dict[str, Any]:
        offering = next(one for one in self.office["offerings"] if one["walk_in"])
        body = {"offerings": [{"id": offering["id"], "quantity": 1}]}
        return self._call("POST", f"offices/{self.id}/visits", body, self.device("kiosk"))

    def next(self) -> dict[str, Any]:
        return self._call("POST", f"counters/{self.counter['id']}/next")["visit"]

    def act(self, visit: dict[str, Any], action: str) -> None:
        self._call("POST", f"visits/{visit['id']}/{action}")

    def call_until(self, visit_id: str) -> None:
        """Serve whoever is before, then call the visit."""
        while (called := self.next())["id"] != visit_id:
            self.finish(called)

    def _call(self, method: str, path: str, body: object = None, token: str | None = None) -> Any:
        request = urllib.request.Request(
            f"{self.town.url}/api/v1/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {token or self.staff}",
                "Content-Type": "application/json",
            },
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)


@pytest.fixture(scope="module")
def own_town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A town that these tests may stop; not running yet."""
    return embedded(tmp_path_factory.mktemp("display"))


def open_display(visit: Callable[..., Page], town: Town, token: str) -> Page:
    page = visit(f"{town.url}/health", TV)
    page.context.add_cookies([{"name": "schalter_display", "value": token, "url": town.url}])
    page.goto(f"{town.url}/display/")
    return page


def note_newest(page: Page) -> None:
    """From now on the page remembers every number that was the newest while it flashed."""
    page.evaluate(
        """() => {
          window.announced = [];
          new MutationObserver(() => {
            const newest = document.querySelector(".newest--fresh .newest__number");
            const number = newest?.textContent;
            if (number && window.announced.at(-1) !== number) window.announced.push(number);
          }).observe(document.body, { subtree: true, childList: true, attributes: true });
        }"""
    )


def test_the_display_announces_says_when_it_is_cut_off_and_recovers(own_town, visit, keep):
    with own_town.running():
        clerk, colleague = Clerk(own_town, "clerk1"), Clerk(own_town, "clerk2")
        page = open_display(visit, own_town, clerk.device("display"))
        expect(page.locator("[data-clock]")).to_have_text(re.compile(r"^09:3\d$"))
        note_newest(page)

        # Two calls in the same second: both on the board within a second, both announced.
        first, second = clerk.next(), colleague.next()
        expect(page.locator(".newest__number")).to_have_text(first["number"], timeout=A_SECOND)
        expect(page.locator(".call__number").first).to_have_text(second["number"], timeout=A_SECOND)
        keep(page, "called")
        expect(page.locator(".newest__number")).to_have_text(second["number"], timeout=12_000)
        clerk.act(first, "recall")
        expect(page.locator(".newest__number")).to_have_text(first["number"], timeout=12_000)
        numbers = [first["number"], second["number"], first["number"]]
        assert page.evaluate("window.announced") == numbers

    expect(page.locator("[data-stale]")).to_be_visible(timeout=25_000)
    keep(page, "stale")
    # Whoever was called is still there to be read.
    expect(page.locator(".newest__number")).to_have_text(first["number"])

    with own_town.running():
        expect(page.locator("[data-stale]")).to_be_hidden(timeout=20_000)
        expect(page.locator(".newest--fresh")).to_have_count(0)
        keep(page, "recovered")
        own_town.manage(
            "shell",
            "-c",
            "from booking.domain.devices import revoke_device; from booking.models import Device; "
            "[revoke_device(one) for one in Device.objects.filter(kind='display')]",
        )
        page.wait_for_url("**/display/pair/", timeout=25_000)


def test_the_visitors_page_turns_into_the_call(own_town, visit, keep):
    with own_town.running():
        clerk = Clerk(own_town, "clerk1")
        ticket = clerk.draw()
        page = visit(f"{own_town.url}/ticket/{ticket['id']}/", PHONE)
        expect(page.locator(".ticket__number")).to_have_text(ticket["number"])
        expect(page.locator("[data-live]")).to_be_visible()
        keep(page, "waiting")
        page.locator("[data-sound-on]").click()
        clerk.call_until(ticket["id"])
        expect(page.locator(".ticket--called .ticket__counter")).to_be_visible(timeout=2 * A_SECOND)
        keep(page, "called")
        assert page.context.cookies() == []
