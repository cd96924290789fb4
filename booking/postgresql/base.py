"""Django's PostgreSQL with a pool that an outage does not clog.

Two things that the pool does not do by itself: it hands out connections that broke while
they lay in it, and it lets every request wait its full time although others have just waited
in vain, until all threads of a process do nothing else.
"""

import select
import threading
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection, OperationalError
from psycopg_pool import PoolTimeout

# Held by the one thread that waits while the database is away, and for how many seconds.
_probe = threading.Lock()
PROBE_SECONDS = 1


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection from the pool: a live one, soon, or an ``OperationalError``."""

    # Whether the last of this process's threads to ask got no connection in time.
    away = False

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection:
        if self.pool is None:
            return super().get_new_connection(conn_params)
        if not DatabaseWrapper.away:
            return self._live_connection(conn_params)
        if not _probe.acquire(blocking=False):
            raise OperationalError("no connection, and somebody waits for one already")
        try:
            return self._live_connection(conn_params)
        finally:
            _probe.release()

    def _live_connection(self, conn_params: dict[str, Any]) -> Connection:
        try:
            connection = super().get_new_connection(conn_params)
            for _broken in range(self.pool.max_size):
                if not _is_lost(connection):
                    break
                connection.close()
                self.pool.putconn(connection)
                connection = super().get_new_connection(conn_params)
        except PoolTimeout:
            DatabaseWrapper.away, self.pool.timeout = True, PROBE_SECONDS
            raise
        if DatabaseWrapper.away:
            patience = self.settings_dict["OPTIONS"]["pool"]["timeout"]
            DatabaseWrapper.away, self.pool.timeout = False, patience
        return connection


def _is_lost(connection: Connection) -> bool:
    """Whether the server has hung up. Asks the socket, not the server.

    An idle server says nothing; what it does say is the end, or a changed setting that a new
    connection knows as well.
    """
    if connection.closed:
        return True
    socket = select.poll()
    socket.register(connection.fileno(), select.POLLIN)
    return bool(socket.poll(0))
