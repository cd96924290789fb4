"""The plots: what is drawn is what the table says, and nothing leaves the paper."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.domain.figures import DayLog, Spread, figures
from booking.setup.figures_charts import (
    HEIGHT,
    Chart,
    Column,
    arrivals_chart,
    draw,
    heat_map,
    service_bars,
    step_for,
    waits_chart,
)
from tests.booking.domain.test_figures import COUNTERS, DAY, SMALL_DAY
from tests.conftest import BERLIN


def drawn(columns):
    return draw(Chart("plot", "", "", [], ""), columns)


@pytest.fixture
def found():
    log = DayLog(DAY, sorted(SMALL_DAY, key=lambda event: event.at), COUNTERS)
    return figures([log], BERLIN)


@pytest.mark.parametrize(
    ("highest", "step"), [(0, 0.5), (1, 0.5), (3, 1), (22, 10), (41, 20), (168, 50), (2000, 500)]
)
def test_grid_lines_stand_at_round_numbers(highest, step):
    assert step_for(highest) == step


VALUES = st.floats(0, 5000, allow_nan=False)


@settings(deadline=None, derandomize=True, database=None, max_examples=80)
@given(st.lists(st.tuples(VALUES, VALUES, st.none() | VALUES), max_size=60))
def test_nothing_is_drawn_beyond_the_paper(values):
    columns = [Column("9", [("half", a), ("nine", b)], mark) for a, b, mark in values]
    chart = drawn(columns)
    for box in chart.boxes:
        assert float(box.y) >= 0
        assert float(box.y) + float(box.height) <= HEIGHT
        assert 0 <= float(box.x[:-1]) <= float(box.x[:-1]) + float(box.width[:-1]) <= 100
    for line in chart.lines:
        assert 0 <= float(line.y) <= HEIGHT
        assert 0 <= float(line.x1[:-1]) <= float(line.x2[:-1]) <= 100
    for word in chart.words:
        assert 0 < float(word.y) < HEIGHT
        assert 0 <= float(word.x[:-1]) <= 100


def test_heights_are_in_the_proportion_of_the_figures():
    chart = drawn([Column("8", [("half", 10), ("nine", 20)]), Column("9", [("half", 40)])])
    low, middle, high = (float(box.height) for box in chart.boxes)
    assert (middle, high) == (pytest.approx(2 * low, abs=0.2), pytest.approx(4 * low, abs=0.2))


def test_one_day_is_shown_by_hours_a_month_by_days_a_year_by_weeks(found):
    one_day = arrivals_chart(found, DAY, DAY)
    assert [word.text for word in one_day.words if word.kind == "label"] == ["8", "9"]
    assert one_day.description == "Die meisten kamen um 8 Uhr: 3 Personen."
    month = arrivals_chart(found, date(2026, 11, 1), date(2026, 11, 30))
    assert month.description == "Die meisten kamen am 24.11.: 5 Personen."
    year = arrivals_chart(found, date(2026, 1, 1), date(2026, 12, 31))
    assert year.description == "Die meisten kamen in der Woche ab 23.11.: 5 Personen."


def test_the_sentence_under_the_waits_names_the_worst_hour(found):
    assert waits_chart(found.waits_by_hour).description == (
        "Am längsten wartete, wer von 08–09 Uhr kam: die Hälfte höchstens 10,0 Minuten, "
        "neun von zehn höchstens 26,0."
    )
    assert waits_chart({8: Spread()}).description == ""


def test_the_map_of_waits_is_by_the_offices_target(found):
    hours, rows = heat_map(found, target=15)
    assert hours == ["8", "9"]
    assert [(row.weekday, row.short, row.cells) for row in rows] == [
        ("Dienstag", "Di", [("10", "1"), ("20", "3")])
    ]


def test_the_longest_bar_fills_the_width_and_numbers_are_written_for_svg():
    bars = service_bars([("Pass", 4, 4, 10.0, 40.0, 20), ("Umzug", 1, 1, 2.5, 5.0, None)])
    assert (bars[0].half, bars[0].nine, bars[0].planned) == ("25.00%", "75.00%", "50.00%")
    assert (bars[1].half, bars[1].planned) == ("6.25%", None)
    assert bars[1].text == "2,5, neun von zehn 5,0 min"
