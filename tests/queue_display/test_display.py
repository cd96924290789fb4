"""The board as a page, and the time by which it sets its clock."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from booking.domain.devices import make_device, revoke_device
from booking.domain.visits import call_next, call_visit
from booking.models import Device
from tests.conftest import TUESDAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def paired(office) -> Device:
    return make_device(kind=Device.Kind.DISPLAY, office=office)


@pytest.fixture
def screen(paired, client) -> Client:
    client.cookies["schalter_display"] = paired[1]
    return client


def embedded(content: str, name: str) -> Any:
    """The data that the page hands to its script."""
    found = re.search(rf'<script id="{name}" type="application/json">(.*?)</script>', content)
    return json.loads(found.group(1))


def test_an_unpaired_screen_is_sent_to_be_paired(client):
    answer = client.get("/display/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/display/pair/")


def test_a_revoked_screen_is_sent_to_be_paired(paired, screen):
    assert screen.get("/display/").status_code == 200
    revoke_device(paired[0])
    assert screen.get("/display/").headers["Location"] == "/display/pair/"


def test_the_board_knows_its_calls_before_the_socket_opens(screen, arrive, staffed_counter, clerk):
    first, _second = arrive(), arrive()
    call_visit(first.pk, staffed_counter.pk, staff=clerk)
    content = screen.get("/display/").content.decode()
    snapshot = embedded(content, "display-snapshot")
    assert [call["number"] for call in snapshot["calls"]] == ["A001"]
    assert snapshot["waiting"] == 1


def test_the_board_speaks_the_language_of_its_address(screen):
    content = screen.get("/en/display/").content.decode()
    assert '<html lang="en"' in content
    sentences = embedded(content, "display-settings")["sentences"]
    assert sentences["en"]["counter"] == "Counter {label}"
    assert sentences["en"]["call"] == "Number {number}, please go to {counter}."
    assert sentences["de"]["counter"] == "Schalter {label}"


def test_the_board_needs_the_same_queries_for_one_and_for_many(
    screen, arrive, django_assert_num_queries
):
    screen.get("/display/")
    for _ in range(2):
        with django_assert_num_queries(9):
            screen.get("/display/")
        for _visit in range(10):
            arrive()


def test_the_clock_follows_the_server(screen, set_time):
    moment = TUESDAY + timedelta(hours=1)
    set_time(moment)
    answer = screen.get("/display/time/").json()
    assert answer == {"now": round(moment.timestamp() * 1000), "closed": ""}


def test_the_board_says_when_a_closed_office_opens(screen, set_time):
    set_time(TUESDAY.replace(hour=6))
    assert "08:00" in screen.get("/en/display/time/").json()["closed"]
    set_time(TUESDAY.replace(hour=20))
    closed = screen.get("/en/display/time/").json()["closed"]
    assert "1 December" in closed
    assert "08:00" in closed


def test_a_stranger_cannot_ask_for_the_time(client):
    assert client.get("/display/time/").status_code == 302


def test_nothing_personal_is_on_the_board(
    screen, booked_appointment, check_in, staffed_counter, clerk
):
    check_in(booked_appointment)
    call_next(staffed_counter.pk, staff=clerk)
    content = screen.get("/display/").content.decode()
    assert "A001" in content
    assert booked_appointment.name not in content
