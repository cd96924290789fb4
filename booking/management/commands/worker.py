"""``manage.py worker``: the background worker."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from booking import worker


class Command(BaseCommand):
    help = "Run the background worker: sends mails, ends holds, publishes slots, forgets."

    def handle(self, **options: Any) -> None:
        stopped = threading.Event()
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signal_number, lambda *_: stopped.set())
        worker.tick_until(stopped)
