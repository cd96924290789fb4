"""Who is next. Pure: no database, no Django.

Every visit has one due time and the earliest is called first among those a counter can
serve. A due time never changes by waiting, and whoever comes later with a later due time
cannot overtake: nobody starves. The rule fits on a sign on the wall.
"""

from datetime import datetime, timedelta


def due_with_appointment(
    *, start: datetime, arrived_at: datetime, grace_minutes: int, late_wait_minutes: int
) -> datetime:
    """On time, up to the grace: the start of the appointment. Later: check-in plus a wait."""
    if arrived_at <= start + timedelta(minutes=grace_minutes):
        return start
    return arrived_at + timedelta(minutes=late_wait_minutes)


def due_without_appointment(*, arrived_at: datetime, target_wait_minutes: int) -> datetime:
    """Arrival plus the wait the office aims at."""
    return arrived_at + timedelta(minutes=target_wait_minutes)
