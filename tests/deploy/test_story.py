"""The main job with four browsers, through nginx, on the processes of the units."""

import asyncio
import json
import re
import ssl
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import TypeVar
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import httpx
import psutil
import psycopg
import pytest
import websockets.sync.client
from playwright.sync_api import expect

from tests.browser.citizen import NAME, citizen_office, offering_of
from tests.browser.conftest import DESK, PHONE
from tests.browser.staff import log_in
from tests.browser.test_story import (  # noqa: F401 - the same stories in this town
    test_a_cancelled_time_is_free_again,
    test_a_citizen_books_checks_in_is_called_and_served,
)

from .town import SECRET_KEY, DeployedTown

pytestmark = [
    pytest.mark.services,
    pytest.mark.browser,
    pytest.mark.slow,
]

SECONDS = 20
# More than twice as many as nginx lets one address send at once.
FLOOD = 150
RUSH = 100
T = TypeVar("T")


def answer(town: DeployedTown, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of a page, whatever they are."""
    try:
        with urlopen(Request(town.url + path, headers=headers), timeout=SECONDS) as found:
            return found.status, dict(found.headers), found.read()
    except HTTPError as refused:
        return refused.code, dict(refused.headers), refused.read()


def test_pages_are_for_https_alone(town):
    status, headers, body = answer(town, "/")
    assert status == HTTPStatus.OK
    assert "max-age" in headers["Strict-Transport-Security"]
    assert headers["Server"] == "nginx"
    hashed = re.search(rb'href="(/static/css/citizen\.[0-9a-f]{12}\.css)"', body)
    assert hashed is not None


def test_nginx_serves_static_files_for_ever_and_compressed(town):
    _status, _headers, page = answer(town, "/")
    (path,) = re.findall(r'href="(/static/css/citizen\.[0-9a-f]{12}\.css)"', page.decode())
    status, headers, body = answer(town, path, **{"Accept-Encoding": "gzip"})
    assert status == HTTPStatus.OK
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert headers["Content-Encoding"] == "gzip"
    assert headers["Content-Type"] == "text/css"
    assert body == (town.servers.var / f"{path[1:]}.gz").read_bytes()

    _status, headers, body = answer(town, "/static/css/citizen.css")
    assert headers["Cache-Control"] == "public, max-age=300"
    assert body == (town.servers.var / "static/css/citizen.css").read_bytes()


def open_display(town: DeployedTown, token: str) -> websockets.sync.client.ClientConnection:
    address = f"{town.url}/ws/display/?token={token}".replace("https", "wss")
    return websockets.sync.client.connect(address, ssl=ssl.create_default_context())


def display_token(town: DeployedTown) -> str:
    office = citizen_office(town)["id"]
    return town.manage("pair_device", "--office", office, "--kind", "display")


def test_sockets_reach_both_daphnes_and_outlive_one(town):
    token = display_token(town)
    with open_display(town, token) as first, open_display(town, token) as second:
        versions = {json.loads(socket.recv(SECONDS))["version"] for socket in (first, second)}
        assert len(versions) == 1
    for daphne in town.sockets:
        daphne.stop()
        with open_display(town, token) as display:
            assert json.loads(display.recv(SECONDS))["version"] in versions
        daphne.start()
    assert token not in town.log()


def test_without_the_public_service_desks_work_and_citizens_see_that_it_comes_back(
    town, visit, keep
):
    desk = visit(f"{town.url}/desk/", DESK)
    log_in(desk, "clerk1")
    desk.locator("form .choice").first.click()
    expect(desk.locator("#current-title")).to_be_visible()
    office = citizen_office(town)
    chosen = f"offering={offering_of(office)}:1&day=2026-12-02"
    choosing = visit(f"{town.url}/book/{office['id']}/times/?{chosen}", PHONE)
    town.public.stop()
    try:
        desk.keyboard.press("n")
        expect(desk.locator(".current__number")).to_be_visible()
        desk.keyboard.press("b")
        expect(desk.locator(".current--serving")).to_be_visible()
        desk.keyboard.press("f")
        expect(desk.locator(".current--serving")).not_to_be_visible()
        desk.locator("#do-close").click()
        expect(desk.locator("#choose-counter")).to_be_visible()

        secret = "/appointment/4b0f6bd4-8d0c-4c4b-9a4f-2f1f0c9d6a11/only-the-citizen-knows/"
        status, headers, _body = answer(town, secret)
        assert (status, headers["Retry-After"]) == (HTTPStatus.SERVICE_UNAVAILABLE, "10")
        status, headers, body = answer(town, "/api/v1/authorities")
        assert (status, headers["Content-Type"]) == (503, "application/problem+json")
        assert json.loads(body)["code"] == "unavailable"

        reading = visit(town.url, PHONE)
        expect(reading.get_by_role("heading", level=1)).to_have_text("Gleich geht es weiter")
        keep(reading, "reading-390")
        reading.set_viewport_size(DESK)
        keep(reading, "reading-1440")
        choosing.locator("button.time").first.click()
        expect(choosing.get_by_role("heading", level=1)).to_have_text("Gleich geht es weiter")
        keep(choosing, "choosing-390")
    finally:
        town.public.start()
    # What was asked for comes by itself, what was sent when it is sent again.
    expect(reading.get_by_role("heading", level=1)).to_have_text("Termin buchen", timeout=20_000)
    choosing.reload()
    expect(choosing.locator("#id_email")).to_be_visible()
    assert "only-the-citizen-knows" not in town.log()


def test_a_rush_that_fills_every_public_process_keeps_no_clerk_waiting(town):
    workers = psutil.Process(town.public.process.pid).children()
    assert len(workers) == 2

    async def rush(client: httpx.AsyncClient) -> None:
        citizens = [asyncio.create_task(client.get("/musterstadt/")) for _ in range(RUSH)]
        answered, _waiting = await asyncio.wait(citizens, timeout=2)
        assert answered == set()
        pages = ["/staff/login/", "/kiosk/pair/", "/display/pair/"] * 5
        offices = await asyncio.gather(*(client.get(page) for page in pages))
        assert {one.status_code for one in offices} == {HTTPStatus.OK}
        assert not any(citizen.done() for citizen in citizens)
        for worker in workers:
            worker.resume()
        # And nobody has come in vain.
        answers = await asyncio.gather(*citizens)
        assert {one.status_code for one in answers} == {HTTPStatus.OK}

    for worker in workers:
        worker.suspend()
    try:
        with_client(town, rush)
    finally:
        for worker in workers:
            worker.resume()


def test_a_flood_of_holds_is_refused_and_reaches_nobody_else(town):
    office = citizen_office(town)
    body = {"offerings": [{"id": offering_of(office)}], "start": "2026-12-03T09:00:00+01:00"}
    path = f"/api/v1/offices/{office['id']}/appointments"

    async def send(client: httpx.AsyncClient) -> list[httpx.Response]:
        return await asyncio.gather(*(client.post(path, json=body) for _ in range(FLOOD)))

    flood = with_client(town, send)
    refused = [one for one in flood if one.status_code == HTTPStatus.TOO_MANY_REQUESTS]
    assert {one.status_code for one in flood} <= {201, 409, 429}
    assert {one.json()["code"] for one in refused} == {"too_many_attempts"}
    assert {one.headers["Retry-After"] for one in refused} == {"60"}
    assert FLOOD / 3 < len(refused) < FLOOD
    for path in ("/", "/desk/", "/kiosk/pair/", "/api/v1/authorities", "/health"):
        assert answer(town, path)[0] == HTTPStatus.OK


def with_client(town: DeployedTown, work: Callable[[httpx.AsyncClient], Awaitable[T]]) -> T:
    """Do something with many connections at once, beside the browser's own event loop."""

    async def run() -> T:
        trusted = ssl.create_default_context()
        limits = httpx.Limits(max_connections=FLOOD)
        async with httpx.AsyncClient(
            base_url=town.url, verify=trusted, limits=limits, timeout=60
        ) as client:
            return await work(client)

    with ThreadPoolExecutor(1) as beside:
        return beside.submit(asyncio.run, run()).result()


def test_no_log_holds_a_secret(town):
    """After all of the above, and a row refused by PostgreSQL."""
    provoke_a_refused_row(town)
    mails = [mail.get_body(("plain",)).get_content() for mail in town.mails()]
    links = {link for mail in mails for link in re.findall(r"/appointment/[^/]+/([^/\s]+)", mail)}
    assert links
    log = town.log()
    assert "duplicate key value" in log
    secrets = (*links, SECRET_KEY, NAME)
    assert [line for line in log.splitlines() if any(one in line for one in secrets)] == []
    # Nor who asked.
    assert "127.0.0.1" not in town.nginx.log.read_text()


def provoke_a_refused_row(town: DeployedTown) -> None:
    """PostgreSQL says no to a row that holds a name."""
    url = town.environment["DATABASE_URL"]
    with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.UniqueViolation):
        connection.execute(
            f"INSERT INTO booking_user SELECT * FROM booking_user WHERE '{NAME}' <> ''"
        )
