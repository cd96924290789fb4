"""The hub: one subscription and one snapshot for all sockets of an office."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from channels.db import database_sync_to_async
from channels.layers import InMemoryChannelLayer
from django.conf import settings

from booking.domain.actor import Actor
from booking.domain.visits import call_next, recall
from booking.models import Counter, Office, User, Visit
from queue_display import hub as hub_module
from queue_display.groups import office_group
from queue_display.hub import Hub
from queue_display.snapshot import OfficeState

from .conftest import QUICK, QUIET

pytestmark = pytest.mark.django_db(transaction=True)


class Listener:
    """A socket without the socket."""

    device_id = None

    def __init__(self, ticket_id: UUID | None = None) -> None:
        self.ticket_id = ticket_id
        self.states: list[OfficeState] = []

    async def state_changed(self, state: OfficeState) -> None:
        self.states.append(state)


class BrokenListener(Listener):
    async def state_changed(self, state: OfficeState) -> None:
        raise ConnectionResetError


class FailingLayer(InMemoryChannelLayer):
    """A channel layer that answers nothing but errors until it is mended."""

    broken = True

    async def group_add(self, group: str, channel: str) -> None:
        self._fail()
        await super().group_add(group, channel)

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        self._fail()
        await super().group_send(group, message)

    def _fail(self) -> None:
        if self.broken:
            raise ConnectionError("no channel layer")


async def until(condition: Callable[[], bool], seconds: float = 2) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


call = database_sync_to_async(call_next)


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """The offices whose state was built, in order."""
    built: list[UUID] = []
    build = hub_module.office_state

    def counted(office_id: UUID, *args: Any) -> OfficeState:
        built.append(office_id)
        return build(office_id, *args)

    monkeypatch.setattr(hub_module, "office_state", counted)
    return built


async def settle(hub: Hub, office: Office, layer: InMemoryChannelLayer) -> None:
    """Wait until the hub has subscribed and shown what it found then."""
    await until(lambda: bool(layer.groups.get(office_group(office.pk))))
    await asyncio.sleep(0.1)


async def test_many_sockets_share_one_subscription_and_one_snapshot(
    office, arrive, staffed_counter, clerk, in_memory_layer, builds
):
    await database_sync_to_async(arrive)()
    hub = Hub(QUIET)
    listeners = [Listener() for _ in range(50)]
    for listener in listeners:
        await hub.join(office.pk, listener)
    await settle(hub, office, in_memory_layer)
    assert all(listener.states for listener in listeners)
    assert len(in_memory_layer.groups[office_group(office.pk)]) == 1

    builds.clear()
    before = [len(listener.states) for listener in listeners]
    await call(staffed_counter.pk, staff=clerk)
    await until(lambda: all(len(one.states) > n for one, n in zip(listeners, before, strict=True)))
    await asyncio.sleep(0.1)
    assert len(builds) == 1
    assert len({id(listener.states[-1]) for listener in listeners}) == 1
    for listener in listeners:
        await hub.leave(office.pk, listener)


async def test_last_socket_to_leave_ends_the_subscription(office, in_memory_layer):
    hub = Hub(QUIET)
    first, second = Listener(), Listener()
    await hub.join(office.pk, first)
    await hub.join(office.pk, second)
    await settle(hub, office, in_memory_layer)
    await hub.leave(office.pk, first)
    assert in_memory_layer.groups[office_group(office.pk)]
    await hub.leave(office.pk, second)
    assert not in_memory_layer.groups.get(office_group(office.pk))
    assert hub.rooms == {}


async def test_a_socket_that_joins_later_gets_the_state_at_once_and_alone(office, in_memory_layer):
    hub = Hub(QUIET)
    first, second = Listener(), Listener()
    await hub.join(office.pk, first)
    await settle(hub, office, in_memory_layer)
    heard = len(first.states)
    await hub.join(office.pk, second)
    await until(lambda: len(second.states) == 1)
    assert len(first.states) == heard
    await hub.leave(office.pk, first)
    await hub.leave(office.pk, second)


async def test_changes_close_together_share_one_snapshot(
    office, arrive, staffed_counter, clerk, in_memory_layer, builds
):
    await database_sync_to_async(arrive)()
    hub = Hub(QUIET)
    listener = Listener()
    await hub.join(office.pk, listener)
    await settle(hub, office, in_memory_layer)
    builds.clear()

    def busy() -> None:
        visit = call_next(staffed_counter.pk, staff=clerk)
        for _ in range(10):
            recall(visit.pk, actor=Actor(staff=clerk))

    await database_sync_to_async(busy)()
    version = await database_sync_to_async(hub_module.queue_version)(office.pk)
    await until(lambda: listener.states[-1].version == version)
    assert len(builds) < 11
    await hub.leave(office.pk, listener)


async def test_one_broken_socket_does_not_keep_the_news_from_the_others(
    office, in_memory_layer, caplog
):
    caplog.set_level(logging.ERROR, logger="queue_display.hub")
    hub = Hub(QUIET)
    listeners = [BrokenListener(), Listener(), BrokenListener(), Listener()]
    for listener in listeners:
        await hub.join(office.pk, listener)
    await until(lambda: bool(listeners[1].states and listeners[3].states))
    for listener in listeners:
        await hub.leave(office.pk, listener)


async def test_without_a_channel_layer_calls_work_and_the_displays_catch_up(
    office: Office, arrive: Callable[[], Visit], staffed_counter: Counter, clerk: User, use_layer
):
    layer = use_layer(FailingLayer())
    hub = Hub(QUICK)
    listener = Listener()
    try:
        visit = await database_sync_to_async(arrive)()
        await hub.join(office.pk, listener)
        await until(lambda: bool(listener.states))
        called = await call(staffed_counter.pk, staff=clerk)
        assert called == visit
        await until(lambda: visit.number in listener.states[-1].display)

        layer.broken = False
        await until(lambda: bool(layer.groups.get(office_group(office.pk))))
    finally:
        await hub.leave(office.pk, listener)


async def test_silence_of_the_queue_is_filled_with_signs_of_life(office, in_memory_layer):
    hub = Hub(QUICK)
    listener = Listener()
    await hub.join(office.pk, listener)
    await until(lambda: len(listener.states) >= 4)
    assert {state.version for state in listener.states} == {0}
    await hub.leave(office.pk, listener)


async def test_when_the_database_is_away_nothing_is_said_and_later_all_is_well(
    office, in_memory_layer, monkeypatch
):
    hub = Hub(QUICK)
    listener = Listener()
    read = hub_module.office_state

    def fail(*_args: object) -> None:
        raise RuntimeError("no database")

    monkeypatch.setattr(hub_module, "office_state", fail)
    await hub.join(office.pk, listener)
    await asyncio.sleep(0.3)
    assert listener.states == []
    monkeypatch.setattr(hub_module, "office_state", read)
    await until(lambda: bool(listener.states))
    await hub.leave(office.pk, listener)


@pytest.mark.services
async def test_over_redis_one_subscription_serves_all_sockets_and_both_processes(
    office, arrive, staffed_counter, clerk, use_layer
):
    from channels_redis.pubsub import RedisPubSubChannelLayer

    layer = use_layer(RedisPubSubChannelLayer(hosts=[settings.REDIS_URL]))
    hub, hub_of_another_process = Hub(QUIET), Hub(QUIET)
    listeners = [Listener() for _ in range(20)]
    far = Listener()
    try:
        await database_sync_to_async(arrive)()
        for listener in listeners:
            await hub.join(office.pk, listener)
        await hub_of_another_process.join(office.pk, far)
        group = f"asgi__group__{office_group(office.pk)}"
        await until(lambda: len(layer.groups.get(group, ())) == 2)
        await asyncio.sleep(0.2)

        await call(staffed_counter.pk, staff=clerk)
        version = await database_sync_to_async(hub_module.queue_version)(office.pk)
        await until(lambda: all(one.states[-1].version == version for one in [*listeners, far]), 1)
    finally:
        for listener in listeners:
            await hub.leave(office.pk, listener)
        await hub_of_another_process.leave(office.pk, far)
        await layer.flush()
