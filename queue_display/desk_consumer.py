"""The socket of a clerk's desk: it only says that the queue has changed.

What has changed holds names, so the page fetches it itself, with its session.
"""

import json
from uuid import UUID

from channels.auth import AuthMiddlewareStack
from channels.db import database_sync_to_async

from booking.domain.permissions import offices_of
from booking.models import User

from .consumers import LiveConsumer
from .groups import DESK_CHANGED, NOT_STAFF
from .snapshot import OfficeState


class DeskConsumer(LiveConsumer):
    """A desk, known by its login. Gets the version of the queue, also as a sign of life."""

    async def connect(self) -> None:
        # Accepted first: a browser is not told why a handshake was refused.
        await self.accept()
        office_id = self.scope["url_route"]["kwargs"]["office_id"]
        if not await database_sync_to_async(_works_at)(self.scope["user"], office_id):
            await self.end(NOT_STAFF)
            return
        await self.listen_to(office_id, ("desk", self.scope["user"].pk))

    async def state_changed(self, state: OfficeState) -> None:
        if not self.ended:
            await self.send(text_data=json.dumps({"type": DESK_CHANGED, "version": state.version}))


def _works_at(user: User, office_id: UUID) -> bool:
    return user.is_authenticated and offices_of(user).filter(pk=office_id).exists()


# With the login of the page: only this socket needs a session.
desk_socket = AuthMiddlewareStack(DeskConsumer.as_asgi())
