from datetime import date, datetime, time, timedelta

import pytest

from booking.domain.wish_matching import Answering, Asked, Found, Suits, next_offer
from tests.conftest import BERLIN

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=BERLIN)
EIGHT = datetime(2026, 12, 1, 8, 0, tzinfo=BERLIN)
A_DAY = Answering(reply=timedelta(hours=24), lead=timedelta(hours=2))


def suits(**changes):
    values = {
        "weekdays": frozenset(range(7)),
        "from_time": time(8),
        "until_time": time(12),
        "latest_day": date(2026, 12, 1),
    }
    return Suits(**values | changes)


def asked(office="north", **changes):
    values = {
        "office": office,
        "key": office,
        "minutes": 10,
        "suits": suits(),
        "answering": A_DAY,
    }
    return Asked(**values | changes)


def at(minutes):
    return EIGHT + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("change", "minutes", "fits"),
    [
        ({}, 0, True),
        ({}, -10, False),
        ({}, 230, True),
        ({}, 235, False),
        ({"weekdays": frozenset({0, 2, 3, 4})}, 0, False),
        ({"weekdays": frozenset({1})}, 0, True),
        ({"latest_day": date(2026, 11, 30)}, 0, False),
        ({"earlier_than": at(20)}, 10, True),
        ({"earlier_than": at(20)}, 20, False),
    ],
)
def test_an_appointment_suits_when_it_lies_wholly_within_what_was_wished(change, minutes, fits):
    assert suits(**change).at(at(minutes), 10) is fits


def test_an_appointment_over_midnight_suits_nobody():
    late = datetime(2026, 12, 1, 23, 50, tzinfo=BERLIN)
    assert not suits(until_time=time(23, 59)).at(late, 20)


@pytest.mark.parametrize(
    ("ahead", "given"),
    [
        (timedelta(days=7), timedelta(hours=24)),
        (timedelta(hours=50), timedelta(hours=24)),
        (timedelta(hours=26), timedelta(hours=12)),
        (timedelta(hours=4), timedelta(hours=1)),
        (timedelta(hours=3), timedelta(minutes=30)),
        (timedelta(hours=2, minutes=59), None),
        (timedelta(hours=1), None),
        (timedelta(hours=-1), None),
    ],
)
def test_the_time_to_answer_is_shorter_the_closer_the_date(ahead, given):
    until = A_DAY.until(NOW + ahead, NOW)
    assert until == (NOW + given if given else None)
    assert until is None or until <= NOW + ahead - A_DAY.lead


def test_the_first_in_order_takes_the_earliest_that_suits():
    starts = {"north": [at(0), at(10)], "south": [at(5)]}
    afternoon = asked(suits=suits(from_time=time(13), until_time=time(18)))
    wishes = [("first", [afternoon]), ("second", [asked(not_again=frozenset({at(0)})),
                                                  asked("south")])]  # fmt: skip
    found = next_offer(wishes, lambda one: starts[one.key], NOW)
    assert found == Found("second", wishes[1][1][1], at(5))


def test_nothing_is_offered_where_nothing_suits():
    assert next_offer([("one", [asked()])], lambda one: [at(240)], NOW) is None
    assert next_offer([("one", [])], lambda one: [at(0)], NOW) is None
    assert next_offer([], lambda one: [at(0)], NOW) is None
