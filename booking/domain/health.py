"""Whether the parts of the installation are alive."""

from datetime import timedelta

from django.conf import settings
from django.db import Error, connection
from redis import Redis
from redis.exceptions import RedisError

from booking import clock
from booking.models import WorkerHeartbeat

# The worker beats every few seconds; a slow machine may take its time.
WORKER_LATE_AFTER = timedelta(seconds=60)


def beat() -> None:
    """The worker is alive. Real time, not the demo's: this is about the machine."""
    WorkerHeartbeat.objects.update_or_create(pk=1, defaults={"seen_at": clock.system_time()})


def database_state() -> str:
    """``ok`` or ``unreachable``."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return "unreachable"
    return "ok"


def worker_state() -> str:
    """``ok``, ``late``, or ``absent`` where none was ever seen or the database is away."""
    try:
        heartbeat = WorkerHeartbeat.objects.first()
    except Error:
        return "absent"
    if heartbeat is None:
        return "absent"
    # Also where the clock was set back: a beat from the future is from before that.
    since = abs(clock.system_time() - heartbeat.seen_at)
    return "ok" if since < WORKER_LATE_AFTER else "late"


def channel_layer_state() -> str:
    """``ok`` (in memory or reachable) or ``unreachable``; displays then catch up by asking."""
    if not settings.REDIS_URL:
        return "ok"
    try:
        with Redis.from_url(
            settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1
        ) as client:
            client.ping()
    except RedisError:
        return "unreachable"
    return "ok"
