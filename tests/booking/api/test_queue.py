from datetime import timedelta

import pytest

from tests.conftest import TUESDAY


@pytest.fixture
def ask(api, office, clerk_token):
    return lambda: api.get(f"/offices/{office.pk}/queue", token=clerk_token)


def test_an_empty_office_has_three_empty_lists(ask):
    assert ask().json() == {"waiting": [], "called": [], "serving": []}


def test_the_waiting_stand_in_call_order(ask, api, draw, book, office, kiosk_token, set_time):
    booked = book("2026-11-24T09:40")
    walk_in = draw()
    set_time(TUESDAY + timedelta(minutes=1))
    late_walk_in = draw()
    body = {"code": booked["code"]}
    checked_in = api.post(f"/offices/{office.pk}/visits", body, token=kiosk_token).json()

    waiting = ask().json()["waiting"]

    order = [checked_in["id"], walk_in["id"], late_walk_in["id"]]
    assert [visit["id"] for visit in waiting] == order
    assert waiting[0]["appointment"]["id"] == booked["id"]
    assert waiting[0]["due_at"] == "2026-11-24T09:40:00+01:00"


def test_called_and_serving_stand_apart(ask, api, draw, open_counter, clerk_token, set_time):
    visit = draw()
    set_time(TUESDAY + timedelta(minutes=1))
    draw()
    api.post(f"/counters/{open_counter.pk}/next", token=clerk_token)
    called = ask().json()
    api.post(f"/visits/{visit['id']}/begin", token=clerk_token)
    serving = ask().json()

    def ids(queue) -> list[list[str]]:
        return [[one["number"] for one in queue[state]] for state in queue]

    assert ids(called) == [["A002"], ["A001"], []]
    assert ids(serving) == [["A002"], [], ["A001"]]
    assert serving["serving"][0]["counter"] == open_counter.label


@pytest.mark.parametrize("visits", [1, 30])
def test_the_number_of_queries_does_not_depend_on_who_waits(
    ask, draw, visits, django_assert_num_queries
):
    for _ in range(visits):
        draw()

    with django_assert_num_queries(5):
        assert len(ask().json()["waiting"]) == visits
