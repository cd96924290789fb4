"""The present, read from here alone.

The demo may run ahead of real time by an offset that every process reads from one file;
outside the demo no offset is possible. Tests replace :func:`system_time`.
"""

from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone


def system_time() -> datetime:
    """The machine's time, aware, in UTC."""
    return timezone.now()


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return system_time() + demo_offset()


def today(zone: ZoneInfo) -> date:
    """The calendar day in ``zone``."""
    return now().astimezone(zone).date()


@cache
def demo_offset() -> timedelta:
    """How far the demo's clock is ahead of the machine's; zero outside the demo."""
    if not settings.DEMO or not settings.DEMO_CLOCK_FILE.exists():
        return timedelta(0)
    return timedelta(seconds=float(settings.DEMO_CLOCK_FILE.read_text()))
