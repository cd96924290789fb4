"""A display whose sockets and clock the test holds: every second of it can be looked at."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, WebSocketRoute

from .town import Town

STEP = 0.5
# What is seen, and not cut off by its box.
SEEN = """() => {
  const inside = (part, box) => {
    const [one, other] = [part.getBoundingClientRect(), box.getBoundingClientRect()];
    return one.height > 0 && one.top >= other.top - 1 && one.bottom <= other.bottom + 1;
  };
  const [newest, list] = [document.querySelector(".newest"), document.querySelector(".calls")];
  const large = newest.querySelector("[data-number]");
  const rows = [...list.querySelectorAll(".call__number")].filter((one) => inside(one, list));
  return [large, ...rows].filter((one) => !one.hidden).map((one) => one.textContent);
}"""
# Instead of being heard, what is played is written down, and is over at once.
NOTE_SOUND = """
  window.heard = [];
  HTMLMediaElement.prototype.play = function () {
    window.heard.push([new URL(this.src).pathname, this.volume]);
    this.dispatchEvent(new Event("ended"));
    return Promise.resolve();
  };
"""


def set_display(town: Town, token: str, also_shows: str = "", **settings: Any) -> None:
    """Give the display of a token other settings, at the command line."""
    town.manage(
        "shell",
        "-v0",
        "-c",
        "from booking.domain.devices import *; from booking.models import Device; "
        f"found = device_of_token({token!r}); "
        f"Device.objects.filter(pk=found.pk).update(**{settings!r}); "
        f"found.also_shows.set({[also_shows] if also_shows else []!r}); settings_changed(found)",
    )


class Board:
    """The page of a display. Nothing happens on it but what a test says or lets pass."""

    def __init__(
        self, visit: Callable[..., Page], town: Town, token: str, viewport: dict[str, int]
    ) -> None:
        self.sockets: dict[str, WebSocketRoute] = {}
        self.version = 0
        self.page = visit("about:blank", viewport)
        self.page.add_init_script(NOTE_SOUND)
        self.page.context.add_cookies(
            [{"name": "schalter_display", "value": token, "url": town.url}]
        )
        self.page.route_web_socket("**/ws/display/**", self._open)
        self.page.clock.install()
        self.page.goto(f"{town.url}/display/")
        self.settings = json.loads(self.page.locator("#display-settings").text_content())
        self.offices = [one["id"] for one in self.settings["offices"]]

    def _open(self, socket: WebSocketRoute) -> None:
        (office,) = parse_qs(urlsplit(socket.url).query)["office"]
        self.sockets[office] = socket

    def pass_time(self, seconds: float) -> None:
        self.page.clock.run_for(round(seconds * 1000))

    def show(self, calls: Iterable[dict[str, Any]] = (), office: int = 0, **other: Any) -> None:
        """The server says how it stands at an office."""
        self.version += 1
        state = {
            "type": "snapshot",
            "version": self.version,
            "office": self.offices[office],
            "calls": list(calls),
            "waiting": 0,
            "waiting_by_letter": {},
            "notice": "",
            "notices": "",
        }
        self.sockets[self.offices[office]].send(json.dumps(state | other))
        self.pass_time(0.05)

    def seen(self) -> Sequence[str]:
        return self.page.evaluate(SEEN)

    def seconds_seen(self, seconds: float) -> dict[str, float]:
        """For how long each number can be read while so many seconds pass."""
        had: dict[str, float] = {}
        for _ in range(round(seconds / STEP)):
            for number in self.seen():
                had[number] = had.get(number, 0) + STEP
            self.pass_time(STEP)
        return had


def call(number: str, second: float = 0, **other: Any) -> dict[str, Any]:
    """A call as the server tells it, so many seconds after half past nine in Berlin."""
    return {
        "number": number,
        "spoken": number,
        "counter": str(int(number[1:])),
        "counter_id": "11111111-1111-1111-1111-111111111111",
        "counter_is_name": False,
        "places": {},
        "called_at": f"2026-11-24T08:30:{second:09.6f}+00:00",
        "recalled": False,
        "begun": False,
        "language": "de",
    } | other
