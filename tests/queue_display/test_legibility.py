"""How large the letters of a display must be."""

from math import atan, degrees, isclose

import pytest

from booking.models.device import CENTIMETRES_PER_INCH
from queue_display.legibility import capital_height, diagonal, type_size


def test_at_five_metres_capitals_have_61_millimetres():
    assert round(capital_height(500), 1) == 61.1


@pytest.mark.parametrize("distance_cm", [100, 500, 1800])
def test_a_capital_subtends_seven_tenths_of_a_degree(distance_cm):
    angle = 2 * degrees(atan(capital_height(distance_cm) / 2 / (10 * distance_cm)))
    assert isclose(angle, 0.7, rel_tol=1e-4)


def test_the_largest_distance_leaves_room_for_a_number_beside_its_counter():
    # Of a 16:9 picture's width; the style sheet's rows have place for 9.7 hundredths.
    width = diagonal(55) * 16 / (16**2 + 9**2) ** 0.5
    assert type_size(55 * CENTIMETRES_PER_INCH) / width < 0.097
