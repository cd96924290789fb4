"""Browsers that visit a running town.

With ``KEEP_SCREENSHOTS=1`` pictures of what they see are kept in ``var/screenshots``.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from .town import ROOT, Town, embedded, production

SCREENSHOTS = ROOT / "var" / "screenshots"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
TV = {"width": 1920, "height": 1080}
KIOSK = {"width": 1080, "height": 1920}
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--autoplay-policy=no-user-gesture-required",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs Chromium."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


# As long as the browser runs, Playwright's event loop runs in this thread: tests after this
# folder need it gone.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["TEST_CHROMIUM"], args=CHROMIUM_FLAGS
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The demo town on SQLite, one for all tests that leave it running."""
    with embedded(tmp_path_factory.mktemp("town")).running() as running:
        yield running


@pytest.fixture(
    scope="session",
    params=["embedded", pytest.param("production", marks=pytest.mark.services)],
)
def any_town(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    """The demo town, once on SQLite in memory and once on PostgreSQL and Redis."""
    if request.param == "embedded":
        yield request.getfixturevalue("town")
        return
    with production(tmp_path_factory.mktemp("production")) as made, made.running() as town:
        yield town


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open a fresh browser with its own cookies: ``visit(url, PHONE)``.

    At the end no page may have asked another host, broken the Content-Security-Policy or
    stopped with an error.
    """
    with ExitStack() as stack:

        def open_page(url: str, viewport: dict[str, int], **options) -> Page:
            context = chromium.new_context(
                viewport=viewport, locale="de-DE", timezone_id="Europe/Berlin", **options
            )
            stack.callback(context.close)
            context.set_default_timeout(10_000)
            stack.callback(require_clean, *watch(context))
            page = context.new_page()
            page.goto(url)
            return page

        yield open_page


def watch(context: BrowserContext) -> tuple[set[str], list[str]]:
    """The hosts the context asks and what goes wrong in it, from now on."""
    hosts: set[str] = set()
    faults: list[str] = []
    context.on("request", lambda request: hosts.add(urlsplit(request.url).hostname or ""))
    context.on("weberror", lambda error: faults.append(str(error.error)))
    context.on("console", lambda message: faults.extend(broken_policy(message)))
    return hosts, faults


def broken_policy(message: ConsoleMessage) -> list[str]:
    """What the page did against its policy; a test's own script has no address."""
    ours = message.location["url"]
    return [message.text] if ours and "Content Security Policy" in message.text else []


def require_clean(hosts: set[str], faults: list[str]) -> None:
    # A data: address has no host.
    assert hosts - {"", "127.0.0.1", "localhost"} == set()
    assert faults == []


@pytest.fixture
def email() -> str:
    """An address nobody else writes to."""
    return f"{uuid4().hex[:12]}@example.org"


@pytest.fixture
def keep(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Keep a screenshot in a folder of the test's name, where somebody wants to look at them."""
    folder = SCREENSHOTS / re.sub(r"\W+", "-", request.node.name).strip("-")

    def screenshot(page: Page, name: str) -> None:
        if os.environ.get("KEEP_SCREENSHOTS"):
            page.screenshot(path=folder / f"{name}.png")

    return screenshot
