"""A sign of life of the background worker."""

from django.db import models


class WorkerHeartbeat(models.Model):
    """When the background worker was last seen, in real (not demo) time. One row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="worker_heartbeat_single_row")
        ]

    def __str__(self) -> str:
        return f"{self.seen_at:%H:%M:%S}"
