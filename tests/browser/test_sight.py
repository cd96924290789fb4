"""The whole path of a citizen at 400 %, in forced colours, and with less motion."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from .citizen import give_details, hold_first_time, times_url
from .conftest import DESK
from .sight import ENLARGED, colourless, enlarged, restless
from .town import Town

pytestmark = pytest.mark.slow

# Where nothing else is booked.
HELD_DAY, BOOKED_DAY = "2026-12-08", "2026-12-09"


@pytest.fixture(scope="module")
def addresses(town: Town, chromium: Browser) -> dict[str, str]:
    """The pages of the path that can be called up again, by what they are for."""
    start = f"{town.url}/musterstadt/"
    context = chromium.new_context(locale="de-DE")
    page = context.new_page()
    page.goto(times_url(town, HELD_DAY))
    hold_first_time(page)
    held = page.url
    context.clear_cookies()
    page.goto(times_url(town, BOOKED_DAY))
    hold_first_time(page)
    give_details(page, "sight@example.org")
    booked = page.url
    page.locator("main a[href*='/ticket/']").click()
    ticket = page.url
    context.close()
    return {
        "start": start,
        "found": f"{start}?q=Perso",
        "services": f"{start}services/?service=personalausweis",
        "times": times_url(town, HELD_DAY),
        "details": held,
        "booked": booked,
        "move": f"{booked}move/",
        "cancel": f"{booked}cancel/",
        "wish": times_url(town, HELD_DAY).replace("/times/", "/wish/"),
        "ticket": ticket,
    }


def each(page: Page, addresses: dict[str, str], prefix: str = "") -> Iterator[str]:
    """Go from page to page, and by errors in the details."""
    for name, address in addresses.items():
        host, path = address[: address.index("/", 8)], address[address.index("/", 8) :]
        page.goto(f"{host}{prefix}{path}")
        yield name
        if name == "details":
            page.locator("#details button.kern-btn--primary").click()
            expect(page.locator("[data-error-summary]")).to_be_focused()
            yield f"{name}-with-errors"


@pytest.mark.parametrize("prefix", ["", "/ar"])
def test_at_four_times_the_size_nothing_is_cut_or_covered(town, visit, keep, addresses, prefix):
    page = visit("about:blank", ENLARGED)
    found = []
    for name in each(page, addresses, prefix):
        keep(page, name)
        found += [f"{name}: {one}" for one in enlarged(page)]
    assert not found, "\n".join(found)


def test_without_colours_and_movement_everything_is_to_be_seen(visit, keep, addresses):
    page = visit("about:blank", DESK)
    seen: set[str] = set()
    found = []
    for name in each(page, addresses):
        found += [f"{name}: {one}" for one in restless(page)]
        for scheme in ("light", "dark"):
            found += [f"{name}, {scheme}: {one}" for one in colourless(page, scheme, seen)]
            keep(page, f"{name}-{scheme}")
    assert not found, "\n".join(found)
