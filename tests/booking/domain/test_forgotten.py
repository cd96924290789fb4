"""Visits that nobody ended."""

from datetime import time, timedelta

import pytest

from booking.domain import arrivals, counters, visits
from booking.domain.actor import CITIZEN, Actor
from booking.domain.forgotten import end_forgotten_visits, end_forgotten_visits_everywhere
from booking.domain.items import Item
from booking.models import Queue, Visit, VisitEvent
from tests.conftest import TUESDAY
from tests.factories import make_hours

NEXT_TUESDAY = TUESDAY + timedelta(days=7)


@pytest.fixture
def items(offering):
    return [Item(offering, 1)]


def test_somebody_forgotten_yesterday_is_not_called_today(office, items, clerk, counter, set_time):
    forgotten = arrivals.draw_ticket(office=office, items=items, actor=CITIZEN)
    set_time(NEXT_TUESDAY)
    today = arrivals.draw_ticket(office=office, items=items, actor=CITIZEN)
    counters.open_counter(counter.pk, staff=clerk)
    assert visits.call_next(counter.pk, staff=clerk) == today
    forgotten.refresh_from_db()
    assert forgotten.state == Visit.State.LEFT
    assert forgotten.events.last().kind == VisitEvent.Kind.FORGOTTEN


def test_opening_a_counter_frees_it_from_yesterdays_visitor(
    office, items, clerk, counter, set_time
):
    visit = arrivals.draw_ticket(office=office, items=items, actor=CITIZEN)
    counters.open_counter(counter.pk, staff=clerk)
    visits.call_next(counter.pk, staff=clerk)
    visits.begin(visit.pk, actor=Actor(staff=clerk))
    set_time(NEXT_TUESDAY)
    counters.open_counter(counter.pk, staff=clerk)
    assert visits.call_next(counter.pk, staff=clerk) is None
    visit.refresh_from_db()
    assert (visit.state, visit.counter) == (Visit.State.LEFT, None)


def test_nobody_of_today_is_forgotten(office, items):
    arrivals.draw_ticket(office=office, items=items, actor=CITIZEN)
    version = Queue.objects.get(pk=office.pk).version
    assert end_forgotten_visits(office) == 0
    assert Queue.objects.get(pk=office.pk).version == version


# At closing time: the office of the fixtures closes at twelve ------------------------


def at(hour, minute=0):
    return TUESDAY.replace(hour=hour, minute=minute)


@pytest.mark.parametrize(("moment", "ended"), [(at(12, 59), 0), (at(13), 1)])
def test_an_hour_after_closing_the_day_is_over(office, items, set_time, moment, ended):
    visit = arrivals.draw_ticket(office=office, items=items, actor=CITIZEN)
    set_time(moment)
    assert end_forgotten_visits_everywhere() == ended
    visit.refresh_from_db()
    assert (visit.state == Visit.State.LEFT) == bool(ended)
    assert visit.events.filter(kind=VisitEvent.Kind.FORGOTTEN).count() == ended


@pytest.mark.parametrize("paused", [False, True])
def test_as_long_as_a_counter_is_open_people_are_still_served(
    office, items, clerk, counter, set_time, paused
):
    arrivals.draw_ticket(office=office, items=items, actor=CITIZEN)
    counters.open_counter(counter.pk, staff=clerk)
    counters.pause_counter(counter.pk, staff=clerk, paused=paused)
    set_time(at(14))
    assert end_forgotten_visits_everywhere() == 0
    counters.close_counter(counter.pk, staff=clerk)
    assert end_forgotten_visits_everywhere() == 1


def test_a_break_at_noon_is_not_the_end_of_the_day(office, items, set_time):
    make_hours(office, opens=time(14), closes=time(18))
    arrivals.draw_ticket(office=office, items=items, actor=CITIZEN)
    set_time(at(13, 30))
    assert end_forgotten_visits_everywhere() == 0
    set_time(at(19))
    assert end_forgotten_visits_everywhere() == 1
