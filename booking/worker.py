"""What the background worker does besides tasks: a tick every few seconds.

Nothing here is needed for correct answers: readers publish and expire what they need.
The tick keeps things tidy when nobody looks, and finds mails whose task was lost. What
there is to do is found in a few queries, however many offices there are.
"""

import logging
import time
from collections.abc import Callable

from axes.models import AccessAttempt
from django.conf import settings
from django.core.management import call_command
from django.db import close_old_connections

from . import clock
from .domain.forgotten import end_forgotten_visits_everywhere
from .domain.health import beat
from .domain.holds import expire_holds
from .domain.outbox import deliver_due_mails
from .domain.pruning import prune
from .domain.publishing import publish_everywhere
from .domain.retention import delete_expired_personal_data
from .domain.waits import refresh_forecasts
from .unavailable import OUTAGES

logger = logging.getLogger(__name__)

TICK_SECONDS = 5
TICKS_PER_HOUR = 3600 // TICK_SECONDS
# Until the queue of tasks is looked at again while the database is away.
PAUSE_SECONDS = 2


def prune_tasks() -> None:
    """Finished tasks say nothing that the outbox does not know."""
    call_command("prune_db_task_results", min_age_days=1, verbosity=0)


def forget_traces() -> None:
    """Ended sessions, and failed log-ins that no longer count.

    These may hold a password that was typed into the wrong field. Both bear the machine's
    time, not the demo's.
    """
    call_command("clearsessions")
    no_longer = clock.system_time() - settings.AXES_COOLOFF_TIME
    AccessAttempt.objects.filter(attempt_time__lt=no_longer).delete()


def tick_forever() -> None:
    """Run the duties of each tick until the process ends."""
    tick = 0
    while True:
        run(beat, expire_holds, refresh_forecasts, deliver_due_mails)
        if tick % TICKS_PER_HOUR == 0:
            run(
                publish_everywhere,
                end_forgotten_visits_everywhere,
                delete_expired_personal_data,
                prune,
                prune_tasks,
                forget_traces,
            )
        tick += 1
        close_old_connections()
        time.sleep(TICK_SECONDS)


def take_tasks_forever(*, verbosity: int = 1) -> None:
    """Run tasks until the process ends; a database that is away is waited for."""
    while True:
        try:
            call_command("db_worker", interval=0.5, startup_delay=False, verbosity=verbosity)
        except OUTAGES as error:
            logger.error("the database does not answer: %r", error)
            time.sleep(PAUSE_SECONDS)
        else:
            return


def run(*duties: Callable[[], object]) -> None:
    """Run each duty; one that fails is logged and tried again with a later tick."""
    for duty in duties:
        try:
            duty()
        except Exception:
            logger.exception("%s failed", duty.__name__)
