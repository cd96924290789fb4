"""The replay of a week with a waiting list, on a week small enough to be told by heart."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from booking.simulation.week import Change, Pool
from booking.simulation.wish_replay import Assumed, replay_wishes

MONDAY = datetime.fromisoformat("2026-03-09T08:00")
FRIDAY = MONDAY + timedelta(days=4)
HOUR = timedelta(hours=1)
# Everybody wishes, and answers at once.
SURE = Assumed(
    wishing=1.0, from_days=3, unanswered=0.0, declined=0.0, answer_hours=0.001, reload_hours=(1,)
)


def pool(*changes: Change) -> Pool:
    return Pool("office", 10, {day: (time(8), time(12)) for day in range(5)}, list(changes))


def booked(at: datetime, start: datetime) -> Change:
    return Change(at, start, "taken")


def freed(at: datetime, start: datetime) -> Change:
    return Change(at, start, "freed")


WEDNESDAY = MONDAY + timedelta(days=2)
ONE_PLACE = (
    booked(MONDAY, FRIDAY),
    booked(MONDAY + HOUR, FRIDAY + timedelta(minutes=30)),
    # Taken before the week, given back, and taken again a quarter of an hour later.
    freed(MONDAY + 3 * HOUR, WEDNESDAY),
    booked(MONDAY + 3 * HOUR + timedelta(minutes=15), WEDNESDAY),
)


def test_a_freed_place_reaches_the_first_who_wished_for_it():
    found = replay_wishes(pool(*ONE_PLACE), SURE, "seed")
    assert (found.bookings, len(found.by_list)) == (3, 2)
    assert (found.freed, found.wanted, found.reached) == (1, 1, 1)
    # The second is offered what the first gives up, but that is not a day earlier.
    assert found.by_list == [2.0, 0.0]
    assert found.hours[0] < 0.1


def test_whoever_reloads_every_hour_seldom_sees_what_is_gone_in_a_quarter():
    gone = replay_wishes(pool(*ONE_PLACE), replace(SURE, reload_hours=(100,)), "seed")
    assert gone.by_reloading[100].days == [0.0, 0.0]
    # The week goes on, and nobody else takes it.
    stays = pool(*ONE_PLACE[:3], booked(WEDNESDAY - HOUR, FRIDAY + HOUR))
    found = replay_wishes(stays, SURE, "seed").by_reloading[1]
    # One of them takes it; then it is gone for the other.
    assert sum(days > 0 for days in found.days) == 1
    assert max(found.days) == pytest.approx(2, abs=0.03)
    assert found.looks > 4


def test_an_offer_nobody_answers_is_passed_on():
    found = replay_wishes(pool(*ONE_PLACE), replace(SURE, unanswered=1.0), "seed")
    assert (found.offers, found.lapsed, found.reached) == (2, 2, 0)


def test_a_place_that_comes_back_too_late_is_counted_as_such():
    late = freed(WEDNESDAY - HOUR, WEDNESDAY)
    found = replay_wishes(pool(*ONE_PLACE[:2], late), SURE, "seed")
    assert (found.wanted, found.too_late, found.offers) == (1, 1, 0)


def test_the_same_seed_tells_the_same():
    figures = [replay_wishes(pool(*ONE_PLACE), Assumed(wishing=0.5), "one") for _ in range(2)]
    assert figures[0] == figures[1]


def test_without_the_recorded_week_the_command_says_so(tmp_path):
    with pytest.raises(CommandError, match=r"Nothing to replay: no slot_events"):
        call_command("wish_replay", folder=tmp_path, stdout=StringIO())
