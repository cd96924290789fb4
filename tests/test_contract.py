"""The contract of the API to the letter, as another program meets it: over the wire.

Names, shapes and answers here are promises to other systems. Whoever has to change this
file breaks them.
"""

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.browser.town import MORNING, Town, embedded

pytestmark = pytest.mark.slow

TODAY = date.fromisoformat(MORNING.partition("T")[0])
DAY = "2026-12-01"
DETAILS = {"name": "Kim Muster", "email": "kim@example.org"}
VISIT = {"id", "number", "state", "counter", "offerings", "arrived_at", "due_at", "appointment"}
HOLD = {"id", "secret", "code", "start", "end", "state", "expires_at"}
# What a display may rely on; more may come.
SNAPSHOT = {"type", "version", "office", "calls", "waiting", "notice"}
CALL = {"number", "counter", "called_at", "recalled"}
WITH_OFFSET = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with embedded(tmp_path_factory.mktemp("contract")).running() as running:
        yield running


@pytest.fixture(scope="module")
def client(town: Town) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=town.url, timeout=20) as client:
        yield client


@pytest.fixture(scope="module")
def api(client: httpx.Client) -> Callable[..., httpx.Response]:
    """Ask the API: ``api("GET", "authorities")``."""

    def ask(method: str, path: str, **options: Any) -> httpx.Response:
        return client.request(method, f"/api/v1/{path}", **options)

    return ask


@pytest.fixture(scope="module")
def office(api) -> dict[str, Any]:
    offices = api("GET", "authorities/musterstadt/offices").json()
    return next(one for one in offices if one["name"] == "Bürgerbüro")


@pytest.fixture(scope="module")
def offering(office) -> str:
    return next(one["id"] for one in office["offerings"] if one["online"] and one["walk_in"])


@pytest.fixture(scope="module")
def kiosk(town, office) -> dict[str, str]:
    return bearer(town.manage("pair_device", "--office", office["id"], "--kind", "kiosk"))


@pytest.fixture(scope="module")
def clerk(town) -> dict[str, str]:
    return bearer(town.manage("staff_token", "clerk1"))


@pytest.fixture(scope="module")
def display(town, office) -> str:
    return town.manage("pair_device", "--office", office["id"], "--kind", "display")


def bearer(token: str) -> dict[str, str]:
    """The header for a token; the commands print it and nothing else."""
    assert re.fullmatch(r"[\w-]{20,}", token)
    return {"Authorization": f"Bearer {token}"}


def require_problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.json().get("code")) == (status, code)
    assert answer.headers["Content-Type"].partition(";")[0] == "application/problem+json"
    return answer.json()


def test_health(client):
    answer = client.get("/health")
    assert answer.status_code == 200
    assert set(answer.json()) == {"status", "now", "database", "channel_layer", "worker"}
    assert answer.json()["status"] == "ok"
    assert datetime.fromisoformat(answer.json()["now"]).date() == TODAY


def test_authorities_and_offices(api):
    assert api("GET", "authorities").json() == [
        {
            "slug": "musterstadt",
            "name": "Musterstadt",
            "languages": ["de", "en", "uk", "ar", "tr", "ru", "de-simple"],
        }
    ]
    offices = api("GET", "authorities/musterstadt/offices").json()
    assert {one["name"] for one in offices} == {
        "Bürgerbüro",
        "Bürgerbüro Nord",
        "Kindertageseinrichtungen",
    }
    for office in offices:
        assert set(office) == {
            "id",
            "name",
            "address",
            "time_zone",
            "step_free",
            "spoken_languages",
            "offerings",
        }
        assert isinstance(office["id"], str)
        for offering in office["offerings"]:
            assert {name: type(value) for name, value in offering.items()} == {
                "id": str,
                "service": str,
                "name": str,
                "minutes": int,
                "max_quantity": int,
                "online": bool,
                "walk_in": bool,
                "documents": list,
                "checklist_required": bool,
                "costs": str,
                "online_url": str,
                "representation": str,
                "children": str,
                "leika": str,
            }
    require_problem(api("GET", "authorities/nowhere/offices"), 404, "not_found")


def availability(api, office, **params: Any) -> httpx.Response:
    return api("GET", f"offices/{office['id']}/availability", params=params)


def test_availability(api, office, offering):
    found = availability(api, office, offering=f"{offering}:2", **{"from": DAY}, days=62).json()
    assert set(found) == {"office", "minutes", "days"}
    assert found["office"] == office["id"]
    one = next(one for one in office["offerings"] if one["id"] == offering)
    assert found["minutes"] == 2 * one["minutes"]
    first = date.fromisoformat(DAY)
    days = [(first + timedelta(days=number)).isoformat() for number in range(62)]
    assert [day["date"] for day in found["days"]] == days
    for day in found["days"]:
        assert set(day) == {"date", "starts"}
        assert day["starts"] == sorted(set(day["starts"]))
        assert all(re.fullmatch(r"[0-2]\d:[0-5]\d", start) for start in day["starts"])
    assert "08:00" in found["days"][0]["starts"]
    several = [offering, f"{office['offerings'][1]['id']}:2"]
    assert availability(api, office, offering=several).status_code == 200
    require_problem(availability(api, office, offering=offering, days=63), 422, "invalid_request")


def hold(api, office, offering: str, start: str, **headers: str) -> httpx.Response:
    body = {"offerings": [{"id": offering, "quantity": 1}], "start": start}
    return api("POST", f"offices/{office['id']}/appointments", json=body, headers=headers)


def test_an_appointment_from_hold_to_cancellation(api, office, offering):
    answer = hold(api, office, offering, f"{DAY}T08:00")
    held = answer.json()
    assert (answer.status_code, set(held)) == (201, HOLD)
    assert held["state"] == "held"
    assert held["start"] == f"{DAY}T08:00:00+01:00"
    assert re.fullmatch(r"\d{8}", held["code"])
    assert WITH_OFFSET.fullmatch(held["expires_at"])

    path, secret = f"appointments/{held['id']}", {"X-Appointment-Secret": held["secret"]}
    booked = api("POST", f"{path}/confirm", json=DETAILS, headers=secret)
    assert booked.status_code == 200
    assert booked.json()["state"] == "booked"
    again = api("POST", f"{path}/confirm", json=DETAILS, headers=secret)
    assert again.json() == booked.json()
    assert api("GET", path, headers=secret).json() == booked.json()
    for name, value in (DETAILS | {"code": held["code"], "start": held["start"]}).items():
        assert booked.json()[name] == value

    require_problem(api("GET", path), 401, "unauthorized")
    require_problem(api("GET", path, headers={"X-Appointment-Secret": "no"}), 404, "not_found")
    cancelled = api("DELETE", path, headers=secret)
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    require_problem(
        api("POST", f"{path}/confirm", json=DETAILS, headers=secret), 409, "wrong_state"
    )


def test_the_same_key_holds_once(api, office, offering):
    key = {"Idempotency-Key": "4f7d2e1c-contract-hold"}
    first = hold(api, office, offering, f"{DAY}T08:30", **key)
    assert (first.status_code, first.json()["start"]) == (201, f"{DAY}T08:30:00+01:00")
    second = hold(api, office, offering, f"{DAY}T08:30", **key)
    assert (second.status_code, second.json()) == (201, first.json())
    other = hold(api, office, offering, f"{DAY}T09:00", **key)
    require_problem(other, 409, "idempotency_key_reused")


def test_a_taken_time_comes_with_alternatives(api, office, offering):
    start = f"{DAY}T10:00:00+01:00"  # an offset is understood as well
    while (answer := hold(api, office, offering, start)).status_code == 201:
        pass
    problem = require_problem(answer, 409, "slot_taken")
    assert problem["alternatives"]
    assert start not in problem["alternatives"]
    assert hold(api, office, offering, problem["alternatives"][0]).status_code == 201


def arrive(api, office, body: dict[str, Any], headers: dict[str, str]) -> httpx.Response:
    return api("POST", f"offices/{office['id']}/visits", json=body, headers=headers)


def draw(api, office, offering: str, headers: dict[str, str]) -> dict[str, Any]:
    answer = arrive(api, office, {"offerings": [{"id": offering}]}, headers)
    assert answer.status_code == 201
    return answer.json()


def test_checking_in_with_a_code(api, office, offering, kiosk):
    (day,) = availability(api, office, offering=offering, days=1).json()["days"]
    held = hold(api, office, offering, f"{day['date']}T{day['starts'][0]}").json()
    secret = {"X-Appointment-Secret": held["secret"]}
    assert arrive(api, office, {"code": held["code"]}, kiosk).json()["code"] == "code_unknown"
    api("POST", f"appointments/{held['id']}/confirm", json=DETAILS, headers=secret)

    require_problem(arrive(api, office, {"code": held["code"]}, {}), 401, "unauthorized")
    key = {"Idempotency-Key": "4f7d2e1c-contract-visit"}
    answer = arrive(api, office, {"code": held["code"]}, kiosk | key)
    assert (answer.status_code, set(answer.json())) == (
        201,
        {"id", "number", "people_ahead", "state"},
    )
    assert answer.json()["state"] == "waiting"
    assert arrive(api, office, {"code": held["code"]}, kiosk | key).json() == answer.json()
    problem = arrive(api, office, {"code": held["code"]}, kiosk)
    require_problem(problem, 409, "already_checked_in")


def test_a_walk_in(api, office, offering, kiosk, clerk):
    ticket = draw(api, office, offering, kiosk)
    assert re.fullmatch(r"[A-Z]\d{3}", ticket["number"])
    assert (ticket["state"], type(ticket["people_ahead"])) == ("waiting", int)
    queue = api("GET", f"offices/{office['id']}/queue", headers=clerk).json()
    assert set(queue) == {"waiting", "called", "serving"}
    for visit in queue["waiting"] + queue["called"] + queue["serving"]:
        assert set(visit) == VISIT
    assert [one["due_at"] for one in queue["waiting"]] == sorted(
        one["due_at"] for one in queue["waiting"]
    )
    mine = next(one for one in queue["waiting"] if one["id"] == ticket["id"])
    assert (mine["counter"], mine["appointment"]) == (None, None)
    assert ticket["people_ahead"] == queue["waiting"].index(mine)
    require_problem(
        api("GET", f"offices/{office['id']}/queue", headers=kiosk), 403, "not_permitted"
    )


@pytest.fixture
def counter(api, office, clerk) -> Iterator[dict[str, Any]]:
    """The first counter, free in the demo: opened, and left again without anybody at it."""
    counters = api("GET", f"offices/{office['id']}/counters", headers=clerk).json()
    for one in counters:
        assert set(one) == {"id", "label", "staff", "state"}
    free = next(one for one in counters if one["state"] == "closed")
    opened = api("POST", f"counters/{free['id']}/open", headers=clerk)
    assert (opened.status_code, opened.json()["state"]) == (200, "open")
    assert opened.json()["staff"] == "clerk1"
    yield opened.json()
    closed = api("POST", f"counters/{free['id']}/close", headers=clerk)
    assert (closed.status_code, closed.json()["state"]) == (200, "closed")


def call_next(api, counter, clerk) -> dict[str, Any]:
    answer = api("POST", f"counters/{counter['id']}/next", headers=clerk)
    assert (answer.status_code, set(answer.json())) == (200, {"visit"})
    assert set(answer.json()["visit"]) == VISIT
    return answer.json()["visit"]


def act(api, visit: dict[str, Any], action: str, clerk, **body: Any) -> httpx.Response:
    return api("POST", f"visits/{visit['id']}/{action}", json=body or None, headers=clerk)


def test_every_action_of_a_visit(api, office, offering, kiosk, clerk, counter):
    for _person in range(5):
        draw(api, office, offering, kiosk)

    called = call_next(api, counter, clerk)
    assert (called["state"], called["counter"]) == ("called", counter["label"])
    require_problem(
        api("POST", f"counters/{counter['id']}/next", headers=clerk), 409, "counter_busy"
    )
    require_problem(act(api, called, "unpark", clerk), 409, "wrong_state")
    for action, state in (("recall", "called"), ("begin", "serving"), ("finish", "done")):
        answer = act(api, called, action, clerk)
        assert (answer.status_code, set(answer.json())) == (200, VISIT)
        assert answer.json()["state"] == state
    require_problem(act(api, called, "begin", clerk), 409, "wrong_state")

    missed = call_next(api, counter, clerk)
    assert act(api, missed, "missed", clerk).json()["state"] == "missed"
    parked = call_next(api, counter, clerk)
    act(api, parked, "begin", clerk)
    assert act(api, parked, "park", clerk).json()["state"] == "parked"
    assert act(api, parked, "unpark", clerk).json()["state"] == "waiting"
    moved = call_next(api, counter, clerk)
    assert moved["id"] == parked["id"]
    answer = act(api, moved, "transfer", clerk, offerings=[{"id": office["offerings"][1]["id"]}])
    assert (answer.status_code, answer.json()["state"]) == (200, "waiting")
    assert answer.json()["offerings"][0]["id"] == office["offerings"][1]["id"]


def test_a_taken_counter_and_a_foreign_clerk(api, office, town, clerk):
    counters = api("GET", f"offices/{office['id']}/counters", headers=clerk).json()
    taken = next(one for one in counters if one["staff"] not in (None, "clerk1"))
    require_problem(
        api("POST", f"counters/{taken['id']}/open", headers=clerk), 409, "counter_taken"
    )
    foreign = bearer(town.manage("staff_token", "kita1"))
    require_problem(
        api("GET", f"offices/{office['id']}/queue", headers=foreign), 403, "not_permitted"
    )


class Board:
    """A display's socket, and the newest snapshot it got."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.snapshot: dict[str, Any] = {}

    async def receive(self) -> dict[str, Any]:
        """The next snapshot. A version only rises, and one that is repeated says the same."""
        async with asyncio.timeout(5):
            message = json.loads(await self.socket.recv())
        assert set(message) >= SNAPSHOT
        assert all(set(call) >= CALL for call in message["calls"])
        before, self.snapshot = self.snapshot or message, message
        assert message["version"] >= before["version"]
        if message["version"] == before["version"]:
            assert message == before
        return message

    async def until(self, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first snapshot of which something is true; changes may arrive together."""
        while not is_so(await self.receive()):
            pass
        return self.snapshot


def numbers(snapshot: dict[str, Any]) -> list[str]:
    return [call["number"] for call in snapshot["calls"]]


async def test_the_display_gets_a_snapshot_and_every_change(
    town, api, office, offering, kiosk, clerk, counter, display
):
    address = f"{town.url.replace('http', 'ws')}/ws/display/"
    cookie = {"Cookie": f"schalter_display={display}"}
    async with (
        connect(f"{address}?token={display}") as by_token,
        connect(address, additional_headers=cookie) as by_cookie,
    ):
        board = Board(by_token)
        first = await board.receive()
        assert (await Board(by_cookie).receive())["office"] == first["office"]
        assert (first["type"], first["office"]) == ("snapshot", office["id"])
        assert type(first["notice"]) is str

        await asyncio.to_thread(draw, api, office, offering, kiosk)
        # A change may be shown before the version says so, never after.
        drawn = await board.until(
            lambda now: now["waiting"] == first["waiting"] + 1 and now["version"] > first["version"]
        )

        visit = await asyncio.to_thread(call_next, api, counter, clerk)
        called = await board.until(
            lambda now: visit["number"] in numbers(now) and now["version"] > drawn["version"]
        )
        assert called["waiting"] == drawn["waiting"] - 1
        newest = called["calls"][0]
        assert (newest["number"], newest["counter"]) == (visit["number"], counter["label"])
        assert newest["recalled"] is False

        await asyncio.to_thread(act, api, visit, "recall", clerk)
        recalled = await board.until(lambda now: now["calls"][0]["recalled"])
        assert recalled["calls"][0]["number"] == visit["number"]
        assert recalled["calls"][0]["called_at"] > newest["called_at"]

        for action in ("begin", "finish"):
            await asyncio.to_thread(act, api, visit, action, clerk)
        await board.until(lambda now: visit["number"] not in numbers(now))


async def test_no_token_no_snapshot(town):
    address = f"{town.url.replace('http', 'ws')}/ws/display/?token=wrong"
    with pytest.raises((InvalidStatus, ConnectionClosed)):
        async with connect(address) as socket:
            await socket.recv()


def test_nobody_waits(api, office, clerk, counter):
    """Last: afterwards the waiting room is empty."""
    path = f"counters/{counter['id']}/next"
    while (answer := api("POST", path, headers=clerk)).status_code == 200:
        for action in ("begin", "finish"):
            act(api, answer.json()["visit"], action, clerk)
    assert (answer.status_code, answer.content) == (204, b"")


def test_the_description_names_every_operation(api):
    described = api("GET", "openapi.json").json()
    paths = {
        re.sub(r"\{\w+\}", "{}", path): set(operations)
        for path, operations in described["paths"].items()
    }
    visits = "recall begin finish missed park unpark transfer".split()
    assert paths == {
        "/api/v1/authorities": {"get"},
        "/api/v1/authorities/{}/offices": {"get"},
        "/api/v1/authorities/{}/times": {"get"},
        "/api/v1/offices/{}/availability": {"get"},
        "/api/v1/offices/{}/appointments": {"post"},
        "/api/v1/appointments/{}/confirm": {"post"},
        "/api/v1/appointments/{}": {"get", "delete"},
        "/api/v1/offices/{}/visits": {"post"},
        "/api/v1/offices/{}/queue": {"get"},
        "/api/v1/offices/{}/counters": {"get"},
        "/api/v1/counters/{}/open": {"post"},
        "/api/v1/counters/{}/close": {"post"},
        "/api/v1/counters/{}/next": {"post"},
        **{f"/api/v1/visits/{{}}/{action}": {"post"} for action in visits},
    }


@pytest.mark.parametrize(
    ("path", "sets_cookie"),
    [
        ("/musterstadt/", False),
        ("/en/musterstadt/", False),
        ("/musterstadt/privacy/", False),
        ("/book/{office}/", False),
        ("/staff/login/", True),
        ("/kiosk/pair/", True),
        ("/display/pair/", True),
        ("/api/v1/docs", False),
    ],
)
def test_pages_answer_under_a_strict_policy(client, office, path, sets_cookie):
    answer = httpx.get(str(client.base_url.join(path.format(office=office["id"]))))
    assert answer.status_code == 200
    assert ("Set-Cookie" in answer.headers) is sets_cookie
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    for weak in ("unsafe-inline", "unsafe-eval", "http:", "https:", "*"):
        assert weak not in policy


def test_surfaces_lead_strangers_to_the_door(client):
    for path, door in (
        ("/", "/musterstadt/"),
        ("/kiosk/", "/kiosk/pair/"),
        ("/display/", "/display/pair/"),
        ("/desk/", "/staff/login/"),
        ("/setup/", "/staff/login/"),
    ):
        answer = httpx.get(str(client.base_url.join(path)), follow_redirects=True)
        assert (answer.status_code, answer.url.path) == (200, door)
        assert "'unsafe" not in answer.headers["Content-Security-Policy"]
