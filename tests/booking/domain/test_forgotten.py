"""Visits that nobody ended."""

from datetime import timedelta

import pytest

from booking.domain import arrivals, counters, visits
from booking.domain.actor import CITIZEN, Actor
from booking.domain.forgotten import end_forgotten_visits
from booking.domain.items import Item
from booking.models import Queue, Visit, VisitEvent
from tests.conftest import TUESDAY

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
