"""How a change of an appointment's place begins: may it be, where, and under which lock."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from booking import clock
from booking.models import Appointment, Office, OpeningHours
from booking.prepared import PreparedQuery, Statement, ask
from booking.translation import texts_of

from .errors import NotFound, OutsideHours
from .grid import use_slots_of
from .items import Item, total_minutes
from .publishing import released_until
from .slot_grid import units_needed


def spans_of(
    every_series: Sequence[OpeningHours],
    items: Sequence[Item],
    start: datetime,
    *,
    by_staff: bool = False,
) -> list[tuple[OpeningHours, datetime]]:
    """The series, each with the end of an appointment in its units.

    Not those in which a unit of it is not released yet.
    """
    spans = [(series, _end(series, items, start)) for series in every_series]
    return [
        (series, end)
        for series, end in spans
        if end - timedelta(minutes=series.unit_minutes)
        <= released_until(series.office, by_staff=by_staff)
    ]


def in_utc(start: datetime) -> datetime:
    """Sums of local times go by the wall clock: wrong where the clocks change."""
    try:
        return start.astimezone(UTC)
    except OverflowError:  # at an end of the calendar
        raise OutsideHours from None


def require_bookable(office: Office, start: datetime, *, by_staff: bool = False) -> None:
    """Raise ``OutsideHours`` for what is past or not released yet."""
    if not clock.now() < start <= released_until(office, by_staff=by_staff):
        raise OutsideHours


def _end(series: OpeningHours, items: Sequence[Item], start: datetime) -> datetime:
    units = units_needed(total_minutes(items), series.unit_minutes)
    return start + timedelta(minutes=units * series.unit_minutes)


def lock_appointment(appointment_id: UUID, *, slots: bool = True) -> Appointment:
    """The appointment, locked, and with ``slots`` the office's in use before it: see ``capacity``.

    The office never changes; the series is not joined, as the join would show the one from
    before the lock was free. Raises ``NotFound``.
    """
    (appointment,) = lock_appointment_and_ask(appointment_id, slots=slots)
    return appointment


def lock_appointment_and_ask(
    appointment_id: UUID, *then: Statement, slots: bool = True
) -> list[Any]:
    """``lock_appointment``, and what ``then`` asks in one go with it."""
    if slots:
        unlocked = Appointment.objects.filter(pk=appointment_id)
        office_id = unlocked.values_list("office", flat=True).first()
        if office_id is None:
            raise NotFound
        use_slots_of(office_id)
    found, *answers = ask(_locked.statement(appointment_id), *then)
    if not found:
        raise NotFound
    return [found[0], *answers]


_locked = PreparedQuery(
    lambda appointment_id: (
        Appointment.objects.filter(pk=appointment_id)
        .select_for_update(of=("self",))
        .select_related("office")
        .defer(*texts_of(Office, "office__"))
    ),
    UUID,
)
