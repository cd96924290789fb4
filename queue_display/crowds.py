"""How many sockets one key may open: a display's token, a visitor's ticket, a clerk's login.

Counted in each process by itself. The newest is let in and the oldest goes: a screen whose
connections broke without a word must not wait until the server finds out.
"""

from collections import defaultdict
from collections.abc import Hashable
from typing import Protocol


class Closable(Protocol):
    """A socket that can be ended."""

    async def end(self, code: int) -> None: ...


class Crowds:
    """The open sockets of each key, oldest first."""

    def __init__(self) -> None:
        self._sockets: defaultdict[Hashable, list[Closable]] = defaultdict(list)

    def enter(self, key: Hashable, socket: Closable, *, limit: int) -> Closable | None:
        """Count ``socket``; the one that has to go for it, no longer counted. 0 is no limit."""
        sockets = self._sockets[key]
        sockets.append(socket)
        return sockets.pop(0) if limit and len(sockets) > limit else None

    def leave(self, key: Hashable, socket: Closable) -> None:
        """Forget ``socket``, if it is still counted."""
        sockets = self._sockets.get(key, [])
        if socket in sockets:
            sockets.remove(socket)
        if not sockets:
            self._sockets.pop(key, None)

    def count(self, key: Hashable) -> int:
        return len(self._sockets.get(key, []))


crowds = Crowds()
