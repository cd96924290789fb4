"""What a person would say of a wait."""

from math import inf

import pytest
from django.utils import translation

from booking.domain.forecast import Wait
from booking.wait_words import labelled_wait_text, short_wait_text, wait_text

UNKNOWN = ("waiting time not known at the moment", "Wartezeit zurzeit nicht bekannt")


@pytest.mark.parametrize(
    ("wait", "english", "german"),
    [
        (None, *UNKNOWN),
        (Wait(0, 0, 0), "less than 5 minutes", "weniger als 5 Minuten"),
        (Wait(0, 2, 4.9), "less than 5 minutes", "weniger als 5 Minuten"),
        (Wait(1, 4, 8.2), "up to 10 minutes", "bis zu 10 Minuten"),
        (Wait(11.7, 14, 19.2), "about 10–20 minutes", "etwa 10–20 Minuten"),
        (Wait(10, 10, 10), "about 10 minutes", "etwa 10 Minuten"),
        (Wait(24, 31, 42), "about 20–50 minutes", "etwa 20–50 Minuten"),
        (Wait(47, 60, 75), "about 40–80 minutes", "etwa 40–80 Minuten"),
        (Wait(64, 80, 100), "more than 1 hour", "mehr als 1 Stunde"),
        (Wait(130, 150, 190), "more than 2 hours", "mehr als 2 Stunden"),
        (Wait(25, 60, inf), "more than 25 minutes", "mehr als 25 Minuten"),
        (
            Wait(2, 60, inf),
            "waiting time not known at the moment",
            "Wartezeit zurzeit nicht bekannt",
        ),
        (
            Wait(2, inf, inf),
            "waiting time not known at the moment",
            "Wartezeit zurzeit nicht bekannt",
        ),
    ],
)
def test_a_wait_reads_as_one_would_say_it(wait, english, german):
    with translation.override("en"):
        assert wait_text(wait) == english
    with translation.override("de"):
        assert wait_text(wait) == german


def test_beside_a_label_it_is_not_said_twice_what_it_is_about():
    with translation.override("en"):
        assert labelled_wait_text(Wait(11, 14, 19)) == "Waiting time: about 10–20 minutes"
        assert labelled_wait_text(None) == "Waiting time: not known at the moment"
    with translation.override("de"):
        assert labelled_wait_text(Wait(11, 14, 19)) == "Wartezeit: etwa 10–20 Minuten"
        assert labelled_wait_text(None) == "Wartezeit: zurzeit nicht bekannt"


@pytest.mark.parametrize(
    ("wait", "text"),
    [
        (Wait(11, 14, 19), "10–20"),
        (Wait(10, 10, 10), "10"),
        (Wait(25, 60, inf), "> 25"),
        (None, ""),
    ],
)
def test_in_a_column_it_is_short(wait, text):
    assert short_wait_text(wait) == text
