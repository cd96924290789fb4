"""What the sockets of one office show, read from the database in a fixed number of queries."""

import json
from collections import Counter as Tally
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import override
from modeltranslation.settings import AVAILABLE_LANGUAGES
from modeltranslation.utils import build_localized_fieldname

from booking.domain.devices import displays_showing
from booking.domain.forecast import Wait
from booking.domain.wait_range import WaitRange, told_range
from booking.domain.waiting import people_ahead
from booking.domain.waits import OfficeWaits, forecast_for
from booking.models import Appointment, Counter, Office, Queue, Visit
from booking.wait_words import wait_text

from .groups import SNAPSHOT, TICKET
from .wording import is_name, spoken_number

# More counters than any office has: a display that has no room for all calls at once shows
# them in turn.
CALLS_SHOWN = 40
# The state of a ticket whose appointment has not checked in yet.
EXPECTED = "expected"


class TicketState(NamedTuple):
    """What the page of one visitor shows; ``counter`` is empty unless called or serving."""

    office_id: UUID
    state: str
    number: str = ""
    counter: str = ""
    called_at: str | None = None
    people_ahead: int = 0
    # How long until the call; ``None`` where nobody can say, or nothing is waited for.
    wait: Wait | None = None

    def as_message(self, version: int, language: str) -> str:
        """The state for the visitor's page, which shows the wait as it is worded here."""
        shown = self._asdict()
        del shown["office_id"]
        if self.state == Visit.State.WAITING:
            with override(language):
                shown["wait"] = wait_text(self.wait, labelled=True)
        return json.dumps({"type": TICKET, "version": version, **shown})


@dataclass(frozen=True)
class OfficeState:
    """One moment of an office, at least as new as ``version``."""

    office_id: UUID
    version: int
    # The message for its displays, serialised once for all of them.
    display: str
    # Displays that still show the office, with the revision of their settings.
    devices: Mapping[UUID, int] = field(default_factory=dict)
    # By the id in the visitor's address: the visit's, or its appointment's.
    tickets: Mapping[UUID, TicketState] = field(default_factory=dict)


class _Row(NamedTuple):
    """A visit as read, without building a model."""

    pk: UUID
    appointment: UUID | None
    office: UUID
    state: str
    letter: str
    serial: int
    counter: str | None
    counter_id: UUID | None
    called_at: datetime | None
    recalled: bool
    language: str
    # Where the counter is, in each of AVAILABLE_LANGUAGES.
    places: tuple[str | None, ...]

    @property
    def number(self) -> str:
        return Visit(letter=self.letter, serial=self.serial).number


_COLUMNS = (
    "pk appointment_id office_id state letter serial counter__label counter_id"
    " called_at recalled language"
).split()
_PLACES = [build_localized_fieldname("counter__place", code) for code in AVAILABLE_LANGUAGES]


def queue_version(office_id: UUID) -> int:
    """The version of the office's queue; 0 before its first change."""
    return Queue.objects.filter(pk=office_id).values_list("version", flat=True).first() or 0


def office_state(office_id: UUID, ticket_ids: Collection[UUID] = ()) -> OfficeState:
    """The present state of an office, and of the given tickets wherever they are now.

    The version is read first: what changes meanwhile is shown too early rather than never.
    """
    version = queue_version(office_id)
    rows = _read(Q(office=office_id, state__in=Visit.OPEN))
    waits = forecast_for(office_id)
    return OfficeState(
        office_id=office_id,
        version=version,
        display=json.dumps(_display(office_id, version, rows, waits)),
        devices=dict(displays_showing(office_id).values_list("pk", "revision")),
        tickets=_tickets(office_id, rows, waits, ticket_ids) if ticket_ids else {},
    )


def display_message(office_id: UUID) -> dict[str, object]:
    """The snapshot for displays as a dictionary, for a page that is rendered with it."""
    return json.loads(office_state(office_id).display)


def _read(condition: Q) -> list[_Row]:
    """Visits in call order."""
    rows = Visit.objects.filter(condition).values_list(*_COLUMNS, *_PLACES)
    known = len(_COLUMNS)
    return [_Row(*values[:known], places=values[known:]) for values in rows]


def _display(
    office_id: UUID, version: int, rows: Collection[_Row], waits: OfficeWaits | None
) -> dict[str, object]:
    calls = [row for row in rows if row.state in Visit.AT_COUNTER and row.called_at]
    # Who is still to come is shown rather than who is there; only a clock set back, which makes
    # a new call look old, or many counters could leave out one of them.
    calls.sort(key=lambda row: (row.state == Visit.State.CALLED, row.called_at), reverse=True)
    calls = sorted(calls[:CALLS_SHOWN], key=lambda row: row.called_at, reverse=True)
    waiting = [row for row in rows if row.state == Visit.State.WAITING]
    # All displays of an office get the same message, so its notice is in the main language.
    with override(settings.LANGUAGE_CODE):
        told = Office.objects.filter(pk=office_id).values_list("notice")
        notice, count, changed_at = told.annotate(
            Count("notices"), Max("notices__changed_at")
        ).first() or ("", 0, None)
    return {
        "type": SNAPSHOT,
        "version": version,
        "office": str(office_id),
        "calls": [_call(row) for row in calls],
        "waiting": len(waiting),
        "waiting_by_letter": Tally(sorted(row.letter for row in waiting)),
        # Minutes from and to for a ticket now, by letter; None where nobody can say. Absent
        # without a forecast.
        **({"waits": _waits(waits)} if waits else {}),
        "notice": notice or "",
        # Says that the notices are others than before; they are fetched then.
        "notices": f"{count} {_utc(changed_at)}" if count else "",
    }


def _waits(waits: OfficeWaits) -> dict[str, WaitRange | None]:
    return {letter: told_range(wait) for letter, wait in waits.letters.items()}


def _call(row: _Row) -> dict[str, object]:
    """What a display shows and says of a call: nothing about who it is."""
    return {
        "number": row.number,
        "spoken": spoken_number(row.number),
        "counter": row.counter,
        "counter_id": str(row.counter_id),
        "counter_is_name": is_name(row.counter or ""),
        "places": _named(row.places),
        "called_at": _utc(row.called_at),
        "recalled": row.recalled,
        "begun": row.state == Visit.State.SERVING,
        "language": row.language,
    }


def places_of(counter: Counter) -> dict[str, str]:
    """Where a counter is, by language; only those in which somebody has said it."""
    names = [build_localized_fieldname("place", language) for language in AVAILABLE_LANGUAGES]
    return _named([getattr(counter, name) for name in names])


def _named(places: Sequence[str | None]) -> dict[str, str]:
    named = zip(AVAILABLE_LANGUAGES, places, strict=True)
    return {language: place for language, place in named if place}


def _tickets(
    office_id: UUID,
    rows: Collection[_Row],
    forecast: OfficeWaits | None,
    ticket_ids: Collection[UUID],
) -> dict[UUID, TicketState]:
    # Ended visits, and those that went on to another office, are not among the open ones.
    missing = set(ticket_ids).difference(*((row.pk, row.appointment) for row in rows))
    ended = _read(Q(pk__in=missing) | Q(appointment__in=missing)) if missing else []
    states: dict[UUID, TicketState] = {}
    ahead = 0
    for row in [*rows, *ended]:
        waits = row.state == Visit.State.WAITING and row.office == office_id
        shown = TicketState(
            office_id=row.office,
            state=row.state,
            number=row.number,
            counter=row.counter or "",
            called_at=_utc(row.called_at),
            people_ahead=ahead if waits else 0,
            wait=forecast.visits.get(row.pk) if waits and forecast else None,
        )
        ahead += waits
        states[row.pk] = shown
        if row.appointment:
            states[row.appointment] = shown
    expected = TicketState(office_id=office_id, state=EXPECTED)
    return {ticket_id: states.get(ticket_id, expected) for ticket_id in ticket_ids}


def visits_of_ticket(ticket_id: UUID) -> QuerySet[Visit]:
    """The visit of a ticket, by its own id or that of its appointment; none before check-in."""
    return Visit.objects.filter(Q(pk=ticket_id) | Q(appointment=ticket_id))


def appointments_of_ticket(ticket_id: UUID) -> QuerySet[Appointment]:
    """The appointment of a ticket, once it is booked; none for a walk-in."""
    return Appointment.objects.filter(
        pk=ticket_id, state__in=[Appointment.State.BOOKED, Appointment.State.CANCELLED]
    )


def ticket_state(visit: Visit) -> TicketState:
    """The state of one visit, for a page that is rendered with it."""
    waits = forecast_for(visit.office_id) if visit.state == Visit.State.WAITING else None
    return TicketState(
        office_id=visit.office_id,
        state=visit.state,
        number=visit.number,
        counter=visit.counter.label if visit.counter else "",
        called_at=_utc(visit.called_at),
        people_ahead=people_ahead(visit),
        wait=waits.visits.get(visit.pk) if waits else None,
    )


def ticket_office(ticket_id: UUID) -> UUID | None:
    """The office where the visitor is, or is expected; ``None`` for an unknown ticket."""
    return (
        visits_of_ticket(ticket_id).values_list("office_id", flat=True).first()
        or appointments_of_ticket(ticket_id).values_list("office_id", flat=True).first()
    )


def _utc(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None
