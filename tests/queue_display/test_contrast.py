"""Every text of a display stands out from its ground: WCAG 2.2, 1.4.6, contrast of 7:1."""

import re

import pytest
from django.conf import settings

STYLE = (settings.BASE_DIR / "static/css/display.css").read_text()


def named(name: str) -> str:
    """The colour of a custom property."""
    return re.search(rf"--{name}: (#[0-9a-f]{{6}});", STYLE).group(1)


def declared(rule: str, what: str) -> str:
    """What a rule, given by how it begins, says of a property."""
    block = STYLE[STYLE.index(rule) :].partition("}")[0]
    colour = re.search(rf"[ {{;]{what}: (#[0-9a-f]{{3,6}});", block).group(1)
    return colour if len(colour) == 7 else "#" + "".join(2 * digit for digit in colour[1:])


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_black_on_white_is_twenty_one_to_one():
    assert round(contrast("#000000", "#ffffff"), 1) == 21


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        (named("bright"), named("night")),
        (named("soft"), named("night")),
        (named("bright"), named("raised")),
        (named("soft"), named("raised")),
        (named("night"), named("bright")),
        (named("night"), named("flash")),
        (named("night"), declared(".board--stale .newest {", "background")),
        (declared(".stale {", "color"), declared(".stale {", "background")),
    ],
)
def test_every_text_has_a_contrast_of_seven_to_one(text, ground):
    assert contrast(text, ground) >= 7
