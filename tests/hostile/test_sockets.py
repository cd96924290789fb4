"""Whatever is said to a socket: it listens, or it closes, and it never fails."""

import asyncio
import logging

import pytest
from channels.testing import WebsocketCommunicator
from hypothesis import given, strategies

from config.asgi import application
from queue_display.groups import DEVICE_UNKNOWN, NOT_STAFF, TICKET_UNKNOWN
from queue_display.routing import websocket_urlpatterns

from .towns import NOBODY, Person, Town
from .tries import many, tried
from .values import HOSTILE

pytestmark = pytest.mark.django_db(transaction=True)

TRIES, MANY_TRIES = 25, 1000
# Longer than any honest answer takes on a busy machine.
PATIENCE = 20


def places(town: Town) -> dict[str, tuple[str, Person, int]]:
    """Each socket's path, whom it is for, and with which code it closes for others."""
    return {
        "ws/display/": ("/ws/display/", town.at_display, DEVICE_UNKNOWN),
        "ws/desk/<uuid:office_id>/": (f"/ws/desk/{town.office.pk}/", town.desk, NOT_STAFF),
        "ws/ticket/<uuid:ticket_id>/": (f"/ws/ticket/{town.visit.pk}/", NOBODY, TICKET_UNKNOWN),
    }


def cookies_of(person: Person) -> list[tuple[bytes, bytes]]:
    cookies = person.client().cookies.values()
    text = "; ".join(f"{cookie.key}={cookie.value}" for cookie in cookies)
    return [(b"host", b"testserver"), (b"cookie", text.encode(errors="surrogateescape"))]


def test_every_socket_has_its_case_here(town):
    routed = {str(one.pattern) for one in websocket_urlpatterns}
    assert routed == {*places(town), ""}


@pytest.fixture
def faults(caplog) -> list[logging.LogRecord]:
    caplog.set_level(logging.WARNING)
    return caplog.records


async def say(path: str, headers: list, messages: list[str | bytes]) -> None:
    """Connect, say all of it, and see that the consumer ends by itself without an error."""
    asked = WebsocketCommunicator(application, path, headers=headers)
    accepted, _protocol = await asked.connect(timeout=PATIENCE)
    assert accepted
    for message in messages:
        key = "text" if isinstance(message, str) else "bytes"
        await asked.send_input({"type": "websocket.receive", key: message})
    await asked.receive_nothing(timeout=0.02)
    await asked.disconnect(timeout=PATIENCE)


SAYINGS = strategies.lists(
    strategies.text(max_size=200)
    | strategies.binary(max_size=200)
    | strategies.sampled_from([*HOSTILE, *(one.decode(errors="replace") for one in HOSTILE)])
    | strategies.sampled_from(["x" * 2_000_000, b"\x00" * 2_000_000, '{"type": "queue.changed"}']),
    max_size=8,
)


def attack(town: Town, tries: int) -> None:
    where = [(path, cookies_of(person)) for path, person, _code in places(town).values()]

    @tried(tries)
    @given(strategies.sampled_from(where), SAYINGS)
    def try_it(place: tuple, messages: list[str | bytes]) -> None:
        asyncio.run(say(*place, messages))

    try_it()


def test_no_message_breaks_a_socket(town, faults):
    attack(town, TRIES)
    assert [record.getMessage() for record in faults] == []


@pytest.mark.endure
def test_nor_does_one_of_many(town, faults):
    attack(town, many(MANY_TRIES))
    assert [record.getMessage() for record in faults] == []


async def closed_with(path: str, headers: list) -> int | None:
    """The code with which a socket that was accepted closes; ``None`` where it stays open."""
    asked = WebsocketCommunicator(application, path, headers=headers)
    accepted, code = await asked.connect(timeout=PATIENCE)
    if accepted:
        message = await asked.receive_output(timeout=PATIENCE)
        code = message.get("code") if message["type"] == "websocket.close" else None
    await asked.disconnect(timeout=PATIENCE)
    return code


def test_no_socket_tells_anything_to_somebody_of_another_town(town, other, faults):
    strangers = [
        NOBODY, town.sister_desk, other.desk, town.citizen, town.at_kiosk,
        Person(cookies=(("schalter_display", town.kiosk_token),)),
        Person(cookies=(("sessionid", "x" * 32), ("schalter_display", "\udcff" * 3))),
    ]  # fmt: skip
    for path, _person, code in places(town).values():
        if "ticket" in path:
            continue
        for stranger in strangers:
            assert asyncio.run(closed_with(path, cookies_of(stranger))) == code, path
    for token in (town.kiosk_token, other.display_token[:-1], "", "%00", "%ff", "x" * 10_000):
        path = f"/ws/display/?token={token}"
        assert asyncio.run(closed_with(path, cookies_of(NOBODY))) == DEVICE_UNKNOWN
    for unknown in (town.office.pk, other.counter.pk):
        code = asyncio.run(closed_with(f"/ws/ticket/{unknown}/", cookies_of(NOBODY)))
        assert code == TICKET_UNKNOWN
    assert [record.getMessage() for record in faults] == []


def test_a_page_of_another_site_opens_no_socket(town):
    for path, person, _code in places(town).values():
        for origin in (
            b"https://evil.example",
            b"null",
            b"http://testserver.evil.example",
            b"\xff",
        ):
            headers = [*cookies_of(person), (b"origin", origin)]
            asked = WebsocketCommunicator(application, path, headers=headers)
            accepted, _code = asyncio.run(asked.connect(timeout=PATIENCE))
            assert not accepted, (path, origin)
