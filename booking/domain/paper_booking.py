"""A time instead of a long wait: booked at the kiosk, by somebody who leaves neither name nor mail.

Whoever holds the paper has the appointment: its code checks in, its QR code moves or cancels it.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import islice

from django.db.models import QuerySet

from booking import clock
from booking.models import Appointment, Offering, Office

from .availability import free_starts
from .confirming import confirm_appointment
from .holding import hold_appointment
from .items import Item

# The next days with a free time, and how many of each: a choice that fits on one screen.
DAYS, TIMES_A_DAY = 3, 3
# Somebody who stands here needs the way out and back.
AT_LEAST_AHEAD = timedelta(minutes=30)


def bookable_offerings(office: Office) -> QuerySet[Offering]:
    """What a citizen can get a time for at the office."""
    return office.offerings.filter(online=True).select_related("service")


def times_instead(office: Office, items: Sequence[Item]) -> dict[date, list[datetime]]:
    """Free starts of the next local days that have one, in local time; spread over each day."""
    today = clock.today(office.zone)
    by_day = free_starts(office, items, first_day=today, days=office.horizon_days)
    earliest = clock.now() + AT_LEAST_AHEAD
    worth_it = ((day, [one for one in by_day[day] if one >= earliest]) for day in sorted(by_day))
    return {day: _spread(starts) for day, starts in islice(filter(_has_any, worth_it), DAYS)}


def _has_any(of_day: tuple[date, list[datetime]]) -> bool:
    return bool(of_day[1])


def _spread(starts: Iterable[datetime]) -> list[datetime]:
    """The first, the last and those between, at equal distances."""
    every = list(starts)
    if len(every) <= TIMES_A_DAY:
        return every
    step = (len(every) - 1) / (TIMES_A_DAY - 1)
    return [every[round(index * step)] for index in range(TIMES_A_DAY)]


def book_on_paper(
    *, office: Office, items: Sequence[Item], start: datetime, idempotency_key: str | None
) -> Appointment:
    """Book a time without name and mail. The same key answers the same appointment.

    Raises what :func:`hold_appointment` raises.
    """
    held = hold_appointment(
        office=office, items=items, start=start, idempotency_key=idempotency_key
    )
    return confirm_appointment(held.pk, expected_start=held.start, on_paper=True)
