"""Hostile values in every form, query and path of every page: never an error page.

Which fields there are is read from the pages themselves and from the source of the views, so
that a new one is tried without anybody having to think of it.
"""

from urllib.parse import quote, quote_from_bytes

import pytest
from django.http import HttpResponse
from django.test import Client
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as how

from . import addresses
from .addresses import Address, every_address
from .database import undone
from .pages import Page, faults_of, is_html
from .towns import Person, Town
from .values import HOSTILE, Pairs, changed, names_in_source

FORM = "application/x-www-form-urlencoded"
KEYS = sorted({one.key for one in every_address()})
# Tries at each form; the set-up has many, all of them Django's.
TRIES = {addresses.SETUP: 2, addresses.DESK: 8}
MANY_TRIES = 400


def pages_of(key: str) -> list[Address]:
    return [one for one in every_address() if one.key == key and not one.is_api]


def ask(
    client: Client, method: str, path: str, query: bytes = b"", body: bytes = b""
) -> HttpResponse:
    with undone():
        answer = client.generic(method, path, body, FORM, QUERY_STRING=query.decode("latin1"))
    assert faults_of(answer) == [], (method, path, query, body)
    return answer


def forms_on(client: Client, path: str) -> list[Pairs]:
    """What each form of the page would send, with a choice wherever there is one."""
    answer = ask(client, "GET", path)
    if answer.status_code != 200 or not is_html(answer):
        return [[]]
    filled = []
    for form in Page(answer.content.decode()).forms:
        chosen = {name for name, _value in form.fields}
        open_ones = [name for name in form.choices if name not in chosen]
        filled.append([*form.fields, *((name, form.choices[name][-1]) for name in open_ones)])
    return filled or [[]]


def attack(address: Address, person: Person, town: Town, tries: int) -> None:
    """Ask at one address with hostile values, as somebody who may come there."""
    client, path = person.client(), address.path(town)
    for form in forms_on(client, path)[:4]:
        attack_form(client, path, form, tries)


def attack_form(client: Client, path: str, form: Pairs, tries: int) -> None:
    @how(
        max_examples=tries,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(changed(form), changed([]))
    def try_it(body: bytes, query: bytes) -> None:
        ask(client, "POST", path, body=body)
        ask(client, "GET", path, query=query)

    try_it()


def test_the_source_is_understood():
    read = {"start", "offering", "move_to", "expected_start", "key", "code", "target", "day"}
    assert read - names_in_source() == set()


@pytest.mark.parametrize("key", KEYS)
def test_no_value_in_a_form_or_query_breaks_a_page(town, key):
    person = addresses.rightful(key, town)
    for address in pages_of(key):
        attack(address, person, town, TRIES.get(key, 15))


@pytest.mark.endure
@pytest.mark.parametrize(
    "address",
    [one for key in KEYS for one in pages_of(key)],
    ids=lambda one: one.route.replace("<", "").replace(">", "") or "home",
)
def test_nor_does_one_of_many(town, address):
    attack(address, addresses.rightful(address.key, town), town, MANY_TRIES)


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
