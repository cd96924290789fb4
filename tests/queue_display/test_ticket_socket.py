"""The socket of a visitor's own page."""

import asyncio
from functools import partial
from uuid import UUID, uuid4

import pytest
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator

from booking.domain import visits
from booking.domain.actor import Actor
from booking.domain.forecast import Wait
from booking.domain.waiting import waiting_visits
from config.asgi import application
from queue_display.groups import MOVED, TICKET_UNKNOWN
from tests import factories

from .test_display_socket import close_code

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("in_memory_layer"),
]


async def opened(ticket_id: UUID, query: str = "") -> WebsocketCommunicator:
    socket = WebsocketCommunicator(application, f"/ws/ticket/{ticket_id}/{query}")
    accepted, _protocol = await socket.connect()
    assert accepted
    return socket


async def until_state(socket: WebsocketCommunicator, state: str) -> dict[str, object]:
    async with asyncio.timeout(1):
        while (message := await socket.receive_json_from())["state"] != state:
            pass
    return message


async def test_a_visitor_hears_of_the_own_call_within_a_second(
    quiet_hub, arrive, staffed_counter, clerk
):
    visit = await database_sync_to_async(arrive)()
    socket = await opened(visit.pk)
    first = await socket.receive_json_from()
    assert (first["state"], first["number"], first["people_ahead"]) == ("waiting", "A001", 0)
    await database_sync_to_async(visits.call_next)(staffed_counter.pk, staff=clerk)
    called = await until_state(socket, "called")
    assert called["counter"] == staffed_counter.label
    assert called["version"] > first["version"]
    await socket.disconnect()
    assert quiet_hub.rooms == {}


async def test_people_ahead_become_fewer(quiet_hub, office, arrive, staffed_counter, clerk):
    def last_of_three():
        for _ in range(3):
            arrive()
        return waiting_visits(office).last()

    socket = await opened((await database_sync_to_async(last_of_three)()).pk)
    assert (await socket.receive_json_from())["people_ahead"] == 2
    await database_sync_to_async(visits.call_next)(staffed_counter.pk, staff=clerk)
    async with asyncio.timeout(1):
        while (await socket.receive_json_from())["people_ahead"] != 1:
            pass
    await socket.disconnect()


@pytest.mark.parametrize(
    ("query", "unknown", "known"),
    [
        ("?language=en", "not known at the moment", "about 10–20 minutes"),
        ("", "zurzeit nicht bekannt", "etwa 10–20 Minuten"),
        ("?language=xx", "zurzeit nicht bekannt", "etwa 10–20 Minuten"),
    ],
)
async def test_a_new_forecast_is_heard_although_nobody_moved(
    quiet_hub, office, arrive, query, unknown, known
):
    visit = await database_sync_to_async(arrive)()
    socket = await opened(visit.pk, query)
    first = await socket.receive_json_from()
    assert first["wait"] == unknown
    forecast = partial(factories.make_forecast, office, visits={visit.pk: Wait(11, 14, 19)})
    await database_sync_to_async(forecast)()
    async with asyncio.timeout(1):
        while (message := await socket.receive_json_from())["wait"] == unknown:
            pass
    assert message["wait"] == known
    assert message["version"] > first["version"]
    await socket.disconnect()


async def test_the_page_of_an_appointment_becomes_that_of_the_visit(
    quiet_hub, booked_appointment, check_in
):
    socket = await opened(booked_appointment.pk)
    first = await socket.receive_json_from()
    assert (first["state"], first["number"]) == ("expected", "")
    visit = await database_sync_to_async(check_in)(booked_appointment)
    waiting = await until_state(socket, "waiting")
    assert waiting["number"] == visit.number
    await socket.disconnect()


async def test_a_transferred_visitor_is_sent_to_the_new_office(
    quiet_hub, arrive, offering, other_office
):
    def offer_there() -> None:
        factories.OfferingFactory(office=other_office, service=offering.service)

    await database_sync_to_async(offer_there)()
    visit = await database_sync_to_async(arrive)()
    socket = await opened(visit.pk)
    await socket.receive_json_from()
    await database_sync_to_async(visits.transfer)(visit.pk, actor=Actor(), office=other_office)
    assert await close_code(socket) == MOVED
    await socket.disconnect()
    again = await opened(visit.pk)
    assert (await again.receive_json_from())["state"] == "waiting"
    assert list(quiet_hub.rooms) == [other_office.pk]
    await again.disconnect()


async def test_an_unknown_ticket_is_told_so(db, quiet_hub):
    socket = await opened(uuid4())
    assert await close_code(socket) == TICKET_UNKNOWN
