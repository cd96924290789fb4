"""Seven languages as they are seen: chosen without a script, light, and in reach at the kiosk."""

import gzip

import pytest
from playwright.sync_api import Page, expect

from booking.models import Device
from kiosk.reach import reached_percent

from .citizen import citizen_office, times_url
from .conftest import KIOSK, PHONE

# Bytes over the wire on the first visit of a page, as nginx compresses it.
BUDGET = 100_000


def weight(page: Page, url: str) -> int:
    """What a browser that was never here fetches for the page, fonts and pictures included."""
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    pages, sizes = set(), []
    network.on(
        "Network.responseReceived",
        lambda event: event["type"] == "Document" and pages.add(event["requestId"]),
    )
    network.on(
        "Network.loadingFinished",
        lambda event: event["requestId"] in pages or sizes.append(event["encodedDataLength"]),
    )
    response = page.goto(url, wait_until="networkidle")
    page.evaluate("document.fonts.ready.then(() => true)")
    return round(sum(sizes)) + len(gzip.compress(response.body()))


@pytest.mark.parametrize("language", ["de", "uk", "ar"])
def test_no_page_of_the_booking_weighs_more_than_100_kb(town, visit, language):
    prefix = "" if language == "de" else f"/{language}"
    office = citizen_office(town)
    weights = {}
    for name, url in (
        ("start", f"{town.url}{prefix}/musterstadt/"),
        ("services", f"{town.url}{prefix}/book/{office['id']}/"),
        ("times", times_url(town, "2026-12-10").replace("/book/", f"{prefix}/book/")),
    ):
        weights[name] = weight(visit("about:blank", PHONE), url)
    assert {name: size for name, size in weights.items() if size > BUDGET} == {}


def test_the_language_is_chosen_without_a_script(town, visit):
    page = visit(f"{town.url}/ar/musterstadt/?q=pass", PHONE, java_script_enabled=False)
    expect(page.get_by_role("link", name="Türkçe")).to_be_hidden()
    page.locator("summary.languages__choice").press("Enter")
    page.get_by_role("link", name="Türkçe").click()
    expect(page.locator("html")).to_have_attribute("lang", "tr")
    expect(page.locator("#q")).to_have_value("pass")


def test_every_language_of_the_kiosk_is_in_reach(town, visit):
    page = visit(f"{town.url}/demo/kiosk/", KIOSK)
    boxes = [box.bounding_box() for box in page.locator(".languages__choice").all()]
    assert len(boxes) == 7
    highest = KIOSK["height"] * (1 - reached_percent(Device()) / 100)
    assert all(
        box["x"] >= 0
        and box["x"] + box["width"] <= KIOSK["width"]
        and box["y"] >= highest
        and box["height"] >= 88
        for box in boxes
    )
