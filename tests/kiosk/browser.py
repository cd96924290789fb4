"""The kiosk in a real browser: what its tests share."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page

AXE = Path(settings.BASE_DIR) / "node_modules/axe-core/axe.min.js"
# Counts the prints of this browser; without a printer print() does nothing.
COUNT_PRINTS = """
window.print = () => {
    top.prints = (top.prints ?? 0) + 1;
    window.dispatchEvent(new Event("afterprint"));
};
"""


@pytest.fixture
def page(chromium, live_server, paired, offering) -> Iterator[Page]:
    """The paired kiosk at its start page. Its time stands still until a test moves it."""
    context = chromium.new_context(
        viewport={"width": 1080, "height": 1920}, base_url=live_server.url
    )
    context.set_default_timeout(10_000)
    context.add_cookies([{"name": "schalter_kiosk", "value": paired[1], "url": live_server.url}])
    context.add_init_script(COUNT_PRINTS)
    page = context.new_page()
    page.clock.install()
    page.goto("/kiosk/")
    yield page
    context.close()
    let_the_server_finish()


def let_the_server_finish() -> None:
    """Pages may still have been asking: the database is emptied once nobody uses it."""
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(timeout=10)
            assert not thread.is_alive()


def prints(page: Page) -> int:
    return page.evaluate("window.prints ?? 0")


def scan(page: Page, text: str) -> None:
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def draw(page: Page) -> None:
    page.goto("/kiosk/services/")
    page.locator("a.tile, button.tile").first.click()
    page.locator("button[name=quantity]").first.dblclick()
    page.wait_for_url("**/ticket/**")


def require_sound(page: Page) -> None:
    """Axe finds nothing, and nothing has to be scrolled."""
    page.evaluate(AXE.read_text())
    result = page.evaluate("() => axe.run()")
    problems = [
        (found["id"], node["html"]) for found in result["violations"] for node in found["nodes"]
    ]
    assert (page.url, problems) == (page.url, [])
    overflow = "document.documentElement.scrollHeight - innerHeight"
    assert page.evaluate(overflow) <= 0
