"""Each page of the booking path on a first visit: light, at rest, and whole without scripts."""

import pytest

from .citizen import give_details, hold_first_time, times_url
from .conftest import DESK, PHONE
from .wire import first_visit

# Compressed, with everything the page loads.
BYTES = 100_000


@pytest.fixture(scope="module")
def path(town, chromium) -> dict[str, str]:
    """The addresses of the booking path, by what they are for."""
    start = f"{town.url}/musterstadt/"
    context = chromium.new_context(locale="de-DE")
    page = context.new_page()
    page.goto(times_url(town, "2026-12-15"))
    hold_first_time(page)
    held = page.url
    # Otherwise the next time chosen is this one, moved.
    context.clear_cookies()
    page.goto(times_url(town, "2026-12-16"))
    hold_first_time(page)
    give_details(page, "budget@example.org")
    booked = page.url
    context.close()
    return {
        "start": start,
        "search": f"{start}?q=Perso",
        "services": f"{start}services/",
        "all offices": f"{start}times/?service=personalausweis",
        "one office": times_url(town, "2026-12-15"),
        "details": held,
        "booked": booked,
        "accessibility": f"{start}accessibility/",
    }


def test_each_page_is_light_at_rest_and_whole_without_scripts(chromium, path):
    for name, url in path.items():
        for viewport in (PHONE, DESK):
            visit = first_visit(chromium, url, viewport)
            assert 20_000 < visit.wire <= BYTES, (name, visit.wire)
            assert visit.shift == 0, name
        plain = first_visit(chromium, url, DESK, scripts=False)
        assert plain.controls == visit.controls, name
        assert _steady(plain.text) == _steady(visit.text), name


def _steady(text: str) -> list[str]:
    """Without what counts down."""
    return [line for line in text.splitlines() if "Minute" not in line or "halten" not in line]
