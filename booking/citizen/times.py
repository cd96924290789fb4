"""Second step: a day and a time."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_cache_control
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.views.decorators.http import require_safe

from booking import clock
from booking.domain.availability import free_starts, nearest_starts, series_for
from booking.domain.errors import Refused
from booking.domain.items import Item, total_minutes
from booking.domain.office_hours import spans_by_day
from booking.domain.publishing import horizon, released_until
from booking.models import Appointment, Office

from .flow import COOKIE, flow_key, flow_of, has_just_booked, remember_flow
from .month import first_of_month, month_after, month_before, month_of
from .room import with_waiting_room
from .secret import appointment_path
from .selection import choose_path, chosen_items, parse_start, query_of, same_offerings
from .steps import booking_steps


@require_safe
@with_waiting_room
def times(request: HttpRequest, office_id: UUID) -> HttpResponse:
    """The next free times, a calendar of days, and the times of one day.

    ``day`` and ``month`` choose what is shown, else it is the first with a free time;
    ``taken`` is a start that somebody else got.
    """
    office = get_object_or_404(Office.objects.select_related("authority"), pk=office_id)
    try:
        items = chosen_items(office, request.GET)
    except Refused:
        return redirect(choose_path(office, same_offerings(request.GET)))
    flow = flow_of(request)
    context = {
        "authority": office.authority,
        "office": office,
        "items": items,
        "minutes": total_minutes(items),
        "steps": booking_steps(office, items),
        "query": query_of(items),
        "flow": flow,
        "held": _held(request, office),
        "just_booked": has_just_booked(request),
        **_taken(request, office, items),
        **_free(request, office, items),
    }
    response = render(request, "citizen/times.html", context)
    remember_flow(response, flow)
    # Going back shows the page as it was, with its flow; anything else asks again.
    patch_cache_control(response, private=True, no_cache=True)
    return response


def _free(request: HttpRequest, office: Office, items: Sequence[Item]) -> dict[str, object]:
    now, today, last_day = clock.now(), clock.today(office.zone), horizon(office)
    free = free_starts(office, items, first_day=today, days=office.horizon_days + 1)
    spans = spans_by_day(office, today, last_day, series_for(office, items))
    # Its hours open one after the other: until the first has, the last day is not full.
    until = released_until(office)
    spans[last_day] = [span for span in spans.get(last_day, ()) if span[0] <= until]
    day = _parse_day(request.GET.get("day"))
    month = _parse_day(f"{request.GET.get('month')}-01") or first_of_month(
        day or next(iter(free), today)
    )
    month = min(max(month, first_of_month(today)), first_of_month(last_day))
    if day is None:
        day = next((day for day in free if day >= month), None)
    return {
        "today": today,
        "last_day": last_day,
        "any_free": bool(free),
        "walk_in": all(item.offering.walk_in for item in items),
        "soonest": _soonest(free, today),
        "month": month,
        "weeks": month_of(month, free, spans, now),
        "weekdays": [(WEEKDAYS_ABBR[n], WEEKDAYS[n]) for n in range(7)],
        "before": month_before(month) if month > first_of_month(today) else None,
        "after": month_after(month) if month < first_of_month(last_day) else None,
        "day": day,
        "morning": [start for start in free.get(day, ()) if start.hour < 12],
        "afternoon": [start for start in free.get(day, ()) if start.hour >= 12],
    }


def _soonest(free: Mapping[date, Sequence[datetime]], today: date) -> list[dict[str, object]]:
    """The first free time of each of the next three days that have one."""
    return [
        {"start": starts[0], "in_days": (day - today).days}
        for day, starts in list(free.items())[:3]
    ]


def _taken(request: HttpRequest, office: Office, items: Sequence[Item]) -> dict[str, object]:
    taken = parse_start(request.GET.get("taken"))
    if taken is None:
        return {}
    alternatives = nearest_starts(office, items, taken)
    if taken in alternatives:  # free again, or an old address
        return {}
    return {"taken": taken.astimezone(office.zone), "alternatives": alternatives}


def _held(request: HttpRequest, office: Office) -> dict[str, object] | None:
    """The time this browser is holding already, with the way back to it."""
    if COOKIE not in request.COOKIES:
        return None
    held = Appointment.objects.filter(
        office=office,
        idempotency_key=flow_key(request.COOKIES[COOKIE]),
        state=Appointment.State.HELD,
        expires_at__gt=clock.now(),
    ).first()
    if held is None:
        return None
    return {"start": held.start.astimezone(office.zone), "path": appointment_path(held)}


def _parse_day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
