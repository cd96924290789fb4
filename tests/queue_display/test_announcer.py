"""Telling the other processes: after the commit, and never in the way of it."""

import asyncio
import threading
import time

import pytest
from channels.layers import InMemoryChannelLayer
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.db import transaction

from booking.domain.visits import call_next
from queue_display import announcer
from queue_display.groups import QUEUE_CHANGED, office_group

pytestmark = pytest.mark.django_db(transaction=True)


class NotedLayer(InMemoryChannelLayer):
    """Remembers what was sent."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[str, str]] = []

    async def group_send(self, group, message) -> None:
        self.sent.append((group, message["type"]))


class SilentLayer(InMemoryChannelLayer):
    """A layer that never answers."""

    async def group_send(self, group, message) -> None:
        await asyncio.sleep(60)


class RefusingLayer(InMemoryChannelLayer):
    async def group_send(self, group, message) -> None:
        raise ConnectionError("no channel layer")


@pytest.fixture
def layer(use_layer) -> NotedLayer:
    return use_layer(NotedLayer())


def test_a_change_is_announced_once_it_is_committed(office, arrive, layer):
    with transaction.atomic():
        arrive()
        assert layer.sent == []
    assert layer.sent == [(office_group(office.pk), QUEUE_CHANGED)]


def test_a_change_that_is_rolled_back_is_not_announced(arrive, layer):
    with transaction.atomic():
        arrive()
        transaction.set_rollback(True)
    assert layer.sent == []


@pytest.mark.parametrize("broken", [RefusingLayer, SilentLayer])
def test_a_broken_channel_layer_never_fails_a_call(
    arrive, layer, staffed_counter, clerk, use_layer, monkeypatch, caplog, broken
):
    visit = arrive()
    monkeypatch.setattr(announcer, "GIVE_UP_AFTER", 0.05)
    use_layer(broken())
    caplog.clear()
    begun = time.monotonic()
    assert call_next(staffed_counter.pk, staff=clerk) == visit
    assert time.monotonic() - begun < 2
    visit.refresh_from_db()
    assert visit.state == "called"
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_the_group_name_is_one_that_every_layer_accepts(office):
    InMemoryChannelLayer().require_valid_group_name(office_group(office.pk))


@pytest.fixture
def redis_layer(use_layer, settings) -> RedisPubSubChannelLayer:
    return use_layer(RedisPubSubChannelLayer(hosts=[settings.REDIS_URL]))


@pytest.mark.services
async def test_a_thread_without_a_loop_is_heard_over_redis(office, redis_layer):
    """As in a process that serves pages alone: every change goes over one connection."""
    channel = await redis_layer.new_channel()
    await redis_layer.group_add(office_group(office.pk), channel)
    for _change in range(3):
        await asyncio.to_thread(announcer.announce_change, office_id=office.pk)
        async with asyncio.timeout(5):
            assert await redis_layer.receive(channel) == {"type": QUEUE_CHANGED}
    await redis_layer.flush()


def test_whoever_changes_something_waits_for_no_channel_layer(office, use_layer):
    begun, done = threading.Event(), threading.Event()

    class Hanging:
        async def group_send(self, group, message) -> None:
            begun.set()
            await asyncio.to_thread(done.wait, 5)

    use_layer(Hanging())
    announcer.announce_change(office_id=office.pk)
    # Back already, while the layer still hangs.
    assert begun.wait(5)
    assert not done.is_set()
    done.set()


def test_a_connection_that_redis_has_closed_is_tried_again(office, use_layer):
    sent = []

    class Restarted(InMemoryChannelLayer):
        async def group_send(self, group, message) -> None:
            sent.append(group)
            if len(sent) == 1:
                raise ConnectionError("closed")

    use_layer(Restarted())
    announcer.announce_change(office_id=office.pk)
    assert sent == [office_group(office.pk)] * 2
