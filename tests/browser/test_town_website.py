"""The widget on a page of the town's own website: another origin, with its own strict policy."""

from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import expect

from .conftest import DESK


class Website(BaseHTTPRequestHandler):
    """One page, as ``docs/website.md`` says to write it."""

    def __init__(self, booking: str, *args) -> None:
        self.booking = booking
        super().__init__(*args)

    def do_GET(self) -> None:
        page = f"""<!doctype html><html lang="de"><title>Stadt</title>
            <script src="{self.booking}/static/js/times-widget.js" async></script>
            <schalter-times town="musterstadt" service="personalausweis:2" count="4">
              <a href="{self.booking}/musterstadt/?service=personalausweis:2">Termin buchen</a>
            </schalter-times>
            <schalter-times town="musterstadt" service="gibt-es-nicht">
              <a href="{self.booking}/musterstadt/">Alle Anliegen</a>
            </schalter-times>"""
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        policy = f"default-src 'none'; script-src {self.booking}; connect-src {self.booking}"
        self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *_arguments: object) -> None:
        """The tests print enough."""


@pytest.fixture
def website(town) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Website, town.url))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_the_next_times_lead_to_where_they_are_booked(website, visit, keep):
    page = visit(website, DESK)
    times = page.locator("schalter-times").first.locator("li a")
    expect(times).to_have_count(4)
    expect(times.first).to_contain_text("Bürgerbüro")
    expect(page.get_by_role("link", name="Termin buchen")).to_be_visible()
    # Where nothing can be found the link is still there.
    expect(page.get_by_role("link", name="Alle Anliegen")).to_be_visible()
    keep(page, "website")
    times.first.click()
    expect(page.locator("button.time").first).to_be_visible()
    expect(page.locator("aside.summary")).to_contain_text("2 × Personalausweis")


def test_without_scripts_the_link_is_all_and_enough(website, visit):
    page = visit(website, DESK, java_script_enabled=False)
    page.get_by_role("link", name="Termin buchen").click()
    expect(page.locator("button.time").first).to_be_visible()
