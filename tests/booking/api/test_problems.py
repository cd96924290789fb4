import logging

import pytest

from booking.api import catalogue, reference
from booking.domain.errors import Refused

from .test_appointments import refusal


@pytest.mark.parametrize(
    "path",
    ["", "/", "/nothing", "/authorities/", "/offices/1/availability", "/offices/%00/counters"],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_address_is_a_problem_too(api, db, method, path):
    if path == "":
        path = "/"
    response = api.send(method, path)

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert response.json() == {
        "type": "http://127.0.0.1:8000/api/v1/docs#not_found",
        "title": "Not found",
        "status": 404,
        "detail": response.json()["detail"],
        "code": "not_found",
    }


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/authorities", "GET"),
        ("PUT", "/appointments/6f1c2c1e-6b0b-4b0e-9d3e-3d1f6f3f4c11", "DELETE, GET"),
        ("POST", "/openapi.json", "GET, HEAD"),
        ("DELETE", "/docs", "GET, HEAD"),
    ],
)
def test_a_wrong_method_says_which_there_are(api, db, method, path, allowed):
    response = api.send(method, path)

    assert refusal(response) == (405, "method_not_allowed")
    assert response["Content-Type"] == "application/problem+json"
    assert sorted(response["Allow"].split(", ")) == allowed.split(", ")


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_json_is_malformed(api, office, body):
    response = api.client.post(
        f"/api/v1/offices/{office.pk}/appointments", body, content_type="application/json"
    )

    assert refusal(response) == (400, "malformed_json")
    assert response["Content-Type"] == "application/problem+json"


def test_a_body_without_end_is_too_large(api, office, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    response = api.post(f"/offices/{office.pk}/appointments", {"start": "x" * 20})

    assert refusal(response) == (413, "too_large")


@pytest.mark.parametrize("body", [None, [], "text", 5, {}, {"offerings": {}, "start": {}}])
def test_a_body_of_another_form_names_what_is_wrong(api, office, body):
    response = api.post(f"/offices/{office.pk}/appointments", body)

    assert refusal(response) == (422, "invalid_request")
    assert response["Content-Type"] == "application/problem+json"
    assert {one["in"] for one in response.json()["errors"]} == {"body"}


def test_the_sentence_is_in_the_language_of_the_request(api, db):
    response = api.get("/nothing", language="en")

    assert response.json()["detail"] == "This does not exist, or no longer."
    assert response["Content-Language"] == "en"


def test_a_fault_of_ours_is_logged_and_tells_nothing(api, db, monkeypatch, caplog):
    def fail(*args: object) -> None:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr(catalogue.Authority.objects, "all", fail)
    with caplog.at_level(logging.ERROR):
        response = api.get("/authorities")

    assert refusal(response) == (500, "internal_error")
    assert response["Content-Type"] == "application/problem+json"
    assert "secret" not in response.content.decode()
    assert "a secret detail" in caplog.text


def test_no_token_reaches_the_log(api, office, settings, caplog):
    settings.DEBUG = True
    with caplog.at_level(logging.DEBUG):
        api.get(f"/offices/{office.pk}/queue", token="precious")
        api.get(f"/offices/{office.pk}/queue", HTTP_AUTHORIZATION="Token precious")

    assert "precious" not in caplog.text


def test_every_refusal_of_the_domain_has_a_code_and_a_status(db):
    for refused in reference.refusals():
        assert refused.code != Refused.code
        assert 400 <= reference.statuses()[refused.code] < 500
