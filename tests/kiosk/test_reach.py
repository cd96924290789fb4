"""What is tapped can be reached from a wheelchair: the screen's edges say where that is."""

import pytest
from django.db import IntegrityError, transaction

from booking.models import Device
from kiosk.reach import reached_percent


@pytest.mark.parametrize(
    ("bottom", "top", "percent"),
    [
        (75, 145, 65),  # 47 of 70 cm lie below 122 cm
        (75, 122, 100),
        (60, 100, 100),
        (80, 160, 50),  # 42 of 80
        (74, 170, 50),
    ],
)
def test_the_part_of_the_screen_below_122_cm(bottom, top, percent):
    assert reached_percent(Device(screen_bottom_cm=bottom, screen_top_cm=top)) == percent


@pytest.mark.django_db
@pytest.mark.parametrize(("bottom", "top"), [(75, 170), (75, 90), (100, 60)])
def test_a_screen_that_hangs_too_high_is_refused(device, bottom, top):
    device.screen_bottom_cm, device.screen_top_cm = bottom, top
    with pytest.raises(IntegrityError), transaction.atomic():
        device.save()
