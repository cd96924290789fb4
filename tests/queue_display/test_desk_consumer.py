import pytest
from asgiref.sync import sync_to_async
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client

from booking.models import Queue
from queue_display.groups import NOT_STAFF
from queue_display.routing import websocket_urlpatterns
from tests.factories import OfficeFactory, make_staff

pytestmark = pytest.mark.django_db(transaction=True)


def socket(office, user=None):
    """A desk's socket, with the session of the user's browser."""
    headers = []
    if user:
        client = Client()
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={session}".encode()))
    router = URLRouter(websocket_urlpatterns)
    return WebsocketCommunicator(router, f"/ws/desk/{office.pk}/", headers=headers)


@pytest.fixture
def strangers(office):
    """Nobody, a clerk of another office, and one who has left the service."""
    gone = make_staff(office)
    gone.is_active = False
    gone.save()
    return [None, make_staff(OfficeFactory(authority=office.authority)), gone]


async def test_a_clerk_hears_versions_and_nothing_else(
    in_memory_layer, quick_hub, office, clerk, arrive
):
    communicator = await sync_to_async(socket)(office, clerk)
    assert (await communicator.connect())[0]
    await sync_to_async(arrive)()
    version = await sync_to_async(lambda: Queue.objects.get().version)()
    heard = await communicator.receive_json_from()
    while heard["version"] < version:
        heard = await communicator.receive_json_from()
    assert heard == {"type": "changed", "version": version}
    await communicator.disconnect()


async def test_strangers_are_told_that_they_are(in_memory_layer, quick_hub, office, strangers):
    for stranger in strangers:
        communicator = await sync_to_async(socket)(office, stranger)
        assert (await communicator.connect())[0]
        assert await communicator.receive_output() == {
            "type": "websocket.close",
            "code": NOT_STAFF,
        }
        await communicator.disconnect()
    assert quick_hub.rooms == {}
