"""The page of the waiting room, and the cookie with the number; for people from outside alone."""

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
from booking.models import Office
from booking.waiting_room import PASS, WINDOW, Place, enter, is_inside, measure

# Seconds between two looks of a page that waits; more often helps nobody.
LEAST_WAIT, GREATEST_WAIT = WINDOW, 30


def cookie_name(office_id: UUID) -> str:
    """One for each office: who waits at two has a number at each."""
    return f"schalter_room_{office_id.hex[:8]}"


def ticket_of(request: HttpRequest, office_id: UUID) -> str:
    return request.COOKIES.get(cookie_name(office_id), "")


def may_book(request: HttpRequest, office_id: UUID) -> bool:
    """Nobody passes the room by holding a time without having looked."""
    return not client_of(request) or is_inside(office_id, ticket_of(request, office_id))


def with_waiting_room(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The page, or in a rush first the room before it. It takes no time from who is inside."""

    @wraps(view)
    def page(request: HttpRequest, office_id: UUID) -> HttpResponse:
        client = client_of(request)
        if not client:
            return view(request, office_id)
        try:
            place = enter(office_id, ticket_of(request, office_id), client)
        except TooManyAttempts:
            return _room_page(request, office_id, None)
        if place.ahead:
            response = _room_page(request, office_id, place)
        else:
            begun = time.monotonic()
            response = view(request, office_id)
            measure(office_id, 1000 * (time.monotonic() - begun))
        if place.ticket:
            response.set_cookie(
                cookie_name(office_id),
                place.ticket,
                max_age=None if place.ahead else PASS,
                httponly=True,
                samesite="Lax",
                secure=settings.HTTPS,
            )
        return response

    return page


@never_cache
def _room_page(request: HttpRequest, office_id: UUID, place: Place | None) -> HttpResponse:
    """Without a place where too many numbers were drawn."""
    office = get_object_or_404(Office.objects.select_related("authority"), pk=office_id)
    context = {
        "authority": office.authority,
        "office": office,
        "ahead": place and place.ahead,
        "minutes": place and -(-place.seconds // 60),
        "look_again": min(max(place.seconds, LEAST_WAIT), GREATEST_WAIT) if place else 60,
    }
    return render(request, "citizen/room.html", context, status=200 if place else 429)
