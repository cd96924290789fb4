from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QueueDisplayConfig(AppConfig):
    name = "queue_display"
    verbose_name = _("Desk and display")

    def ready(self) -> None:
        from booking.domain.announcements import queue_changed

        from .announcer import announce_change

        queue_changed.connect(announce_change, dispatch_uid="queue_display.announcer")
