"""Hostile values in every form, query and path of every page: never an error page.

Which fields there are is read from the pages themselves and from the source of the views, so
that a new one is tried without anybody having to think of it.
"""

from urllib.parse import quote, quote_from_bytes

import pytest
from django.test import Client
from hypothesis import given

from . import addresses
from .addresses import Address, every_address, typical
from .forms import Sending, ask, sendings, shown_at
from .towns import Town
from .tries import many, tried
from .values import HOSTILE, changed, encoded, names_in_source

KEYS = sorted({one.key for one in every_address() if not one.is_api})
# Tries at each form; the set-up has many, all of them Django's.
TRIES, USUAL_TRIES = {addresses.SETUP: 2, addresses.DESK: 6}, 10
MANY_TRIES, USUAL_MANY_TRIES = {addresses.SETUP: 60}, 250


def pages_of(key: str) -> list[Address]:
    return [one for one in every_address() if one.key == key and not one.is_api]


def attack(address: Address, town: Town, tries: int) -> None:
    """Ask at one address with hostile values, as somebody who may come there."""
    client = addresses.rightful(address.key, town).client()
    for path in shown_at(address, town):
        for sending in sendings(client, path, town):
            attack_with(client, sending, tries)


def attack_with(client: Client, sending: Sending, tries: int) -> None:
    @tried(tries)
    @given(changed(sending.valid))
    def try_it(sent: bytes) -> None:
        where = "query" if sending.method == "GET" else "body"
        ask(client, sending.method, sending.path, **{where: sent})

    try_it()


def test_the_source_is_understood():
    read = {"start", "offering", "move_to", "expected_start", "key", "code", "target", "day"}
    assert read - names_in_source() == set()


# A code or password that stands in no page, a list that asks once more before it deletes, and
# a service of which one has to say how many first.
NEED_MORE = {"pair_device", "login", "admin:booking_office_changelist", "kiosk_services"}


# The front desk's steps show the next one at once, beside the queue.
IN_STEPS = "/reception/"
PROBLEM = b"kern-alert--danger"


def test_a_form_filled_in_honestly_gets_through(town):
    """Otherwise nothing but the first check of each form would be tried."""
    for address in typical():
        if address.is_api or address.name in NEED_MORE:
            continue
        client = addresses.rightful(address.key, town).client()
        for path in shown_at(address, town):
            for sending in sendings(client, path, town):
                if sending.valid and sending.method == "POST":
                    answer = ask(client, "POST", sending.path, body=encoded(sending.valid))
                    if sending.path.startswith(IN_STEPS) and answer.status_code == 200:
                        assert PROBLEM not in answer.content, sending
                    else:
                        assert answer.status_code == 302, sending


@pytest.mark.parametrize("key", KEYS)
def test_no_value_in_a_form_or_query_breaks_a_page(town, key):
    for address in pages_of(key):
        attack(address, town, TRIES.get(key, USUAL_TRIES))


@pytest.mark.endure
@pytest.mark.parametrize(
    "address",
    [one for key in KEYS for one in pages_of(key)],
    ids=lambda one: one.route.replace("<", "").replace(">", "") or "home",
)
def test_nor_does_one_of_many(town, address):
    attack(address, town, many(MANY_TRIES.get(address.key, USUAL_MANY_TRIES)))


@pytest.mark.parametrize("key", KEYS)
def test_no_part_of_a_path_breaks_a_page(town, key):
    client = addresses.rightful(key, town).client()
    for address in pages_of(key):
        path = address.path(town)
        for name in address.parameters:
            value = quote(str(town.named(name, address.model)))
            # The set-up reads every id in the same way: a different few for each page do.
            few = HOSTILE[len(path) % 6 :: 6] if key == addresses.SETUP else HOSTILE
            for hostile in filter(None, few):
                ask(client, "GET", path.replace(value, quote_from_bytes(hostile), 1))
