"""Telling the other processes: after the commit, and never in the way of it."""

import asyncio
import time

import pytest
from channels.layers import InMemoryChannelLayer
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
    arrive, staffed_counter, clerk, use_layer, monkeypatch, caplog, broken
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
