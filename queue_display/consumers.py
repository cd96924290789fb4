"""The sockets of displays and visitors. They only listen: whatever a client sends is ignored."""

from collections.abc import Hashable
from urllib.parse import parse_qs
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.http import parse_cookie

from booking.domain.devices import device_of_token, mark_seen
from booking.models import Device
from booking.pairing.device import cookie_name

from .crowds import crowds
from .groups import CROWDED, DEVICE_UNKNOWN, MOVED, TICKET_UNKNOWN, TOO_TALKATIVE
from .hub import hub
from .snapshot import OfficeState, ticket_office
from .socket_limits import MESSAGE_LENGTH_AT_MOST

DISPLAY_COOKIE = cookie_name(Device.Kind.DISPLAY)
# Nobody has anything to say to us; this is generous.
MESSAGES_AT_MOST = 100


class LiveConsumer(AsyncWebsocketConsumer):
    """A socket that hears of one office through the hub of its process."""

    # No channel of its own: the hub's one subscription serves every socket.
    channel_layer_alias = None

    office_id: UUID | None = None
    device_id: UUID | None = None
    ticket_id: UUID | None = None
    key: Hashable = None
    ended = False
    messages = 0

    async def listen_to(self, office_id: UUID, key: Hashable) -> None:
        """Join the office; its present state follows at once. ``key`` is what opened it."""
        self.office_id, self.key = office_id, key
        oldest = crowds.enter(key, self, limit=self.sockets_at_most())
        await hub.join(office_id, self)
        if oldest is not None:
            await oldest.end(CROWDED)

    def sockets_at_most(self) -> int:
        """How many of one key a process keeps open; 0 is no limit."""
        return settings.SOCKETS_PER_KEY

    async def state_changed(self, state: OfficeState) -> None:
        """Called by the hub; see :class:`queue_display.hub.Subscriber`."""
        raise NotImplementedError

    async def end(self, code: int) -> None:
        """Close the socket; the hub is left when the server reports the end."""
        self.ended = True
        await self.close(code=code)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        self.messages += 1
        length = len(text_data or bytes_data or "")
        if not self.ended and (self.messages > MESSAGES_AT_MOST or length > MESSAGE_LENGTH_AT_MOST):
            await self.end(TOO_TALKATIVE)

    async def disconnect(self, code: int) -> None:
        self.ended = True
        if self.office_id is not None:
            crowds.leave(self.key, self)
            await hub.leave(self.office_id, self)


class DisplayConsumer(LiveConsumer):
    """A waiting-room display, known by its device token."""

    async def connect(self) -> None:
        # Accepted first: a browser is not told why a handshake was refused.
        await self.accept()
        device = await database_sync_to_async(_paired_display)(self._token())
        if device is None:
            await self.end(DEVICE_UNKNOWN)
            return
        self.device_id = device.pk
        await self.listen_to(device.office_id, ("display", device.pk))

    def sockets_at_most(self) -> int:
        """More than for tickets: the town has paired it, and may hang many screens on one."""
        return settings.SOCKETS_PER_DISPLAY

    async def state_changed(self, state: OfficeState) -> None:
        if self.ended:
            return
        if self.device_id not in state.devices:
            await self.end(DEVICE_UNKNOWN)
            return
        await self.send(text_data=state.display)

    def _token(self) -> str:
        query = parse_qs(self.scope["query_string"].decode("latin1"))
        if "token" in query:
            return query["token"][0]
        headers = dict(self.scope["headers"])
        return parse_cookie(headers.get(b"cookie", b"").decode("latin1")).get(DISPLAY_COOKIE, "")


class NobodyConsumer(LiveConsumer):
    """At any other address: closed at once, without a line in the log."""

    async def connect(self) -> None:
        await self.close()


class TicketConsumer(LiveConsumer):
    """A visitor's own page; the address is the only key, and nothing personal is behind it."""

    async def connect(self) -> None:
        await self.accept()
        ticket_id = self.scope["url_route"]["kwargs"]["ticket_id"]
        office_id = await database_sync_to_async(ticket_office)(ticket_id)
        if office_id is None:
            await self.end(TICKET_UNKNOWN)
            return
        self.ticket_id = ticket_id
        await self.listen_to(office_id, ("ticket", ticket_id))

    async def state_changed(self, state: OfficeState) -> None:
        if self.ended or self.ticket_id not in state.tickets:
            return
        ticket = state.tickets[self.ticket_id]
        if ticket.office_id != self.office_id:
            await self.end(MOVED)
            return
        await self.send(text_data=ticket.as_message(state.version))


def _paired_display(token: str) -> Device | None:
    device = device_of_token(token, kind=Device.Kind.DISPLAY)
    if device is not None:
        mark_seen(device)
    return device
