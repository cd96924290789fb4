"""The due time of a visit, by its office's rules. The rules themselves are in ``call_order``."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from booking import clock
from booking.models import Offering, Office, Visit

from .call_order import Due, Priority, Rule, Waits, due, due_again, shortest_target


def waits_of(office: Office) -> Waits:
    return Waits(
        grace=office.grace_minutes,
        late=office.late_wait_minutes,
        target=office.target_wait_minutes,
        assisted=office.assisted_wait_minutes,
        urgent=office.urgent_wait_minutes,
        returned=office.returned_wait_minutes,
    )


def target_of(office: Office, offerings: Iterable[Offering]) -> int:
    """The minutes that whoever comes for these services should at most wait."""
    return shortest_target([one.target_wait_minutes for one in offerings], waits_of(office))


def due_on_arrival(
    office: Office,
    *,
    offerings: Iterable[Offering],
    arrived_at: datetime,
    start: datetime | None,
    priority: str,
) -> dict[str, object]:
    """The fields of a visit that say when its turn is due, and by which rule."""
    place = due(
        arrived_at=arrived_at,
        appointment=start,
        priority=Priority(priority),
        waits=waits_of(office),
        targets=[one.target_wait_minutes for one in offerings],
    )
    return _fields(place)


def due_if_late(office: Office, start: datetime, minutes: int) -> datetime:
    """When somebody will be due who says to come so many minutes after the appointment."""
    arrived_at = start + timedelta(minutes=minutes)
    return due(
        arrived_at=arrived_at,
        appointment=start,
        priority=Priority.NORMAL,
        waits=waits_of(office),
    ).at


def due_with_priority(visit: Visit, priority: str) -> dict[str, object]:
    """The same once somebody has given the visit that priority; a wait as returned is over."""
    start = visit.appointment.start if visit.appointment else None
    place = due_on_arrival(
        visit.office,
        offerings=[item.offering for item in visit.items.select_related("offering")],
        arrived_at=visit.arrived_at,
        start=start,
        priority=priority,
    )
    return place | {"priority": priority}


def due_when_returned(visit: Visit) -> dict[str, object]:
    """The same for whoever was called in vain and waits again from now on."""
    place = Due(visit.due_at, Rule(visit.due_rule))
    return _fields(due_again(place, returned_at=clock.now(), waits=waits_of(visit.office)))


def _fields(place: Due) -> dict[str, object]:
    return {"due_at": place.at, "due_rule": place.rule.value}
