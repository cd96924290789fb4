"""Where the demo's clock stands. Its offset is kept in a file, which also marks the demo.

All of it is about real time plus an offset, so real time is read from ``system_time``.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from booking import clock
from booking.domain.office_hours import spans_of_day
from booking.models import Office

ZONE = ZoneInfo("Europe/Berlin")
MORNING = time(9, 30)
# Every year has a working day in any two weeks; a demo without hours stays where it is.
DAYS_TO_SEARCH = 30


class WishUnreadable(Exception):  # noqa: N818 - reads as what happened
    """``DEMO_CLOCK`` is not a moment."""


def choose_demo_clock(wish: str = "") -> timedelta:
    """Choose how far the demo's clock is ahead of real time, and keep it.

    ``wish`` is a local moment such as ``2026-11-24T09:30`` and is followed exactly. Without
    it the demo goes on where it was while somebody is at work there, else runs with real
    time if somebody is at work now, else begins at 09:30 of the next working day. Unless
    wished for, the clock never goes back. Raises ``WishUnreadable``.
    """
    real = clock.system_time()
    stored = _stored_offset()
    if wish:
        offset = _read(wish) - real
    elif stored is not None and somebody_works(real + stored):
        offset = stored
    elif (stored is None or stored <= timedelta(0)) and somebody_works(real):
        offset = timedelta(0)
    else:
        offset = _next_morning(real + max(stored or timedelta(0), timedelta(0))) - real
    settings.DEMO_CLOCK_FILE.write_text(f"{offset.total_seconds()}\n")
    clock.demo_offset.cache_clear()
    return offset


def demo_time() -> datetime:
    """The demo's present, also for a process that began before there was a demo."""
    return clock.system_time() + (_stored_offset() or timedelta(0))


def somebody_works(moment: datetime) -> bool:
    """Whether any office is open at an aware moment."""
    day = moment.astimezone(ZONE).date()
    return any(
        opens <= moment < closes
        for office in Office.objects.select_related("authority")
        for opens, closes in spans_of_day(office, day)
    )


def _read(wish: str) -> datetime:
    try:
        moment = datetime.fromisoformat(wish.strip())
    except ValueError:
        raise WishUnreadable(wish) from None
    return moment.replace(tzinfo=moment.tzinfo or ZONE).astimezone(UTC)


def _stored_offset() -> timedelta | None:
    try:
        return timedelta(seconds=float(settings.DEMO_CLOCK_FILE.read_text()))
    except (FileNotFoundError, ValueError):
        return None


def _next_morning(moment: datetime) -> datetime:
    """The next 09:30 at which somebody works."""
    first = moment.astimezone(ZONE).date().toordinal()
    for ordinal in range(first, first + DAYS_TO_SEARCH):
        morning = datetime.combine(date.fromordinal(ordinal), MORNING, ZONE)
        if morning > moment and somebody_works(morning):
            return morning.astimezone(UTC)
    return moment
