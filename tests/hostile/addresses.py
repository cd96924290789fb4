"""Every address of the site, read from the URL configuration, and who may come there.

An address that nobody has put into ``KEYS`` fails the tests: whoever makes a new page says
here what opens it, and the tests of this folder ask it in everybody else's name.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.resolvers import RoutePattern

from .towns import Person, Town

# What opens an address.
PUBLIC = "public"  # nothing: what stands there is for everybody
SECRET = "secret"
TICKET = "ticket"  # the address itself; nothing personal is behind it
KIOSK = "kiosk"  # the token of a kiosk
DISPLAY = "display"  # the token of a display
DESK = "desk"  # a login, and a role at the office
RECEPTION = "reception"  # a login, and the role of the front desk at the office
SETUP = "setup"  # a login, and the role of a lead
PAIR = "pair"  # a login of a lead; the office is in the form
ARRIVE = "arrive"  # in the API: the token of a kiosk or of staff
DEMO = "demo"  # only in a demo

KEYS = {
    "health": PUBLIC,
    "api-v1:openapi-json": PUBLIC,
    "api-v1:openapi-view": PUBLIC,
    "api-v1:api-root": PUBLIC,
    "api-v1:unknown": PUBLIC,
    "api-v1:list_authorities": PUBLIC,
    "api-v1:list_next_times": PUBLIC,
    "api-v1:list_offices": PUBLIC,
    "api-v1:get_availability": PUBLIC,
    "api-v1:hold": PUBLIC,
    "api-v1:confirm": SECRET,
    "api-v1:read": SECRET,
    "api-v1:cancel": SECRET,
    "api-v1:arrive": ARRIVE,
    "api-v1:transfer": DESK,
    "api-v1:recall": DESK,
    "api-v1:begin": DESK,
    "api-v1:finish": DESK,
    "api-v1:missed": DESK,
    "api-v1:park": DESK,
    "api-v1:unpark": DESK,
    "api-v1:get_queue": DESK,
    "api-v1:list_counters": DESK,
    "api-v1:open_": DESK,
    "api-v1:close": DESK,
    "api-v1:call_next_person": DESK,
    "login": PUBLIC,
    "logout": PUBLIC,
    "demo_kiosk": DEMO,
    "demo_display": DEMO,
    "kiosk_pairing": PUBLIC,
    "display_pairing": PUBLIC,
    "pair_device": PAIR,
    "kiosk": KIOSK,
    "kiosk_finish": KIOSK,
    "kiosk_aid": KIOSK,
    "kiosk_aloud": KIOSK,
    "kiosk_check_in": KIOSK,
    "kiosk_services": KIOSK,
    "kiosk_several": KIOSK,
    "kiosk_quantity": KIOSK,
    "kiosk_times_for": KIOSK,
    "kiosk_times": KIOSK,
    "kiosk_booked": KIOSK,
    "kiosk_print_booked": KIOSK,
    "kiosk_booked_slip": KIOSK,
    "kiosk_ticket": KIOSK,
    "kiosk_print": KIOSK,
    "kiosk_print_again": KIOSK,
    "kiosk_slip": KIOSK,
    "kiosk_ticket_pdf": KIOSK,
    "desk": DESK,
    "desk_office": DESK,
    "desk_queue": DESK,
    "desk_open": DESK,
    "desk_take_over": DESK,
    "desk_close": DESK,
    "desk_pause": DESK,
    "desk_next": DESK,
    "desk_call": DESK,
    "desk_transfer": DESK,
    "desk_priority": DESK,
    "desk_note": DESK,
    "desk_item_done": DESK,
    "desk_undo": DESK,
    "desk_served": DESK,
    "desk_visit": DESK,
    "reception": RECEPTION,
    "reception_office": RECEPTION,
    "reception_room": RECEPTION,
    "reception_search": RECEPTION,
    "reception_check_in": RECEPTION,
    "reception_ticket": RECEPTION,
    "reception_kiosk": RECEPTION,
    "reception_times": RECEPTION,
    "reception_hold": RECEPTION,
    "reception_appointment": RECEPTION,
    "reception_book": RECEPTION,
    "reception_booked": RECEPTION,
    "reception_release": RECEPTION,
    "reception_move": RECEPTION,
    "reception_name": RECEPTION,
    "reception_cancel": RECEPTION,
    "reception_resend": RECEPTION,
    "reception_confirmation": RECEPTION,
    "reception_priority": RECEPTION,
    "reception_transfer": RECEPTION,
    "display": DISPLAY,
    "display_notices": DISPLAY,
    "display_picture": DISPLAY,
    "display_speech": DISPLAY,
    "display_test": DISPLAY,
    "display_time": DISPLAY,
    "ticket": TICKET,
    "ticket_leave": TICKET,
    "home": PUBLIC,
    "choose": PUBLIC,
    "times": PUBLIC,
    "hold": PUBLIC,
    "appointment": SECRET,
    "cancel": SECRET,
    "answer": SECRET,
    "move": SECRET,
    "subscribe": SECRET,
    "late": SECRET,
    "own_data": SECRET,
    "delete": SECRET,
    "here": SECRET,
    "poster": SECRET,
    "reminders": SECRET,
    "subscription": SECRET,
    "subscription_ics": SECRET,
    "confirmation_pdf": SECRET,
    "appointment_ics": SECRET,
    "earlier": SECRET,
    "make_wish": PUBLIC,
    "wish_sent": PUBLIC,
    "wish": SECRET,
    "change_wish": SECRET,
    "withdraw_wish": SECRET,
    "offer": SECRET,
    "start": PUBLIC,
    "services": PUBLIC,
    "town_times": PUBLIC,
    "privacy": PUBLIC,
    "accessibility": PUBLIC,
    "find": PUBLIC,
}


# Whose pages stand for all that Django's admin makes: with rows inside, and to look at alone.
TYPICAL_MODELS = (None, "office", "appointment")


@dataclass(frozen=True)
class Address:
    """``route`` is as in the URL configuration, with all that stands before it."""

    name: str
    route: str
    parameters: tuple[str, ...]
    converters: tuple[str, ...]

    @property
    def key(self) -> str | None:
        """What opens it; ``None`` where nobody has said so."""
        return SETUP if self.name.startswith("admin:") else KEYS.get(self.name)

    @property
    def is_api(self) -> bool:
        return self.name.startswith("api-v1:")

    @cached_property
    def model(self) -> str | None:
        """The model of a set-up page about one object or a list."""
        parts = self.route.split("/")
        return parts[2] if self.route.startswith("setup/booking/") and parts[2] else None

    def path(self, town: Town) -> str:
        """The path to what the town has there."""
        return self.with_values({name: town.named(name, self.model) for name in self.parameters})

    def with_values(self, values: dict[str, object]) -> str:
        if not self.name.endswith(":unknown"):
            return reverse(self.name, kwargs=values)
        return "/" + _filled(self.route, self.parameters, values)


def _filled(route: str, parameters: Sequence[str], values: dict[str, object]) -> str:
    """The path of a route that has no name to reverse it by."""
    for name in parameters:
        start = route.rindex("<" if "(?P" not in route else "(?P", 0, route.index(f"{name}>"))
        end = route.index(")" if "(?P" in route else ">", start) + 1
        route = f"{route[:start]}{values[name]}{route[end:]}"
    return route.rstrip("$")


def every_address() -> list[Address]:
    """Each pattern once, in the main language."""
    return list(_walk(get_resolver().url_patterns, "", ""))


def _walk(
    patterns: Sequence[URLPattern | URLResolver], before: str, namespace: str
) -> Iterator[Address]:
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            inside = f"{namespace}{one.namespace}:" if one.namespace else namespace
            yield from _walk(one.url_patterns, route, inside)
            continue
        converters = one.pattern.converters if isinstance(one.pattern, RoutePattern) else {}
        names = tuple(one.pattern.regex.groupindex)
        yield Address(
            name=f"{namespace}{one.name or 'unknown'}",
            route=route,
            parameters=names,
            converters=tuple(type(converters.get(name)).__name__ for name in names),
        )


def typical() -> list[Address]:
    """Every address, but of the set-up's, which are all made alike, only some."""
    return [one for one in every_address() if one.key != SETUP or one.model in TYPICAL_MODELS]


def rightful(key: str, town: Town) -> Person:
    """Somebody who may come to the town's addresses of this kind."""
    return {
        PUBLIC: town.citizen,
        SECRET: town.citizen,
        TICKET: town.citizen,
        KIOSK: town.at_kiosk,
        ARRIVE: town.at_kiosk,
        DISPLAY: town.at_display,
        DESK: town.desk,
        RECEPTION: town.front_desk,
        SETUP: town.setup,
        PAIR: town.setup,
        DEMO: town.citizen,
    }[key]
