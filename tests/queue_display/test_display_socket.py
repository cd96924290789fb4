"""The displays' socket, from the browser's side."""

import asyncio
from typing import Any

import pytest
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator

from booking.domain import visits
from booking.domain.devices import make_device, request_pairing, revoke_device, settings_changed
from booking.models import Device
from config.asgi import application
from queue_display.groups import DEVICE_UNKNOWN, SETTINGS_CHANGED, TOO_TALKATIVE
from queue_display.snapshot import queue_version

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("in_memory_layer"),
]


@pytest.fixture
def paired(office) -> tuple[Device, str]:
    return make_device(kind=Device.Kind.DISPLAY, office=office)


async def connect(
    token: str = "", cookie: str = "", origin: str | None = None
) -> WebsocketCommunicator:
    headers = [(b"host", b"testserver")]
    if cookie:
        headers.append((b"cookie", f"other=1; schalter_display={cookie}".encode()))
    if origin:
        headers.append((b"origin", origin.encode()))
    path = "/ws/display/" + (f"?token={token}" if token else "")
    return WebsocketCommunicator(application, path, headers=headers)


async def opened(**how: Any) -> WebsocketCommunicator:
    socket = await connect(**how)
    accepted, _protocol = await socket.connect()
    assert accepted
    return socket


async def close_code(socket: WebsocketCommunicator, timeout: float = 2) -> int:
    """The code with which the server closes; messages before it are passed over."""
    while True:
        message = await socket.receive_output(timeout=timeout)
        if message["type"] == "websocket.close":
            return message["code"]


async def test_the_snapshot_comes_at_once(office, paired, quiet_hub):
    socket = await opened(token=paired[1])
    assert await socket.receive_json_from() == {
        "type": "snapshot",
        "version": 0,
        "office": str(office.pk),
        "calls": [],
        "waiting": 0,
        "waiting_by_letter": {},
        "notice": "",
        "notices": "",
    }
    await socket.disconnect()
    assert quiet_hub.rooms == {}


async def test_the_cookie_of_the_paired_browser_is_enough(paired, quiet_hub):
    socket = await opened(cookie=paired[1], origin="http://127.0.0.1:8000")
    assert (await socket.receive_json_from())["type"] == "snapshot"
    await socket.disconnect()


async def test_a_call_reaches_the_display_within_a_second_with_a_higher_version(
    office, paired, quiet_hub, arrive, staffed_counter, clerk
):
    await database_sync_to_async(arrive)()
    socket = await opened(token=paired[1])
    before = await socket.receive_json_from()
    assert (before["waiting"], before["calls"]) == (1, [])
    await database_sync_to_async(visits.call_next)(staffed_counter.pk, staff=clerk)
    async with asyncio.timeout(1):
        after = before
        while not after["calls"]:
            after = await socket.receive_json_from()
    assert after["version"] == await database_sync_to_async(queue_version)(office.pk)
    assert after["version"] > before["version"]
    assert after["calls"][0]["number"] == "A001"
    assert after["calls"][0]["counter"] == staffed_counter.label
    assert after["waiting"] == 0
    await socket.disconnect()


@pytest.mark.parametrize("kind", ["none", "wrong", "kiosk", "unpaired", "revoked"])
async def test_whoever_is_not_a_paired_display_is_told_so(office, kind, quiet_hub):
    def token() -> str:
        if kind == "kiosk":
            return make_device(kind=Device.Kind.KIOSK, office=office)[1]
        if kind == "unpaired":
            return request_pairing(Device.Kind.DISPLAY)[1]
        if kind == "revoked":
            device, made = make_device(kind=Device.Kind.DISPLAY, office=office)
            revoke_device(device)
            return made
        return "wrong" if kind == "wrong" else ""

    socket = await opened(token=await database_sync_to_async(token)())
    assert await close_code(socket) == DEVICE_UNKNOWN
    assert quiet_hub.rooms == {}


async def test_a_display_that_is_revoked_while_it_shows_is_told_so(paired, quick_hub):
    device, token = paired
    socket = await opened(token=token)
    await socket.receive_json_from()
    await database_sync_to_async(revoke_device)(device)
    assert await close_code(socket) == DEVICE_UNKNOWN
    await socket.disconnect()
    assert quick_hub.rooms == {}


async def test_a_change_that_nobody_announced_is_found(office, paired, quick_hub, arrive):
    """As when Redis is away, or somebody else's process has crashed in between."""
    socket = await opened(token=paired[1])
    shown = await socket.receive_json_from()
    assert shown["waiting"] == 0

    def arrive_silently() -> None:
        from booking.domain.announcements import queue_changed

        receivers, queue_changed.receivers = queue_changed.receivers, []
        queue_changed.sender_receivers_cache.clear()
        try:
            arrive()
        finally:
            queue_changed.receivers = receivers
            queue_changed.sender_receivers_cache.clear()

    await database_sync_to_async(arrive_silently)()
    async with asyncio.timeout(2):
        while not shown["waiting"]:
            shown = await socket.receive_json_from()
    assert shown["waiting"] == 1
    await socket.disconnect()


async def test_what_a_client_sends_is_ignored(paired, quiet_hub):
    socket = await opened(token=paired[1])
    await socket.receive_json_from()
    await socket.send_to(text_data="not even JSON")
    await socket.send_to(bytes_data=b"\x00\xff")
    assert await socket.receive_nothing(timeout=0.2)
    await socket.disconnect()


async def test_a_client_that_sends_much_is_closed(paired, quiet_hub):
    socket = await opened(token=paired[1])
    await socket.receive_json_from()
    await socket.send_to(text_data="x" * 2000)
    assert await close_code(socket) == TOO_TALKATIVE


async def test_a_page_of_another_site_cannot_listen(paired, quiet_hub):
    socket = await connect(cookie=paired[1], origin="https://evil.example")
    accepted, _code = await socket.connect()
    assert not accepted


async def test_an_open_display_counts_as_seen(paired, quiet_hub):
    device, token = paired
    socket = await opened(token=token)
    await socket.receive_json_from()
    await database_sync_to_async(device.refresh_from_db)()
    assert device.last_seen_at is not None
    await socket.disconnect()


async def test_a_display_hears_of_the_other_office_in_its_room(
    office, other_office, paired, quiet_hub
):
    device, token = paired
    path = f"/ws/display/?token={token}&office={other_office.pk}"
    stranger = WebsocketCommunicator(application, path)
    assert (await stranger.connect())[0]
    assert await close_code(stranger) == DEVICE_UNKNOWN
    await database_sync_to_async(device.also_shows.add)(other_office)
    socket = WebsocketCommunicator(application, path)
    assert (await socket.connect())[0]
    assert (await socket.receive_json_from())["office"] == str(other_office.pk)
    await socket.disconnect()


@pytest.mark.parametrize("office_id", ["nonsense", "00000000-0000-0000-0000-000000000000"])
async def test_an_office_that_is_none_of_its_business_is_not_heard(office, paired, office_id):
    path = f"/ws/display/?token={paired[1]}&office={office_id}"
    socket = WebsocketCommunicator(application, path)
    assert (await socket.connect())[0]
    assert await close_code(socket) == DEVICE_UNKNOWN


async def test_other_settings_send_the_display_to_load_its_page_again(office, paired, quick_hub):
    socket = await opened(token=paired[1])
    await socket.receive_json_from()
    await database_sync_to_async(settings_changed)(paired[0])
    assert await close_code(socket) == SETTINGS_CHANGED
    again = await opened(token=paired[1])
    assert (await again.receive_json_from())["office"] == str(office.pk)
    await again.disconnect()
