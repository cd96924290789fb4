"""Screens whose own clock is wrong, or is set while they show: a real Chromium, a real Daphne."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.conftest import BERLIN
from tests.installation import Installation, Program

from .small_town import SmallTown, make_small_town

pytestmark = pytest.mark.browser

# The display says that it hears nothing after 15 seconds.
STALE_MILLISECONDS = 25_000


@dataclass
class Place:
    town: SmallTown
    daphne: Program

    def shown_now(self) -> re.Pattern[str]:
        """What a clock shows now, or in a moment."""
        now = datetime.now(BERLIN)
        return re.compile("|".join(f"{now + timedelta(minutes=n):%H:%M}" for n in (0, 1)))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Installation, SmallTown]]:
    """The town is the same for all; every test leaves its queue empty."""
    with Installation(tmp_path_factory.mktemp("clock")) as installation:
        installation.environment["DEBUG"] = "1"  # static files from their sources
        yield installation, make_small_town(installation)


@pytest.fixture
def place(built) -> Iterator[Place]:
    installation, town = built
    daphne = installation.sockets()
    daphne.start()
    yield Place(town, daphne)
    daphne.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["TEST_CHROMIUM"], args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture
def screen(chromium: Browser, place: Place) -> Iterator[Callable[..., Page]]:
    """A paired screen, ``screen("display", hours=1)``, whose clock is wrong by so much."""
    with ExitStack() as stack:

        def opened(kind: str, hours: int) -> Page:
            context = chromium.new_context(locale="de-DE", timezone_id="Europe/Berlin")
            stack.callback(context.close)
            token = place.town.displays[0] if kind == "display" else place.town.kiosk
            context.add_cookies(
                [{"name": f"schalter_{kind}", "value": token, "url": place.daphne.url}]
            )
            page = context.new_page()
            page.clock.install(time=datetime.now(BERLIN) + timedelta(hours=hours))
            page.goto(f"{place.daphne.url}/{kind}/")
            return page

        yield opened


def set_device_clock(page: Page, hours: int) -> None:
    """As its owner or the time server does: timers go on, the clock jumps."""
    page.clock.set_system_time(datetime.now(BERLIN) + timedelta(hours=hours))


def call_somebody(place: Place, desk: httpx.Client, kiosk: httpx.Client) -> str:
    """The number that is called next, once it has drawn a ticket."""
    place.town.draw_ticket(kiosk)
    visit = desk.post(f"/counters/{place.town.counter}/next").json()["visit"]
    for action in ("begin", "finish"):
        assert desk.post(f"/visits/{visit['id']}/{action}").status_code == 200
    place.town.draw_ticket(kiosk)
    return desk.post(f"/counters/{place.town.counter}/next").json()["visit"]["number"]


@pytest.mark.parametrize("hours", [-24, 1])
def test_a_display_with_a_wrong_clock_shows_the_servers_time_and_announces(place, screen, hours):
    """And goes on when its clock is set right under way, and says so when it hears nothing."""
    town = place.town
    display = screen("display", hours)
    expect(display.locator("[data-clock]")).to_have_text(place.shown_now())
    with town.at_the_desk(place.daphne.url) as desk, town.at_the_kiosk(place.daphne.url) as kiosk:
        desk.post(f"/counters/{town.counter}/open")
        for now_wrong_by in (hours, 0, -hours):
            set_device_clock(display, now_wrong_by)
            number = call_somebody(place, desk, kiosk)
            expect(display.locator("[data-number]")).to_have_text(number, timeout=20_000)
            expect(display.locator("[data-clock]")).to_have_text(place.shown_now())
            visit = desk.get(f"/offices/{town.office}/queue").json()["called"][0]
            for action in ("begin", "finish"):
                desk.post(f"/visits/{visit['id']}/{action}")
    expect(display.locator("[data-stale]")).to_be_hidden()
    place.daphne.stop()
    set_device_clock(display, -hours - 1)  # even if its clock is set back in that moment
    expect(display.locator("[data-stale]")).to_be_visible(timeout=STALE_MILLISECONDS)


@pytest.mark.parametrize("hours", [-1, 24])
def test_a_kiosk_with_a_wrong_clock_shows_the_servers_time_and_still_goes_home(
    place, screen, hours
):
    kiosk = screen("kiosk", hours)
    expect(kiosk.locator("[data-clock]")).to_have_text(place.shown_now())
    set_device_clock(kiosk, -hours)
    expect(kiosk.locator("[data-clock]")).to_have_text(place.shown_now())
    # On a page that somebody has left: it asks after a while, whatever the clock says.
    kiosk.goto(f"{place.daphne.url}/kiosk/check-in/")
    set_device_clock(kiosk, -25)
    idle = int(kiosk.locator("body").get_attribute("data-idle"))
    kiosk.clock.run_for((idle + 1) * 1000)
    expect(kiosk.locator("#still-there")).to_be_visible()
