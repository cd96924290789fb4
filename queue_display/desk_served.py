"""What a member of staff served today, told by the log alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from booking import clock
from booking.domain.event_log import WITHOUT_STATE, standing
from booking.domain.slot_grid import local_day_bounds
from booking.models import Office, User, Visit, VisitEvent, VisitItem

from .desk_answers import for_staff, office_of, render_step

Kind = VisitEvent.Kind


@dataclass(frozen=True)
class Served:
    """One time a visit was served; ``ended_at`` is ``None`` while it is."""

    visit: Visit
    began_at: datetime
    ended_at: datetime | None
    # How it ended, as the log calls it.
    how: str
    # When which of several services was done.
    items: list[tuple[str, int]]

    @property
    def minutes(self) -> int | None:
        return None if self.ended_at is None else _minutes(self.ended_at - self.began_at)


@require_GET
@for_staff
def desk_served(request: HttpRequest, office_id: UUID) -> HttpResponse:
    """The list, the latest first."""
    office = office_of(request, office_id)
    served = served_today(office, request.user)
    ended = [one.minutes for one in served if one.minutes is not None]
    context = {
        "office": office,
        "served": served,
        "average": round(sum(ended) / len(ended)) if ended else None,
    }
    with timezone.override(office.zone):
        return render_step(request, "desk/_served.html", office, context)


def served_today(office: Office, staff: User) -> list[Served]:
    """Every time the member of staff served somebody at the office today, the latest first."""
    begins, ends = local_day_bounds(clock.today(office.zone), office.zone)
    today = VisitEvent.objects.filter(office=office, at__gte=begins, at__lt=ends)
    begun = today.filter(staff=staff, kind=Kind.BEGUN).values("visit")
    items = VisitItem.objects.select_related("offering__service")
    events = VisitEvent.objects.select_related("offering__service").order_by("pk")
    visits = Visit.objects.filter(pk__in=begun).prefetch_related(
        Prefetch("items", queryset=items), Prefetch("events", queryset=events)
    )
    served = [one for visit in visits for one in _served(visit, staff, begins)]
    return sorted(served, key=lambda one: one.began_at, reverse=True)


def _served(visit: Visit, staff: User, begins: datetime) -> Iterator[Served]:
    """The times from each *begun* of theirs today to the next event that ends it."""
    log = standing(visit.events.all())
    for place, event in enumerate(log):
        if event.kind != Kind.BEGUN or event.staff_id != staff.pk or event.at < begins:
            continue
        after = log[place + 1 :]
        end = next((one for one in after if one.kind not in WITHOUT_STATE), None)
        items, since = [], event.at
        for one in after[: after.index(end) if end else None]:
            if one.kind == Kind.ITEM_DONE:
                items.append((str(one.offering), _minutes(one.at - since)))
                since = one.at
        yield Served(
            visit=visit,
            began_at=event.at,
            ended_at=end.at if end else None,
            how=end.get_kind_display() if end else "",
            items=items,
        )


def _minutes(length: timedelta) -> int:
    return round(length.total_seconds() / 60)
