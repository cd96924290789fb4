"""What the front desk sees: the room, the appointments found, the times that are free."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from booking import clock
from booking.domain.availability import free_starts
from booking.domain.items import Item
from booking.domain.kiosk_closing import is_kiosk_closed
from booking.domain.office_hours import last_ticket_at
from booking.domain.reception import find_appointments
from booking.models import Office, User

from .desk_state import DeskState, Expected, desk_state

# Days on which the times of a booking are shown at once.
DAYS_SHOWN = 5


@dataclass(frozen=True)
class Room(DeskState):
    """An office as its front desk sees it: the queue, the counters and the kiosk.

    ``tickets_until`` is when the kiosk issues the last ticket, local time; none where it
    issues no tickets now.
    """

    kiosk_closed: bool
    tickets_until: datetime | None


def room_of(office: Office, user: User) -> Room:
    """The office now, in a number of queries that no queue makes longer."""
    state = desk_state(office, user)
    last = last_ticket_at(office)
    return Room(
        **vars(state),
        kiosk_closed=is_kiosk_closed(office),
        tickets_until=last if last and last >= state.now else None,
    )


@dataclass(frozen=True)
class FoundRow(Expected):
    """An appointment in the list of what was found."""

    is_today: bool

    @property
    def visit_number(self) -> str:
        """The ticket number; empty for whoever has not checked in."""
        visit = getattr(self.appointment, "visit", None)
        return visit.number if visit else ""


def found_rows(office: Office, typed: str) -> dict[str, object]:
    """The appointments that fit, and whether there are more: for the list of the page."""
    found = find_appointments(office, typed)
    now, today = clock.now(), clock.today(office.zone)
    rows = [
        FoundRow(
            one,
            is_today=one.start.astimezone(office.zone).date() == today,
            is_late=one.expected_at < now,
        )
        for one in found.appointments
    ]
    return {"rows": rows, "is_more": found.is_more, "typed": typed}


@dataclass(frozen=True)
class FreeTime:
    """A free start, local time; ``is_beyond`` where citizens cannot book it online."""

    start: datetime
    is_beyond: bool

    @property
    def minutes(self) -> int:
        """Since midnight: the script finds the nearest time on another day by it."""
        return self.start.hour * 60 + self.start.minute


def free_times_from(
    office: Office, items: Sequence[Item], first_day: date
) -> list[tuple[date, list[FreeTime]]]:
    """The first days with a free time from ``first_day`` on, one more than ``DAYS_SHOWN``."""
    whole = {"first_day": clock.today(office.zone), "days": office.horizon_days + 1}
    by_staff = free_starts(office, items, by_staff=True, **whole)
    may_book = all(item.offering.online for item in items)
    online = free_starts(office, items, **whole) if may_book else {}
    days = ((day, starts) for day, starts in by_staff.items() if day >= first_day)
    shown = []
    for day, starts in islice(days, DAYS_SHOWN + 1):
        citizens = set(online.get(day, ()))
        shown.append((day, [FreeTime(start, start not in citizens) for start in starts]))
    return shown
