"""Figures of days made by hand, whose truth is known."""

from datetime import UTC, date, datetime, timedelta

import pytest

from booking.domain.figures import (
    Appointments,
    Arrivals,
    DayLog,
    ForecastError,
    HourOfCounters,
    ServiceTimes,
    Spread,
    figures,
    quantile,
)
from booking.domain.visit_histories import CounterChange, Event, Span, histories, open_spans
from tests.conftest import BERLIN

DAY = date(2026, 11, 24)


def at(clock_time: str, day: date = DAY) -> datetime:
    """A time of the day, "8:30", as the database gives it."""
    hour, minute = map(int, clock_time.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BERLIN).astimezone(UTC)


def visit(name: str, *steps: str, offering="pass", quantity=1, told=None) -> list[Event]:
    """``visit("A1", "8:00 drawn", "8:10 called 3")``: time, what, and at which counter."""
    events = []
    for step in steps:
        time, kind, *counter = step.split()
        event = Event(name, kind, at(time), *counter)
        if kind in ("drawn", "checked_in", "brought"):
            event = event._replace(offering=offering, quantity=quantity, told=told)
        events.append(event)
    return events


def one(*steps: str, **options):
    return histories(visit("A1", *steps, **options))[0]


def span(start: str, end: str) -> Span:
    return Span(at(start), at(end))


SMALL_DAY = [
    *visit("A1", "8:00 drawn", "8:10 called 1", "8:11 begun 1", "8:31 finished 1", told=(2, 8, 14)),
    *visit("A2", "8:05 drawn", "8:35 called 1", "8:36 begun 1", "8:40 finished 1",
           quantity=2, told=(5, 10, 20)),
    *visit("B1", "8:50 checked_in", "9:00 called 2", "9:00 begun 2", "9:30 finished 2",
           offering="move"),
    *visit("A3", "9:10 drawn", "9:30 called 1", "9:33 missed 1"),
    *visit("A4", "9:40 drawn", "9:45 left"),
]  # fmt: skip
COUNTERS = [
    CounterChange("1", "opened", at("8:00")), CounterChange("1", "closed", at("10:00")),
    CounterChange("2", "opened", at("8:30")), CounterChange("2", "paused", at("9:30")),
]  # fmt: skip


@pytest.fixture
def found():
    log = DayLog(DAY, sorted(SMALL_DAY, key=lambda event: event.at), COUNTERS)
    return figures([log], BERLIN, Appointments(kept=1, missed=1, cancelled=2))


def test_a_small_day_has_its_arrivals(found):
    assert found.days == 1
    assert found.arrivals == Arrivals(walk_ins=4, appointments=1)
    assert found.arrivals.walk_in_share == 0.8
    assert found.arrivals_by_day == {DAY: found.arrivals}
    assert found.arrivals_by_hour == {8: Arrivals(2, 1), 9: Arrivals(2, 0)}
    assert found.outcomes == {"done": 3, "missed": 1, "left": 1}


def test_a_small_day_has_its_waits(found):
    assert found.waits == Spread(4, 15, pytest.approx(27))
    assert found.waits_by_hour == {8: Spread(3, 10, pytest.approx(26)), 9: Spread(1, 20, 20)}
    assert found.waits_by_weekday == {1: found.waits}
    assert set(found.waits_by_weekday_and_hour) == {(1, 8), (1, 9)}
    assert found.waits_by_kind["appointment"] == Spread(1, 10, 10)


def test_a_small_day_has_its_service_times_per_person(found):
    assert found.services == {
        "pass": ServiceTimes(visits=2, persons=3, minutes=Spread(2, 11, pytest.approx(18.2))),
        "move": ServiceTimes(visits=1, persons=1, minutes=Spread(1, 30, 30)),
    }


def test_a_small_day_has_its_counters_against_demand(found):
    eight, nine = found.counters_by_hour[8], found.counters_by_hour[9]
    # 1: a whole hour, 2: half of it. In use 8:10 to 8:31 and 8:35 to 8:40.
    assert eight == HourOfCounters(
        days=1, open=1.5, in_use=26 / 60, needed=56 / 60, waiting=50 / 60
    )
    assert nine == HourOfCounters(
        days=1, open=1.5, in_use=33 / 60, needed=3 / 60, waiting=pytest.approx(25 / 60)
    )


def test_a_small_day_has_its_forecast_error(found):
    assert found.forecast == ForecastError(count=2, mean_error=11, bias=11, within=0.5)


def test_a_small_day_has_its_no_shows(found):
    assert found.appointments.missed_share == 0.5


def test_a_period_without_anything_has_no_figures_and_fails_nowhere():
    found = figures([DayLog(DAY)], BERLIN)
    assert (found.days, found.waits, found.forecast) == (0, Spread(), ForecastError())
    assert found.arrivals.walk_in_share is None
    assert found.appointments.missed_share is None


def test_quantiles_are_those_of_a_spreadsheet():
    assert quantile([1, 2, 3, 4], 0.5) == 2.5
    assert quantile([1, 2, 3, 4], 0.9) == pytest.approx(3.7)
    assert quantile([7], 0.9) == 7


def test_the_wait_is_until_the_first_call_however_often_somebody_is_called():
    history = one("8:00 drawn", "8:10 called 1", "8:12 recalled 1", "8:15 returned 1",
                  "8:30 called 2", "8:31 begun 2", "8:40 finished 2")  # fmt: skip
    assert history.wait == 10
    assert history.waiting == [span("8:00", "8:10"), span("8:15", "8:30")]
    assert history.at_counter == [span("8:10", "8:15"), span("8:30", "8:40")]
    assert history.outcome == "done"


def test_time_parked_is_no_service_time():
    history = one("8:00 drawn", "8:10 called 1", "8:10 begun 1", "8:15 parked 1",
                  "8:45 unparked", "8:50 called 1", "8:50 begun 1", "9:00 finished 1")  # fmt: skip
    assert [done.minutes for done in history.services] == [15]


def test_somebody_who_came_back_after_being_missed_is_not_missed():
    history = one("8:00 drawn", "8:10 called 1", "8:12 missed 1", "8:20 returned",
                  "8:25 called 1", "8:26 begun 1", "8:30 finished 1")  # fmt: skip
    assert history.outcome == "done"


def test_a_transfer_to_another_service_ends_the_first_ones_time():
    events = visit("A1", "8:00 drawn", "8:10 called 1", "8:10 begun 1")
    events.append(Event("A1", "transferred", at("8:16"), "1", "move", 2))
    events += visit("A1", "8:20 called 2", "8:20 begun 2", "8:30 finished 2")
    services = histories(events)[0].services
    assert [(done.offering, done.quantity, done.minutes) for done in services] == [
        ("pass", 1, 6), ("move", 2, 10),
    ]  # fmt: skip


def test_a_second_counter_for_the_same_matter_adds_to_its_time():
    history = one("8:00 drawn", "8:10 called 1", "8:10 begun 1", "8:16 transferred 1",
                  "8:20 called 2", "8:20 begun 2", "8:30 finished 2")  # fmt: skip
    assert [done.minutes for done in history.services] == [16]


def test_a_forgotten_visit_has_no_service_time():
    history = one("8:00 drawn", "8:10 called 1", "8:11 begun 1")
    assert (history.outcome, history.services, history.at_counter) == ("open", [], [])
    assert histories([Event("A1", "forgotten", at("0:01"), "1")]) == []


def test_time_at_another_office_in_between_is_no_waiting_here():
    history = one("8:00 drawn", "8:10 called 1", "8:11 begun 1", "8:15 sent_on 1", "9:00 brought",
                  "9:05 called 1", "9:06 begun 1", "9:10 finished 1")  # fmt: skip
    assert history.waiting == [span("8:00", "8:10"), span("9:00", "9:05")]
    assert [done.minutes for done in history.services] == [4, 4]


def test_a_counter_that_nobody_closed_was_open_until_the_last_that_happened_there():
    changes = [CounterChange("1", "opened", at("8:00"))]
    assert open_spans(changes, SMALL_DAY[:4]) == [span("8:00", "8:31")]
    assert open_spans(changes, SMALL_DAY[:4], until=at("9:00")) == [span("8:00", "9:00")]


def test_a_counter_that_calls_somebody_is_open_though_its_log_does_not_say_so():
    assert open_spans([], SMALL_DAY[:4]) == [span("8:10", "8:31")]


def test_what_is_forgotten_with_the_day_keeps_no_counter_open():
    forgotten = Event("A1", "forgotten", at("23:59"), "1")
    assert open_spans([], [*SMALL_DAY[:4], forgotten]) == [span("8:10", "8:31")]


def test_an_hour_that_is_not_over_counts_as_long_as_it_lasted():
    log = DayLog(DAY, changes=[CounterChange("1", "opened", at("9:00"))], until=at("9:15"))
    assert figures([log], BERLIN).counters_by_hour[9].open == 1


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 29), {1: 60, 3: 60}), (date(2026, 10, 25), {1: 60, 2: 120, 3: 60})],
)
def test_where_the_clocks_change_every_minute_counts_once(day, hours):
    # From 01:00 to 04:00 on the wall clock: two hours in March, four in October.
    changes = [CounterChange("1", "opened", at("1:00", day))]
    changes.append(CounterChange("1", "closed", at("4:00", day)))
    counters = figures([DayLog(day, changes=changes)], BERLIN).counters_by_hour
    assert {hour: one.open * 60 for hour, one in counters.items()} == hours


def test_days_add_up():
    second = DAY + timedelta(days=1)
    logs = [DayLog(DAY, visit("A1", "8:00 drawn")), DayLog(second, visit("A2", "8:00 drawn"))]
    found = figures(logs, BERLIN)
    assert (found.days, found.arrivals.total) == (2, 2)
    assert list(found.arrivals_by_day) == [DAY, second]
