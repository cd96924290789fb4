"""A database that does not answer: 503 in the form of whoever asks, and nothing typed is lost."""

import re
from html import unescape

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import Client

OUTAGES = [
    OperationalError("the connection is closed"),
    InterfaceError("connection already closed"),
]


@pytest.fixture
def browser() -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def fail(db, monkeypatch: pytest.MonkeyPatch):
    """From the call on every statement fails with ``error``."""
    with monkeypatch.context() as away:

        def begin(error: Exception = OUTAGES[0]) -> None:
            def execute(*_args: object) -> None:
                raise error

            away.setattr(connection, "cursor", execute)

        yield begin


def hidden_fields(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    return {unescape(name): unescape(value) for name, value in found}


@pytest.mark.parametrize("error", OUTAGES)
def test_the_api_answers_a_problem_with_a_code_and_when_to_come_again(browser, fail, error):
    fail(error)
    answer = browser.get("/api/v1/authorities")

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Retry-After"] == "5"
    assert str(error) not in answer.content.decode()


@pytest.mark.parametrize("error", OUTAGES)
@pytest.mark.parametrize(
    ("path", "surface", "sentence"),
    [
        ("/", "citizen", "Unser System antwortet nicht."),
        ("/en/", "citizen", "Our system does not answer."),
        ("/kiosk/", "kiosk", "oder wenden Sie sich an unsere Mitarbeitenden."),
        ("/display/", "display", "Bitte achten Sie auf Aufrufe im Raum."),
        ("/desk/", "desk", "Diese Seite versucht es von selbst weiter."),
    ],
)
def test_a_page_says_so_in_its_own_frame_and_comes_back_by_itself(
    browser, clerk, fail, path, surface, sentence, error
):
    browser.cookies.load({"schalter_kiosk": "x", "schalter_display": "x"})
    browser.force_login(clerk)
    fail(error)
    answer = browser.get(path)
    page = answer.content.decode()

    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert "no-store" in answer["Cache-Control"]
    assert f'class="{surface}"' in page
    assert sentence in page
    assert f'data-again="{path}"' in page
    assert "js/failed.js" in page


def test_the_kiosk_comes_back_in_the_towns_own_language(browser, fail):
    browser.cookies["schalter_kiosk"] = "x"
    fail()
    page = browser.get("/en/kiosk/").content.decode()
    assert 'data-again="/kiosk/"' in page
    assert "or ask our staff" in page


def test_what_was_typed_can_be_sent_once_more(browser, fail):
    typed = {"name": 'Kim "O’Neill" <b>', "email": "kim@example.org", "start": "2026-11-24T10:00"}
    fail()
    answer = browser.post("/book/6f1c2c1e-6b0b-4b0e-9d3e-3d1f6f3f4c11/hold/", typed)
    page = answer.content.decode()

    assert answer.status_code == 503
    assert "<b>" not in page
    assert hidden_fields(page) == typed
    # It does not come back by itself: that would throw away what was typed.
    assert "js/failed.js" not in page


def test_the_kiosk_offers_to_send_once_more_and_goes_home_when_nobody_does(browser, fail):
    browser.cookies["schalter_kiosk"] = "x"
    fail()
    page = browser.post("/kiosk/check-in/", {"code": "12345678", "key": "k"}).content.decode()
    assert hidden_fields(page) == {"code": "12345678", "key": "k"}
    assert 'data-again="/kiosk/" data-wait="20"' in page


def test_an_action_of_the_desk_is_not_sent_twice(browser, clerk, fail):
    browser.force_login(clerk)
    fail()
    counter = "6f1c2c1e-6b0b-4b0e-9d3e-3d1f6f3f4c11"
    answer = browser.post(f"/desk/counter/{counter}/next/", {"key": "k"})
    page = answer.content.decode()
    assert answer.status_code == 503
    assert hidden_fields(page) == {}
    assert "ob es geklappt hat" in page


def test_a_password_is_not_written_into_a_page(browser, fail):
    fail()
    answer = browser.post("/staff/login/", {"username": "kim", "password": "precious"})
    assert answer.status_code == 503
    assert "precious" not in answer.content.decode()


@pytest.mark.parametrize(("path", "surface"), [("/", "citizen"), ("/kiosk/", "kiosk")])
def test_a_fault_of_the_program_stays_a_500(browser, fail, path, surface):
    browser.cookies["schalter_kiosk"] = "x"
    fail(RuntimeError("a secret detail"))
    answer = browser.get(path)
    assert answer.status_code == 500
    assert "Retry-After" not in answer
    assert f'class="{surface}"' in answer.content.decode()
    assert "a secret detail" not in answer.content.decode()


@pytest.mark.parametrize("error", OUTAGES)
def test_health_says_that_the_database_does_not_answer(browser, fail, error):
    fail(error)
    answer = browser.get("/health")
    assert (answer.status_code, answer.json()["database"]) == (503, "unreachable")
