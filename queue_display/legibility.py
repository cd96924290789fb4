"""How large letters on a display must be, for the seat that is farthest away.

EN 301 549 V3.2.1, 5.1.4 asks of text that nobody can enlarge that a capital H subtends 0.7° at
the distance the supplier names. Its height follows from the same clause: Ψ = 180 · H / (π · D).
"""

from math import pi

ANGLE_DEGREES = 0.7
# The height of a capital in Fira Sans, as a part of the size of the type (OS/2 sCapHeight 689
# of 1000 units).
CAPITAL_OF_SIZE = 0.689
MILLIMETRES_PER_INCH = 25.4


def capital_height(distance_cm: int) -> float:
    """The least height of a capital in millimetres; 61.1 mm at five metres."""
    return ANGLE_DEGREES * pi * 10 * distance_cm / 180


def type_size(distance_cm: int) -> float:
    """The least size of type in millimetres whose capitals have that height."""
    return capital_height(distance_cm) / CAPITAL_OF_SIZE


def diagonal(inches: int) -> float:
    """In millimetres: by it a page finds out how large its pixels are."""
    return inches * MILLIMETRES_PER_INCH
