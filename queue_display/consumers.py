"""The sockets of displays and visitors. They only listen: whatever a client sends is ignored."""

from collections.abc import Hashable, Mapping, Sequence
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
from .groups import (
    CROWDED,
    DEVICE_UNKNOWN,
    MOVED,
    SETTINGS_CHANGED,
    TICKET_UNKNOWN,
    TOO_TALKATIVE,
)
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
    """A waiting-room display, known by its device token.

    One socket hears of one office; a display of several in one room opens one for each, so
    that an office's message stays one text for everybody.
    """

    revision = 0

    async def connect(self) -> None:
        # Accepted first: a browser is not told why a handshake was refused.
        await self.accept()
        query = parse_qs(self.scope["query_string"].decode("latin1"))
        found = await database_sync_to_async(_paired_display)(
            self._token(query), query.get("office", [""])[0]
        )
        if found is None:
            await self.end(DEVICE_UNKNOWN)
            return
        device, office_id = found
        self.device_id, self.revision = device.pk, device.revision
        await self.listen_to(office_id, ("display", device.pk, office_id))

    def sockets_at_most(self) -> int:
        """More than for tickets: the town has paired it, and may hang many screens on one."""
        return settings.SOCKETS_PER_DISPLAY

    async def state_changed(self, state: OfficeState) -> None:
        if self.ended:
            return
        revision = state.devices.get(self.device_id)
        if revision is None:
            await self.end(DEVICE_UNKNOWN)
        elif revision != self.revision:
            await self.end(SETTINGS_CHANGED)
        else:
            await self.send(text_data=state.display)

    def _token(self, query: Mapping[str, Sequence[str]]) -> str:
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

    # In which the page is written.
    language = settings.LANGUAGE_CODE

    async def connect(self) -> None:
        await self.accept()
        query = parse_qs(self.scope["query_string"].decode("latin1"))
        language = query.get("language", [""])[0]
        if language in dict(settings.LANGUAGES):
            self.language = language
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
        await self.send(text_data=ticket.as_message(state.version, self.language))


def _paired_display(token: str, office: str) -> tuple[Device, UUID] | None:
    """The display, and which of the offices that it shows it wants to hear; its own by default."""
    device = device_of_token(token, kind=Device.Kind.DISPLAY)
    if device is None:
        return None
    office_id = _shown_office(device, office) if office else device.office_id
    if office_id is None:
        return None
    mark_seen(device)
    return device, office_id


def _shown_office(device: Device, office: str) -> UUID | None:
    try:
        office_id = UUID(office)
    except ValueError:
        return None
    shown = office_id == device.office_id or device.also_shows.filter(pk=office_id).exists()
    return office_id if shown else None
