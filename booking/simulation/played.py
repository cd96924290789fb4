"""A simulated day done by the domain's own functions, each at its moment.

What `office.write_day` writes in bulk; slower, and with everything that goes with it: an office
that is being tried out, sockets that hear of it, refusals.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from math import inf
from uuid import UUID

from booking.domain import visits
from booking.domain.actor import CITIZEN, Actor
from booking.domain.arrivals import check_in, draw_ticket
from booking.domain.counters import close_counter, open_counter
from booking.domain.day_log import DayLog, Event
from booking.domain.errors import Refused
from booking.domain.forgotten import end_forgotten_visits
from booking.domain.items import Item
from booking.models import Offering, Office, User

from .moments import standing_at
from .office import moment_of, quantities

# A counter opens before, and closes after, whatever happens there at the same moment.
OPENS, HAPPENS, CLOSES = range(3)
Step = tuple[float, int, Callable[[], object]]
BY_STAFF = {
    "begun": visits.begin,
    "finished": visits.finish,
    "missed": visits.missed,
    "parked": visits.park,
}


def play_day(
    office: Office, log: DayLog, staff: Sequence[User], *, until: float = inf, key: str = "played"
) -> None:
    """Do the day up to ``until``, in minutes since local midnight.

    ``staff``: one for each counter of the log. Appointments are there already
    (``write_appointments``). Somebody whom the office turns away is not in the day, and
    a counter at which somebody else sits is left to them. ``key`` begins the idempotency keys.
    """
    played = _Played(office, log, dict(zip(log.counters, staff, strict=False)), key)
    for at, _rank, step in sorted(played.steps(), key=lambda one: one[:2]):
        if at > until:
            break
        with standing_at(moment_of(office, log.day, at)), suppress(Refused):
            step()


@dataclass
class _Played:
    office: Office
    log: DayLog
    clerks: dict[object, User]
    key: str
    # Who has come, by the id that the simulation knows them by.
    here: dict[object, UUID] = field(default_factory=dict)

    def __post_init__(self) -> None:
        offerings = Offering.objects.filter(office=self.office).select_related("service")
        self.offerings = {one.pk: one for one in offerings}
        self.quantity = quantities(self.office)

    def steps(self) -> Iterator[Step]:
        """In order of time where sorted by the first two."""
        for counter, since, until in self.log.presence:
            clerk = self.clerks[counter]
            yield since, OPENS, lambda at=counter, staff=clerk: open_counter(at, staff=staff)
            yield until, CLOSES, lambda at=counter, staff=clerk: close_counter(at, staff=staff)
        for event in self.log.events:
            yield event.at, HAPPENS, lambda event=event: self._happen(event)

    def _happen(self, event: Event) -> None:
        if event.kind in ("drawn", "checked_in"):
            self._arrive(event)
        elif event.kind == "forgotten":
            end_forgotten_visits(self.office)
        elif event.visit in self.here:
            self._go_on(self.here[event.visit], event)

    def _arrive(self, event: Event) -> None:
        person = self.log.persons[event.visit]
        common = {"office": self.office, "actor": CITIZEN, "idempotency_key": self._next_key()}
        if person.appointment is not None:
            visit = check_in(code=str(person.appointment), **common)
        else:
            item = Item(self.offerings[person.work.offering], self.quantity(person.work))
            visit = draw_ticket(items=[item], **common)
        self.here[event.visit] = visit.pk

    def _next_key(self) -> str:
        return f"{self.key} {self.log.day} {len(self.here) + 1}"

    def _go_on(self, visit_id: UUID, event: Event) -> None:
        clerk = self.clerks.get(event.counter)
        if event.kind == "called":
            visits.call_visit(visit_id, event.counter, staff=clerk)
        elif event.kind == "unparked":
            visits.unpark(visit_id, actor=CITIZEN)
        else:
            BY_STAFF[event.kind](visit_id, actor=Actor(staff=clerk))
