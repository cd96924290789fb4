"""``GET /health``: what a monitor asks."""

from django.http import HttpRequest, JsonResponse

from . import clock
from .domain import health


def health_view(request: HttpRequest) -> JsonResponse:
    """Answer 200 while the database answers, else 503; the other parts only degrade."""
    database = health.database_state()
    worker = health.worker_state() if database == "ok" else "unknown"
    channel_layer = health.channel_layer_state()
    ok = database == "ok"
    degraded = worker != "ok" or channel_layer != "ok"
    return JsonResponse(
        {
            "status": ("degraded" if degraded else "ok") if ok else "failed",
            "now": clock.now().isoformat(),
            "database": database,
            "channel_layer": channel_layer,
            "worker": worker,
        },
        status=200 if ok else 503,
    )
