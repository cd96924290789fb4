"""The background worker: it sends mails and keeps things tidy when nobody looks.

Besides the mails nothing here is needed for correct answers: readers publish and expire what
they need. What there is to do is found in a few queries, however many offices there are.
"""

import logging
import threading
from collections.abc import Callable

from axes.models import AccessAttempt
from django.conf import settings
from django.core.management import call_command
from django.db import close_old_connections

from . import clock
from .domain.forecasting import refresh_forecasts
from .domain.forgotten import end_forgotten_visits_everywhere
from .domain.health import beat
from .domain.holds import expire_holds
from .domain.offers import offer_due_places
from .domain.outbox import deliver_due_mails
from .domain.pruning import prune
from .domain.publishing import publish_everywhere
from .domain.reminders import write_due_reminders
from .domain.retention import delete_expired_personal_data
from .domain.unused import give_back_unused
from .domain.wishes import end_past_wishes

logger = logging.getLogger(__name__)

# The longest a mail waits before it is first tried.
TICK_SECONDS = 1
TICKS_PER_HOUR = 3600 // TICK_SECONDS
TICKS_PER_MINUTE = 60 // TICK_SECONDS


def forget_traces() -> None:
    """Ended sessions, and failed log-ins that no longer count.

    These may hold a password that was typed into the wrong field. Both bear the machine's
    time, not the demo's.
    """
    call_command("clearsessions")
    no_longer = clock.system_time() - settings.AXES_COOLOFF_TIME
    AccessAttempt.objects.filter(attempt_time__lt=no_longer).delete()


def tick_until(stopped: threading.Event) -> None:
    """Run the duties of each tick, the last one to its end: what is being sent is sent once."""
    tick = 0
    while not stopped.is_set():
        run(
            beat,
            expire_holds,
            give_back_unused,
            offer_due_places,
            deliver_due_mails,
            refresh_forecasts,
        )
        if tick % TICKS_PER_MINUTE == 0:
            run(write_due_reminders)
        if tick % TICKS_PER_HOUR == 0:
            run(
                publish_everywhere,
                end_forgotten_visits_everywhere,
                end_past_wishes,
                delete_expired_personal_data,
                prune,
                forget_traces,
            )
        tick += 1
        close_old_connections()
        stopped.wait(TICK_SECONDS)


def run(*duties: Callable[[], object]) -> None:
    """Run each duty; one that fails is logged and tried again with a later tick."""
    for duty in duties:
        try:
            duty()
        except Exception:
            logger.exception("%s failed", duty.__name__)
