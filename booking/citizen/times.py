"""Second step: a day and a time, at one office or at all offices of the town side by side."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_cache_control
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.views.decorators.http import require_safe

from booking import clock
from booking.domain.availability import nearest_starts, series_for
from booking.domain.errors import Refused
from booking.domain.finding import AtOffice, FreeAtOffice, Part, free_at, offices_for
from booking.domain.items import Item, total_minutes
from booking.domain.office_hours import Span, spans_by_day
from booking.domain.publishing import horizon, released_until
from booking.domain.releases import next_release
from booking.models import Appointment, Authority, Offering, Office
from booking.spoken_languages import language_name

from .flow import COOKIE, flow_key, flow_of, has_just_booked, remember_flow
from .month import first_of_month, month_after, month_before, month_of
from .preferences import filters, pairs_of_preferences, preferences_in
from .room import with_waiting_room
from .secret import appointment_path
from .selection import (
    choose_path,
    chosen_items,
    chosen_quantities,
    pairs_of,
    pairs_of_services,
    parse_start,
    query_of,
    same_choice,
    services_path,
    times_path,
    wish_path,
)
from .steps import booking_steps

Pairs = list[tuple[str, str]]


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
        return redirect(choose_path(office, same_choice(request.GET)))
    today, last_day = clock.today(office.zone), horizon(office)
    more = {
        "office": office,
        "steps": booking_steps(office, items),
        "change": choose_path(office, query_of(items)),
        "elsewhere": _elsewhere(office, items),
        **_taken(request, office, items),
    }
    spans = spans_by_day(office, today, last_day, series_for(office, items))
    # Its hours open one after the other: until the first has, the last day is not full.
    until = released_until(office)
    spans[last_day] = [span for span in spans.get(last_day, ()) if span[0] <= until]
    return _page(request, [AtOffice(office, items)], pairs_of(items), spans, more)


@require_safe
@with_waiting_room
def town_times(request: HttpRequest, authority: str) -> HttpResponse:
    """The same over all offices that do everything chosen; where it is one, its own page."""
    town = get_object_or_404(Authority, slug=authority)
    quantities = chosen_quantities(request.GET, "service")
    try:
        offices = offices_for(town, quantities)
    except Refused:
        return redirect(services_path(town, same_choice(request.GET, "service")))
    if len(offices) == 1:
        (only,) = offices
        wanted = pairs_of_preferences(preferences_in(request.GET).at_one_office)
        if day := _parse_day(request.GET.get("day")):
            wanted.append(("day", day.isoformat()))
        there = times_path(only.office, only.items)
        return redirect(f"{there}&{urlencode(wanted)}" if wanted else there)
    chosen = pairs_of_services(quantities)
    change = services_path(town, urlencode(chosen))
    more = {"steps": booking_steps(to_services=change), "change": change}
    return _page(request, offices, chosen, {}, more)


def _page(
    request: HttpRequest,
    offices: Sequence[AtOffice],
    chosen: Pairs,
    spans: Mapping[date, Sequence[Span]],
    more: Mapping[str, object],
) -> HttpResponse:
    preferences = preferences_in(request.GET)
    if len(offices) == 1:
        preferences = preferences.at_one_office
    found = free_at(offices, preferences)
    wanted = pairs_of_preferences(preferences)
    flow = flow_of(request)
    context = {
        "authority": offices[0].office.authority,
        "items": offices[0].items,  # services and quantities are the same at all of them
        "minutes": max(total_minutes(one.items) for one in offices),
        "several": len(offices) > 1,
        "chosen": chosen,
        "query": urlencode([*chosen, *wanted]),
        "query_without_filters": urlencode(chosen),
        "filters": filters(offices, preferences),
        "flow": flow,
        "held": _held(request, offices),
        "release": None if wanted or any(at.by_day for at in found) else next_release(offices),
        "wish_path": _wish_path(offices),
        "just_booked": has_just_booked(request),
        "found": sorted(map(_row, found), key=_earliest_first),
        **_free(request, offices, found, spans),
        **more,
    }
    response = render(request, "citizen/times.html", context)
    remember_flow(response, flow)
    # Going back shows the page as it was, with its flow; anything else asks again.
    patch_cache_control(response, private=True, no_cache=True)
    return response


def _row(at: FreeAtOffice) -> dict[str, object]:
    """One office beside the others: what one should know of it, and its first free time."""
    today = clock.today(at.office.zone)
    return {
        "office": at.office,
        "items": at.items,
        "start": at.first,
        "in_days": (at.first.date() - today).days if at.first else None,
        "languages": [language_name(code) for code in at.office.spoken_languages],
        "path": times_path(at.office, at.items),
        "last_day": horizon(at.office),
    }


def _earliest_first(row: Mapping[str, object]) -> tuple[bool, object, str]:
    start = row["start"]
    return start is None, start or 0, str(row["office"])


def _free(
    request: HttpRequest,
    offices: Sequence[AtOffice],
    found: Sequence[FreeAtOffice],
    spans: Mapping[date, Sequence[Span]],
) -> dict[str, object]:
    today = min(clock.today(one.office.zone) for one in offices)
    last_day = max(horizon(one.office) for one in offices)
    free: dict[date, list[datetime]] = {}
    for at in found:
        for on_day, starts in at.by_day.items():
            free.setdefault(on_day, []).extend(starts)
    day = _parse_day(request.GET.get("day"))
    month = _parse_day(f"{request.GET.get('month')}-01") or first_of_month(
        day or min(free, default=today)
    )
    month = min(max(month, first_of_month(today)), first_of_month(last_day))
    if day is None:
        day = min((day for day in free if day >= month), default=None)
    return {
        "today": today,
        "last_day": last_day,
        "any_free": bool(free),
        "walk_in": all(item.offering.walk_in for one in offices for item in one.items),
        "soonest": _soonest(found),
        "month": month,
        "weeks": month_of(month, free, spans, clock.now()),
        "weekdays": [(WEEKDAYS_ABBR[n], WEEKDAYS[n]) for n in range(7)],
        "before": month_before(month) if month > first_of_month(today) else None,
        "after": month_after(month) if month < first_of_month(last_day) else None,
        "day": day,
        "of_day": [_of_day(at, day) for at in found if day in at.by_day],
    }


def _soonest(found: Sequence[FreeAtOffice]) -> list[dict[str, object]]:
    """The first free time of each office and day: the three earliest of them."""
    rows = [
        {
            "office": at.office,
            "start": starts[0],
            "in_days": (day - clock.today(at.office.zone)).days,
        }
        for at in found
        for day, starts in list(at.by_day.items())[:3]
    ]
    return sorted(rows, key=lambda row: (row["start"], str(row["office"])))[:3]


def _of_day(at: FreeAtOffice, day: date) -> dict[str, object]:
    """What is free on a day at one office, by parts of the day."""
    starts = at.by_day[day]
    return {
        "office": at.office,
        "morning": [start for start in starts if Part.of(start) == Part.MORNING],
        "afternoon": [start for start in starts if Part.of(start) == Part.AFTERNOON],
    }


def _elsewhere(office: Office, items: Sequence[Item]) -> str:
    """Where another office offers it as well: the query of the page with all of them."""
    services = {item.offering.service: item.quantity for item in items}
    others = Offering.objects.filter(
        office__authority=office.authority_id, service__in=services, online=True
    ).exclude(office=office)
    if not others.exists():
        return ""
    return urlencode(pairs_of_services({one.slug: number for one, number in services.items()}))


def _taken(request: HttpRequest, office: Office, items: Sequence[Item]) -> dict[str, object]:
    taken = parse_start(request.GET.get("taken"))
    if taken is None:
        return {}
    alternatives = nearest_starts(office, items, taken)
    if taken in alternatives:  # free again, or an old address
        return {}
    return {
        "taken": taken.astimezone(office.zone),
        "alternatives": alternatives,
        "hold_form": f"hold-{office.pk}",
    }


def _held(request: HttpRequest, offices: Sequence[AtOffice]) -> dict[str, object] | None:
    """The time this browser is holding already, with the way back to it."""
    if COOKIE not in request.COOKIES:
        return None
    held = (
        Appointment.objects.filter(
            office__in=[one.office for one in offices],
            idempotency_key=flow_key(request.COOKIES[COOKIE]),
            state=Appointment.State.HELD,
            expires_at__gt=clock.now(),
        )
        .select_related("office")
        .first()
    )
    if held is None:
        return None
    return {"start": held.start.astimezone(held.office.zone), "path": appointment_path(held)}


def _wish_path(offices: Sequence[AtOffice]) -> str:
    """The waiting list, on which all offices can be named; empty where none has one."""
    return next(
        (wish_path(one.office, one.items) for one in offices if one.office.takes_wishes), ""
    )


def _parse_day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
