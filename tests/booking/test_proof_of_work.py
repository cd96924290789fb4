"""Proof of work: none in quiet times, harder with the rate, good once; and a way without it."""

import base64
import json
from datetime import datetime, timedelta
from uuid import uuid4

import altcha
import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import reverse
from redis.exceptions import ConnectionError as NoRedis

from booking import proof_of_work
from booking.domain.errors import ProofNeeded
from booking.domain.limits import WITHOUT_PROOF_AT_ONCE
from booking.models import Appointment, Office
from booking.proof_of_work import require_proof
from tests.conftest import BERLIN, TUESDAY

NEXT = datetime(2026, 12, 1, 8, 0, tzinfo=BERLIN)
OFFICE = uuid4()


@pytest.fixture(autouse=True)
def _low_levels(settings, monkeypatch) -> None:
    settings.PROOF_ABOVE_OF_OFFICE, settings.PROOF_ABOVE_OF_NETWORK = 100, 4
    monkeypatch.setattr(proof_of_work, "ROUNDS", 10)
    monkeypatch.setattr(proof_of_work, "TRIES", 20)


def from_address(address: str = "198.51.100.7"):
    return RequestFactory().post("/", REMOTE_ADDR=address)


def ask(address: str = "198.51.100.7", payload: str = "", office=OFFICE) -> dict | None:
    """The challenge, or nothing where none is needed."""
    try:
        require_proof(from_address(address), office, payload)
    except ProofNeeded as needed:
        return needed.challenge
    return None


def challenged() -> dict:
    while (challenge := ask()) is None:
        pass
    return challenge


def solved(challenge: dict) -> str:
    solution = altcha.solve_challenge(altcha.Challenge.from_dict(challenge))
    payload = {"challenge": challenge, "solution": solution.to_dict()}
    return base64.b64encode(json.dumps(payload).encode()).decode()


def test_in_quiet_times_nobody_works():
    assert [ask() for _hold in range(4)] == [None] * 4


def test_beyond_the_normal_rate_of_a_network_its_people_work_and_others_do_not():
    challenged()
    assert ask("203.0.113.9") is None


def test_beyond_the_normal_rate_of_an_office_everybody_works():
    for number in range(100):
        ask(f"10.{number}.0.1")
    assert ask("203.0.113.9") is not None


def test_a_program_on_this_machine_never_works():
    assert [ask("127.0.0.1") for _hold in range(200)] == [None] * 200


def test_the_work_grows_with_the_rate_and_has_an_end():
    most = [challenge["parameters"]["data"]["most"] for _n in range(200) if (challenge := ask())]
    assert most == sorted(most)
    assert most[0] == 25
    assert most[-1] == 20 * proof_of_work.HARDEST


def test_the_rate_does_not_begin_anew_with_the_minute(set_time):
    challenged()
    set_time(TUESDAY + timedelta(seconds=61))
    for _hold in range(4):
        last = ask()
    assert last is not None
    set_time(TUESDAY + timedelta(minutes=5))
    assert ask() is None


def test_a_proof_is_good_once():
    payload = solved(challenged())
    assert ask(payload=payload) is None
    assert ask(payload=payload) is not None


def test_a_proof_is_good_for_its_office_alone():
    payload = solved(challenged())
    for _hold in range(5):
        other = ask(payload=payload, office=uuid4())
    assert other is not None


def test_what_is_altered_or_no_proof_at_all_proves_nothing():
    challenge = challenged()
    payload = json.loads(base64.b64decode(solved(challenge)))
    payload["challenge"]["parameters"]["cost"] = 1
    altered = base64.b64encode(json.dumps(payload).encode()).decode()
    for nothing in (altered, "?", "e30=", "bnVsbA==", "x" * 5000, "\x00"):
        assert ask(payload=nothing) is not None


def test_a_proof_that_is_too_old_proves_nothing(monkeypatch):
    monkeypatch.setattr(proof_of_work, "SECONDS_VALID", -1)
    assert ask(payload=solved(challenged())) is not None


def test_without_a_cache_nobody_is_kept_from_booking(monkeypatch):
    def away(*_args, **_options):
        raise NoRedis

    monkeypatch.setattr(cache, "add", away)
    assert [ask() for _hold in range(20)] == [None] * 20


@pytest.fixture
def rush(office, offering):
    """Chooses times at the office from one network whose rate is high."""
    for _hold in range(5):
        ask(office=office.pk)

    def choose(number: int = 0, client: Client | None = None, **more):
        start = NEXT + timedelta(minutes=10 * number)
        chosen = {"offering": f"{offering.pk}:1", "start": start.isoformat()}
        return (client or Client()).post(
            reverse("hold", args=[office.pk]), chosen | more, REMOTE_ADDR="198.51.100.7"
        )

    return choose


def challenge_in(page) -> dict:
    return json.loads(page.context["challenge"])


def test_the_page_says_what_happens_and_holds_nothing(rush):
    page = rush()
    assert page.status_code == 428
    assert "Einen Augenblick" in page.content.decode()
    assert Appointment.objects.count() == 0


def test_with_the_proof_the_time_is_held_as_usual(rush):
    held = rush(proof=solved(challenge_in(rush())))
    assert held.status_code == 302
    assert Appointment.objects.get().confirm_by_mail is False


def test_without_javascript_a_mail_takes_its_place(rush):
    held = rush(by_mail="1")
    assert held.status_code == 302
    appointment = Appointment.objects.get()
    assert (appointment.without_proof, appointment.confirm_by_mail) == (True, True)
    Client().post(held.url, {"name": "Erika Mustermann", "email": "erika@example.org"})
    appointment.refresh_from_db()
    assert appointment.awaits_mail


def test_few_times_are_held_without_a_proof_at_once(rush, office):
    for number in range(WITHOUT_PROOF_AT_ONCE):
        assert rush(number, by_mail="1").status_code == 302
    page = rush(9, by_mail="1")
    assert page.status_code == 428
    assert "in einigen Minuten" in page.content.decode()
    assert Appointment.objects.count() == WITHOUT_PROOF_AT_ONCE
    assert rush(9, proof=solved(challenge_in(page))).status_code == 302


def test_the_api_says_what_is_to_be_solved_and_takes_it(rush, office, offering):
    def hold(**headers):
        return Client().post(
            f"/api/v1/offices/{office.pk}/appointments",
            {"offerings": [{"id": str(offering.pk)}], "start": NEXT.isoformat()},
            content_type="application/json",
            REMOTE_ADDR="198.51.100.7",
            headers=headers,
        )

    refused = hold()
    assert (refused.status_code, refused.json()["code"]) == (409, "proof_needed")
    taken = hold(**{"Proof-Of-Work": solved(refused.json()["challenge"])})
    assert taken.status_code == 201
    assert Office.objects.count() == 1
