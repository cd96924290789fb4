"""The range of a wait, as it is told."""

from math import inf

import pytest

from booking.domain.forecast import Wait
from booking.domain.wait_range import told_range, widest


@pytest.mark.parametrize(
    ("wait", "told"),
    [
        (None, None),
        (Wait(0, 0, 0), (0, 5)),
        (Wait(1, 4, 8.2), (0, 10)),
        (Wait(11.7, 14, 19.2), (10, 20)),
        (Wait(24, 31, 42), (20, 50)),
        (Wait(64, 80, 95), (60, 100)),
        (Wait(25, 60, inf), (25, None)),
        (Wait(130, 150, inf), (130, None)),
        (Wait(2, 60, 140), None),
        (Wait(20, inf, inf), None),
    ],
)
def test_the_ends_are_rounded_outwards_and_what_says_nothing_is_unknown(wait, told):
    assert told_range(wait) == told


def test_the_widest_holds_for_all():
    assert widest([Wait(5, 8, 12), Wait(3, 9, 10)]) == Wait(3, 9, 12)


@pytest.mark.parametrize("waits", [[], [None], [Wait(1, 2, 3), None]])
def test_where_one_is_unknown_nothing_holds_for_all(waits):
    assert widest(waits) is None
