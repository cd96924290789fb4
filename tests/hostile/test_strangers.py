"""Another town's, office's or citizen's things, asked for at every address there is."""

import json
from collections.abc import Iterator

import pytest
from django.http import HttpResponse

from booking.domain.devices import make_device, revoke_device
from booking.domain.permissions import make_staff_token
from booking.models import Device
from booking.security import appointment_secret
from tests import factories

from . import addresses
from .addresses import Address, every_address
from .database import contents, undone
from .towns import NOBODY, Person, Town, with_token

API_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PAGE_METHODS = ("GET", "POST")
FORM = "application/x-www-form-urlencoded"
FORGED = (
    "post=yes&_save=1&action=delete_selected&name=forged&label=9&paused=1&take_over=1&sentence=A"
)
# Where whoever may not enter is sent; the set-up's own pages ask again at the next step.
ENTRANCES = ("/staff/login/", "/kiosk/pair/", "/display/pair/", "/setup/")
# Addresses at which nobody finds anything.
LEADS_NOWHERE = {
    "api-v1:api-root", "api-v1:unknown", "admin:unknown",
    *(f"admin:booking_{model}_{action}" for model in ("device", "appointment", "visit")
      for action in ("add", "delete")),
    # An operator's.
    "admin:booking_authority_add", "admin:booking_authority_delete",
}  # fmt: skip
REFUSED = {401, 403, 404, 405}
# The lead of one office sees what all offices of the town share, and changes nothing of it.
SHARED = {"authority", "service", "situation"}


def test_every_address_says_who_may_come():
    assert [one.name for one in every_address() if one.key is None] == []


def test_no_address_is_listed_that_no_longer_exists():
    assert set(addresses.KEYS) - {one.name for one in every_address()} == set()


def test_whoever_may_come_is_let_in(town):
    """Otherwise the tests below would see closed doors because they knock at the wrong house."""
    for address in every_address():
        if address.key == addresses.DEMO or address.name in LEADS_NOWHERE:
            continue
        with undone():
            asked = addresses.rightful(address.key, town).client()
            answers = {
                asked.generic(method, address.path(town), **request_of(address, town)).status_code
                for method in ("GET", "POST", "DELETE")
            }
        assert not answers <= REFUSED, (address.name, answers)


def request_of(address: Address, town: Town) -> dict[str, str]:
    """A body that the address can read; the API's holds what every operation asks for."""
    if not address.is_api:
        return {"data": FORGED, "content_type": FORM}
    body = {
        "offerings": [{"id": str(town.offering.pk)}],
        "start": "2026-11-24T11:00",
        "name": "Forged",
        "email": "forged@example.org",
        "take_over": True,
    }
    return {"data": json.dumps(body), "content_type": "application/json"}


def staff(user) -> Person:
    return with_token(make_staff_token(user), user)


def device(kind: str, token: str) -> Person:
    return with_token(token, None, (f"schalter_{kind}", token))


def from_nowhere(key: str) -> Iterator[tuple[str, Person]]:
    """People who belong to no town."""
    yield "nobody", NOBODY
    if key == addresses.SETUP:  # one question before all its pages decides about these
        return
    yield "staff without a role", staff(factories.UserFactory())
    gone = factories.UserFactory()
    person = staff(gone)
    gone.is_active = False
    gone.save()
    yield "staff who left", person
    yield "a made-up token", with_token("x" * 43, None, *((f"schalter_{k}", "x" * 43) for k in
                                        ("kiosk", "display")))  # fmt: skip


def from_this_town(key: str, town: Town) -> Iterator[tuple[str, Person]]:
    """People who belong to the town, and not there."""
    if key != addresses.SECRET:
        yield "the citizen", town.citizen
    else:
        own = (("X-Appointment-Secret", appointment_secret(town.checked_in.pk)),)
        yield "another citizen", Person(headers=own)
        yield "the clerk", staff(town.clerk)
        yield "the kiosk", town.at_kiosk
    if key in (addresses.DESK, addresses.RECEPTION, addresses.SETUP):
        yield "the kiosk", town.at_kiosk
        yield "the display", town.at_display
    if key == addresses.DESK:
        yield "the clerk of another office", town.sister_desk
        yield "the lead of another office", town.sister_setup
    if key == addresses.RECEPTION:
        yield "the clerk", staff(town.clerk)
        yield "the front desk of another office", town.sister_front_desk
        yield "the lead of another office", town.sister_setup
    if key == addresses.SETUP:
        yield "the clerk", staff(town.clerk)
        yield "the lead of another office", town.sister_setup
    if key in (addresses.KIOSK, addresses.ARRIVE):
        yield "the kiosk of another office", town.at_sister_kiosk
        yield "the display", device("kiosk", town.display_token)
        revoked, token = make_device(kind=Device.Kind.KIOSK, office=town.office)
        revoke_device(revoked)
        yield "a revoked kiosk", device("kiosk", token)


def from_another_town(key: str, other: Town) -> Iterator[tuple[str, Person]]:
    yield "somebody of another town", addresses.rightful(key, other)


def guarded() -> list[Address]:
    open_to_all = (addresses.PUBLIC, addresses.TICKET, addresses.DEMO)
    return [one for one in every_address() if one.key not in open_to_all]


def paths_of(address: Address, town: Town, other: Town) -> Iterator[str]:
    """The path to the town's thing, and where it names several, with the stranger's own others."""
    values = {name: town.named(name, address.model) for name in address.parameters}
    secrets = {"secret", "key", "poster", "wish_key"} & values.keys()
    if address.key == addresses.SECRET and secrets:
        # The address itself is the key: the right one in it opens for anybody who has it.
        (secret,) = secrets
        others = (
            other.secret,
            other.named("key", None),
            other.named("wish_key", None),
            appointment_secret(town.checked_in.pk),
            town.secret,
        )
        for wrong in (*others, "x", "\u00e4" * 64):
            if wrong != values[secret]:
                yield address.with_values(values | {secret: wrong})
        return
    yield address.with_values(values)
    # The others name no thing: what is done with it, or said of it in which language.
    no_things = ("action", "table", "number", "language")
    things = [name for name in values if name not in no_things]
    if len(things) > 1:
        for name in things:
            yield address.with_values(values | {name: other.named(name, address.model)})


def is_refused(answer: HttpResponse) -> bool:
    if answer.status_code == 302:
        return answer.url.startswith(ENTRANCES)
    return answer.status_code in REFUSED


@pytest.mark.parametrize("key", sorted({one.key for one in guarded()}))
def test_a_stranger_gets_nothing_and_changes_nothing(town, other, key):
    people = [*from_nowhere(key), *from_this_town(key, town), *from_another_town(key, other)]
    before = contents()
    for address in (one for one in guarded() if one.key == key):
        for who, person in people:
            asked = person.client()
            for path in paths_of(address, town, other):
                for method in API_METHODS if address.is_api else PAGE_METHODS:
                    answer = asked.generic(method, path, **request_of(address, town))
                    what = (who, method, address.name, answer.status_code, answer.get("Location"))
                    allowed = may_be_seen(who, address)
                    assert allowed or is_refused(answer), what
                    if who == "somebody of another town" or key == addresses.SECRET:
                        assert town.word not in answer.content.decode(errors="replace"), what
    assert changes(before) == {}


def may_be_seen(who: str, address: Address) -> bool:
    """Pages that name no object show the asker's own; what a town shares, its leads may see."""
    if who == "the lead of another office" and address.model in SHARED:
        return True
    return not address.parameters or address.parameters in (("app_label",), ("url",))


def changes(before: dict) -> dict:
    """Which tables hold something else now."""
    now = contents()
    return {name: (rows, now[name]) for name, rows in before.items() if rows != now[name]}
