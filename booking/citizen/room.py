"""The page of the waiting room, and the cookie with the number; for people from outside alone.

Each office has a room, by its id, and so has the page of a town's offices side by side, by the
town's short name.
"""

import time
from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache

from booking.client import client_of
from booking.domain.errors import TooManyAttempts
from booking.models import Authority, Office
from booking.waiting_room import (
    PASS,
    WINDOW,
    Place,
    Room,
    enter,
    is_inside,
    measure,
    was_let_in,
)

# Seconds between two looks of a page that waits; more often helps nobody.
LEAST_WAIT, GREATEST_WAIT = WINDOW, 30


def cookie_name(room: Room) -> str:
    """One for each room: who waits at two has a number at each."""
    return f"schalter_room_{room.hex[:8] if isinstance(room, UUID) else room}"


def ticket_of(request: HttpRequest, room: Room) -> str:
    return request.COOKIES.get(cookie_name(room), "")


def may_book(request: HttpRequest, office: Office) -> bool:
    """Nobody passes the room by holding a time without having looked, there or side by side."""
    town = office.authority.slug
    return (
        not client_of(request)
        or is_inside(office.pk, ticket_of(request, office.pk))
        or was_let_in(town, ticket_of(request, town))
    )


def with_waiting_room(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The page, or in a rush first the room before it. It takes no time from who is inside."""

    @wraps(view)
    def page(request: HttpRequest, **address: Room) -> HttpResponse:
        client = client_of(request)
        if not client:
            return view(request, **address)
        (room,) = address.values()
        try:
            place = enter(room, ticket_of(request, room), client)
        except TooManyAttempts:
            return _room_page(request, room, None)
        if place.ahead:
            response = _room_page(request, room, place)
        else:
            begun = time.monotonic()
            response = view(request, **address)
            measure(room, 1000 * (time.monotonic() - begun))
        if place.ticket:
            response.set_cookie(
                cookie_name(room),
                place.ticket,
                max_age=None if place.ahead else PASS,
                httponly=True,
                samesite="Lax",
                secure=settings.HTTPS,
            )
        return response

    return page


@never_cache
def _room_page(request: HttpRequest, room: Room, place: Place | None) -> HttpResponse:
    """Without a place where too many numbers were drawn."""
    office = None
    if isinstance(room, UUID):
        office = get_object_or_404(Office.objects.select_related("authority"), pk=room)
    context = {
        "authority": office.authority if office else get_object_or_404(Authority, slug=room),
        "office": office,
        "ahead": place and place.ahead,
        "minutes": place and -(-place.seconds // 60),
        "look_again": min(max(place.seconds, LEAST_WAIT), GREATEST_WAIT) if place else 60,
    }
    return render(request, "citizen/room.html", context, status=200 if place else 429)
