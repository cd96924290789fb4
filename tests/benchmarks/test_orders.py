"""The comparison of orders itself: small days with known ends, and what it must show."""

import random
from math import inf

import pytest

from booking.domain.call_order import Priority

from .orders import (
    LOADS,
    ORDERS,
    WAITS,
    Guest,
    appointments_first,
    by_due_time,
    compare,
    first_come,
    make_day,
    play,
    zms,
)

ours = by_due_time(WAITS)


def walk_in(comes, takes=10.0):
    return Guest(comes, None, Priority.NORMAL, 0, takes)


def booked(start, comes, takes=10.0):
    return Guest(comes, start, Priority.NORMAL, 0, takes)


def called(day, order):
    """When each is called by one counter that serves everything, and the idle minutes."""
    result = play(day, order, [{0}])
    return [guest.called for guest in result.guests], result.idle


@pytest.mark.parametrize(
    ("order", "calls"),
    [
        (first_come, [0, 10, 20, 30]),
        # The second walk-in is due at 31, the appointments at 20 and 40.
        (ours, [0, 20, 10, 30]),
        (appointments_first, [0, 30, 10, 20]),
    ],
)
def test_who_is_called_when_differs_with_the_order_alone(order, calls):
    day = [walk_in(0), walk_in(1), booked(20, 5), booked(40, 6)]
    assert called(day, order) == (calls, 0)


def test_without_check_in_a_counter_waits_for_whoever_does_not_come():
    day = [booked(2, inf), walk_in(0, takes=1), walk_in(1, takes=20)]
    # Called in vain from 0 to 2, while the walk-ins sit there.
    assert called(day, zms) == ([2, 3], 2)
    assert called(day, ours) == ([0, 1], 0)


def test_a_day_is_the_same_for_every_order_and_the_next_day_another():
    chance = random.Random(7)
    first, second = (make_day(chance, 0.9) for _ in range(2))
    comes = [sorted(guest.comes for guest in play(first, one).guests) for one in ORDERS.values()]
    assert all(one == comes[0] for one in comes)
    assert sorted(guest.comes for guest in second) != sorted(guest.comes for guest in first)


@pytest.mark.parametrize("load", [LOADS["normal"], LOADS["crowded"]])
def test_by_due_time_no_counter_idles_and_nobody_is_put_off_for_ever(load):
    figures = compare(ORDERS, seed=3, days=8, load=load)
    by_target = [figures[name] for name in ORDERS if name.startswith("due time")]
    assert [one.idle for one in by_target] == [0, 0]
    assert figures["ZMS"].idle > 0
    for one in by_target:
        assert one.appointment_mean < figures["first come, first served"].appointment_mean
        assert one.walk_in_worst < figures["appointments first"].walk_in_worst
        assert one.assisted_mean < figures["ZMS"].assisted_mean
