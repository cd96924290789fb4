"""How much of a portrait screen can be reached: controls lie there, above is only text."""

from booking.models import Device
from booking.models.device import REACHED_CM

# The style sheet has one rule for each step.
STEP_PERCENT = 5


def reached_percent(device: Device) -> int:
    """The part of the screen's height that lies below 122 cm, from its lower edge, rounded down.

    At least 50: a constraint of the device sees to it.
    """
    height = device.screen_top_cm - device.screen_bottom_cm
    reached = min(device.screen_top_cm, REACHED_CM) - device.screen_bottom_cm
    return 100 * reached // height // STEP_PERCENT * STEP_PERCENT
