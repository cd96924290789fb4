from datetime import timedelta
from uuid import uuid4

import pytest

from booking.domain.permissions import make_staff_token
from tests.conftest import TUESDAY
from tests.factories import CounterFactory, make_staff

from .test_appointments import refusal


@pytest.fixture
def press(api, clerk_token):
    def action(counter, name, body=None, token=clerk_token):
        return api.post(f"/counters/{counter.pk}/{name}", body, token=token)

    return action


@pytest.fixture
def colleague(office):
    return make_staff(office)


def test_the_counters_of_an_office_say_who_sits_there(
    api, office, open_counter, clerk, clerk_token
):
    other = CounterFactory(office=office)

    response = api.get(f"/offices/{office.pk}/counters", token=clerk_token)

    assert response.status_code == 200
    assert response.json() == [
        {
            "id": str(open_counter.pk),
            "label": open_counter.label,
            "staff": clerk.username,
            "state": "open",
        },
        {"id": str(other.pk), "label": other.label, "staff": None, "state": "closed"},
    ]


def test_opening_and_closing_answer_the_counter(press, counter, clerk):
    opened, closed = press(counter, "open"), press(counter, "close")

    described = {"id": str(counter.pk), "label": counter.label}
    assert (opened.status_code, closed.status_code) == (200, 200)
    assert opened.json() == described | {"staff": clerk.username, "state": "open"}
    assert closed.json() == described | {"staff": None, "state": "closed"}


def test_closing_a_closed_counter_changes_nothing(press, counter):
    assert press(counter, "close").json()["state"] == "closed"


def test_a_counter_has_one_person_and_taking_over_is_explicit(press, open_counter, colleague):
    token = make_staff_token(colleague)

    assert refusal(press(open_counter, "open", token=token)) == (409, "counter_taken")
    assert refusal(press(open_counter, "open", {}, token=token)) == (409, "counter_taken")
    assert refusal(press(open_counter, "close", token=token)) == (409, "counter_taken")
    assert refusal(press(open_counter, "next", token=token)) == (409, "counter_taken")
    taken = press(open_counter, "open", {"take_over": True}, token=token)
    assert (taken.status_code, taken.json()["staff"]) == (200, colleague.username)


def test_next_calls_whoever_is_due_first(press, open_counter, draw, set_time):
    first = draw()
    set_time(TUESDAY + timedelta(minutes=1))
    draw()

    response = press(open_counter, "next")

    assert response.status_code == 200
    assert list(response.json()) == ["visit"]
    visit = response.json()["visit"]
    assert (visit["id"], visit["state"]) == (first["id"], "called")
    assert visit["counter"] == open_counter.label


def test_next_is_204_when_nobody_waits(press, open_counter):
    response = press(open_counter, "next")

    assert (response.status_code, response.content) == (204, b"")


def test_next_needs_an_open_and_free_counter(press, counter, draw):
    draw()
    draw()

    assert refusal(press(counter, "next")) == (409, "counter_closed")
    press(counter, "open")
    press(counter, "next")
    assert refusal(press(counter, "next")) == (409, "counter_busy")
    assert refusal(press(counter, "close")) == (409, "counter_busy")


def test_an_unknown_counter_is_not_found(api, clerk_token):
    for action in ("open", "close", "next"):
        response = api.post(f"/counters/{uuid4()}/{action}", token=clerk_token)
        assert refusal(response) == (404, "not_found")
