"""What a citizen's phone loads: the heaviest page of the booking path on a first visit."""

import os

from playwright.sync_api import sync_playwright

from tests.browser.conftest import CHROMIUM_FLAGS, PHONE
from tests.browser.town import embedded
from tests.browser.wire import first_visit
from tests.servers import find_chromium

from .rows import Row, at_most
from .stage import ConditionBroken, Stage

BYTES = 100_000


def page_budget(stage: Stage) -> list[Row]:
    """Bytes over the wire with everything a page loads, headers included; nothing may shift."""
    folder = stage.folder / "page-budget"
    folder.mkdir()
    found = {}
    with embedded(folder).running() as town, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=CHROMIUM_FLAGS)
        start = f"{town.url}/musterstadt/"
        for name, address in (
            ("start", start),
            ("services", f"{start}services/"),
            ("all offices", f"{start}times/?service=personalausweis"),
            ("one office", f"{start}times/?service=hund-anmelden"),
        ):
            visit = first_visit(browser, address, PHONE)
            if visit.shift:
                raise ConditionBroken(f"the page {name} shifts by {visit.shift:.4f}")
            found[name] = visit.wire
        browser.close()
    heaviest = max(found.values())
    return [
        Row(
            name="page budget",
            measured=f"{heaviest / 1000:.1f} kB on a first visit of the heaviest page",
            limit=f"{BYTES // 1000} kB",
            **at_most(1, heaviest / BYTES),
            raw={f"{name} kB": round(size / 1000, 1) for name, size in found.items()},
            note="fonts included; cumulative layout shift 0",
        )
    ]


def _chromium() -> str:
    found = os.environ.get("TEST_CHROMIUM") or find_chromium()
    if found is None:
        raise ConditionBroken("no Chromium to measure with")
    return str(found)
