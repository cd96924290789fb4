"""schemathesis reads the API's description and asks every operation, well and badly."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import given, strategies
from schemathesis.checks import not_a_server_error
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode
from schemathesis.generation.case import Case
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi import checks

from booking.api.reference import MEANING, statuses
from booking.api.v1 import api
from config.wsgi import application

from .database import undone
from .towns import Town
from .tries import many, tried

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
TRIES, MANY_TRIES = 10, 800


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """The application closes its connection after each request; the test's must stay open."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def operations(mode: GenerationMode) -> list[APIOperation]:
    """Those that can be asked in this way: where any text will do, nothing can be wrong."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    found = [one.ok() for one in schema.get_all_operations()]
    return [one for one in found if can_be_asked(one.definition.raw, mode)]


def can_be_asked(raw: dict[str, Any], mode: GenerationMode) -> bool:
    return mode == GenerationMode.POSITIVE or can_be_wrong(raw)


def can_be_wrong(raw: dict[str, Any]) -> bool:
    places = {parameter["in"] for parameter in raw["parameters"]}
    return "requestBody" in raw or "query" in places


OFTEN = strategies.sampled_from([True, True, True, False])


def tokens_of(town: Town, other: Town) -> list[dict[str, str]]:
    """What people of the town, of another one and nobody send along; mostly what opens."""
    opens = dict(town.desk.headers) | dict(town.citizen.headers)
    people = [town.at_kiosk, town.citizen, town.at_display, other.desk]
    others = [{}, {"Authorization": "Bearer x"}, *(dict(person.headers) for person in people)]
    return [*[opens] * len(others), *others]


def real_values(town: Town, other: Town) -> dict[str, list[object]]:
    names = ("office_id", "counter_id", "visit_id", "appointment_id", "slug")
    return {
        name: [town.named(name, None), town.named(name, None), other.named(name, None)]
        for name in names
    }


def make_possible(case: Case, town: Town) -> None:
    """Put what the office offers into what schemathesis made up, where that has a place for it."""
    offered = str(town.offering.pk)
    chosen = {"offerings": [{"id": offered, "quantity": 1}]}
    held = chosen | {"start": "2026-11-24T11:00"}
    who = {"name": "Kim Muster", "email": "kim@example.org"}
    possible = {"appointments": held, "visits": chosen, "transfer": chosen, "confirm": who}
    last = case.operation.path.rpartition("/")[2]
    if last in possible and case.method == "POST":
        case.body = possible[last]
    elif last == "availability":
        case.query = {"offering": [offered]}
    elif last == "times":
        case.query = {"service": [town.service.slug]}


def ask(case: Case) -> Response:
    """Ask, and see that a no is one that the documentation knows."""
    with undone():
        response = case.call()
        case.validate_response(response, checks=CHECKS)
    if response.status_code >= 400:
        assert response.headers["content-type"] == ["application/problem+json"]
        problem = response.json()
        assert problem["code"] in MEANING
        assert statuses()[problem["code"]] == response.status_code == problem["status"]
    return response


def attack(
    operation: APIOperation, mode: GenerationMode, tries: int, town: Town, other: Town
) -> set[int]:
    """Ask one operation; the statuses it answered."""
    tokens = strategies.sampled_from(tokens_of(town, other))
    real = {name: strategies.sampled_from(v) for name, v in real_values(town, other).items()}
    answered = set()

    @tried(tries)
    @given(operation.as_strategy(generation_mode=mode), strategies.data())
    def try_it(case: Case, data: strategies.DataObject) -> None:
        case.headers.update(data.draw(tokens))
        for parameter in case.path_parameters:
            if data.draw(OFTEN):
                case.path_parameters[parameter] = str(data.draw(real[parameter]))
        if data.draw(OFTEN):
            make_possible(case, town)
        answered.add(ask(case).status_code)

    try_it()
    return answered


# Not possible with somebody who waits.
NOT_WHILE_WAITING = {"recall", "begin", "finish", "missed", "unpark"}
MODES = pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)


@MODES
def test_every_answer_is_as_documented(town, other, mode):
    answered = {one.label: attack(one, mode, TRIES, town, other) for one in operations(mode)}
    if mode == GenerationMode.POSITIVE:
        # Otherwise nothing but closed doors were seen.
        shut = {name for name, seen in answered.items() if not seen & {200, 201, 204}}
        assert {name.rpartition("/")[2] for name in shut} <= NOT_WHILE_WAITING


# By its label, so that a fault in one hides none in another.
EVERY_ONE = [
    pytest.param(f"{method.upper()} {path}", mode, id=f"{mode.value}-{method}-{path}")
    for path, methods in api.get_openapi_schema()["paths"].items()
    for method, raw in methods.items()
    for mode in GenerationMode
    if can_be_asked(raw, mode)
]


@pytest.mark.endure
@pytest.mark.parametrize(("label", "mode"), EVERY_ONE)
def test_so_is_every_one_of_many(town, other, label, mode):
    (operation,) = (one for one in operations(mode) if one.label == label)
    attack(operation, mode, many(MANY_TRIES), town, other)


TEXTS = [r'"\ud800"', r'"\udfff\ud800"', r'"\u0000"', r'"a\u0000b"', '"' + "x" * 100_000 + '"']
NUMBERS = ["1e400", "-1e400", "NaN", "Infinity", "1" + "0" * 400, "9" * 5000, "-0.5", "1.5"]
OTHERS = ["[]", "{}", "null", "true", "[" * 500 + "]" * 500]


@pytest.mark.parametrize("value", [*TEXTS, *NUMBERS, *OTHERS], ids=lambda value: value[:12])
def test_no_value_in_a_body_breaks_an_operation(town, value):
    """What Python's own JSON reads or writes and nobody else's does."""
    offered, client = f'{{"id": "{town.offering.pk}", "quantity": 1}}', town.desk.client()
    headers = {"X-Appointment-Secret": town.secret}
    bodies = {
        f"offices/{town.office.pk}/appointments": [
            f'{{"offerings": [{{"id": {value}}}], "start": "2026-11-24T11:00"}}',
            f'{{"offerings": [{{"id": "{town.offering.pk}", "quantity": {value}}}], '
            '"start": "2026-11-24T11:00"}',
            f'{{"offerings": [{offered}], "start": {value}}}',
            f'{{"offerings": {value}, "start": "2026-11-24T11:00"}}',
        ],
        f"offices/{town.office.pk}/visits": [f'{{"code": {value}}}', value],
        f"appointments/{town.appointment.pk}/confirm": [
            f'{{"name": {value}, "email": "kim@example.org"}}',
            f'{{"name": "Kim", "email": {value}, "phone": {value}}}',
        ],
        f"visits/{town.visit.pk}/transfer": [f'{{"office": {value}}}', f'{{"offering": {value}}}'],
        f"counters/{town.counter.pk}/open": [f'{{"take_over": {value}}}'],
    }
    for path, sent in bodies.items():
        for body in sent:
            with undone():
                answer = client.post(
                    f"/api/v1/{path}", body, content_type="application/json", headers=headers
                )
            if answer.status_code >= 400:
                assert answer.json()["code"] in MEANING, body[:80]
                assert answer.status_code < 500
