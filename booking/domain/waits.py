"""The waits of an office as the worker forecast them: how they are read, and kept.

Whoever shows waits calls :func:`forecast_for`, which is one short query and never computes.

What is told of the waits is part of what an office shows. So where that changes, a forecast
raises the version of the queue, as any other change does, and every socket hears of it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from uuid import UUID

from django.db import transaction

from booking import clock
from booking.models import Visit, WaitForecast

from .announcements import announce
from .forecast import Wait
from .wait_range import WaitRange, told_range, widest

# An older forecast is none.
STALE = timedelta(minutes=3)

Waits = dict[UUID, Wait | None]


@dataclass(frozen=True)
class OfficeWaits:
    """Remaining minutes by visit that waits, and for a ticket now by offering and by letter.

    What is missing or ``None`` is unknown.
    """

    version: int
    made_at: datetime
    visits: Waits
    tickets: Waits
    letters: dict[str, Wait | None]

    @property
    def ticket(self) -> Wait | None:
        """For a ticket now, whatever it is for."""
        return widest(self.tickets.values())

    def of_ticket(self, offerings: Collection[UUID], priority: str) -> Wait | None:
        """For whoever draws a ticket now for these offerings.

        Only one offering without priority is forecast; more would be a guess.
        """
        if len(offerings) != 1 or priority != Visit.Priority.NORMAL:
            return None
        (offering,) = offerings
        return self.tickets.get(offering)

    def of_visit(self, visit: Visit, offerings: Collection[UUID]) -> Wait | None:
        """For a visit with these offerings; for one that is newer, what its ticket was told."""
        if visit.pk in self.visits or visit.arrived_at < self.made_at or visit.appointment_id:
            return self.visits.get(visit.pk)
        return self.of_ticket(offerings, visit.priority)


def forecast_for(office_id: UUID) -> OfficeWaits | None:
    """The newest forecast; ``None`` where there is none or the worker has fallen behind."""
    return forecasts_for([office_id]).get(office_id)


def forecasts_for(office_ids: Collection[UUID]) -> dict[UUID, OfficeWaits]:
    """The newest forecasts by office, in one query."""
    rows = WaitForecast.objects.filter(pk__in=office_ids, made_at__gte=clock.now() - STALE)
    return {row.pk: _waits_of(row) for row in rows}


def told_at_drawing(office_id: UUID, offerings: Collection[UUID], priority: str) -> dict[str, int]:
    """What the log keeps of the wait that somebody is told who draws a ticket now, in minutes.

    Nothing where it is unknown.
    """
    waits = forecast_for(office_id)
    wait = waits.of_ticket(offerings, priority) if waits else None
    if wait is None or wait.high == inf:
        return {}
    low, median, high = map(round, wait)
    return {"told_low": low, "told_median": median, "told_high": high}


def keep_forecast(office_id: UUID, waits: OfficeWaits) -> None:
    """Write the waits down, and announce them where they say something else than before.

    They then bear the version that this raises the queue to. Has somebody changed it meanwhile,
    that one is passed already, so they are computed again.
    """
    is_news = _is_news(waits, forecast_for(office_id))
    with transaction.atomic():
        WaitForecast.objects.update_or_create(
            pk=office_id,
            defaults={
                "version": waits.version + is_news,
                "made_at": waits.made_at,
                "waits": {
                    "visits": _to_json(waits.visits),
                    "tickets": _to_json(waits.tickets),
                    "letters": _to_json(waits.letters),
                },
            },
        )
        if is_news:
            announce(office_id)


def _is_news(waits: OfficeWaits, before: OfficeWaits | None) -> bool:
    if before is None:
        return True
    # That they have gone was announced when they went.
    gone = before.visits.keys() - waits.visits.keys()
    known = {key: told for key, told in _told(before).items() if key not in gone}
    return _told(waits) != known


def _told(waits: OfficeWaits) -> dict[UUID | str, WaitRange | None]:
    """All that anybody is told."""
    every = {**waits.visits, **waits.tickets, **waits.letters}
    return {key: told_range(wait) for key, wait in every.items()}


def _to_json(
    waits: Mapping[UUID, Wait | None] | Mapping[str, Wait | None],
) -> dict[str, list[float | None] | None]:
    """An end that is not known is ``null``."""
    return {
        str(key): wait and [None if part == inf else part for part in wait]
        for key, wait in waits.items()
    }


def _waits_of(row: WaitForecast) -> OfficeWaits:
    visits, tickets, letters = (
        {key: _from_json(parts) for key, parts in row.waits.get(name, {}).items()}
        for name in ("visits", "tickets", "letters")
    )
    return OfficeWaits(
        version=row.version,
        made_at=row.made_at,
        visits={UUID(key): wait for key, wait in visits.items()},
        tickets={UUID(key): wait for key, wait in tickets.items()},
        letters=letters,
    )


def _from_json(parts: list[float | None] | None) -> Wait | None:
    return parts and Wait(*(inf if part is None else part for part in parts))
