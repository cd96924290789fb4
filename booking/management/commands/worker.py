"""``manage.py worker``: the background worker."""

import threading
from typing import Any

from django.core.management.base import BaseCommand

from booking import worker


class Command(BaseCommand):
    help = "Run the background worker: sends mails, ends holds, publishes slots, forgets."

    def handle(self, **options: Any) -> None:
        threading.Thread(target=worker.tick_forever, name="tick", daemon=True).start()
        worker.take_tasks_forever(verbosity=options["verbosity"])
