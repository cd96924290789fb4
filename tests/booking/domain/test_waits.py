"""The waits of an office: computed by the worker, read by everybody."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking.domain import visits, waits
from booking.domain.actor import CITIZEN, Actor
from booking.domain.arrivals import draw_ticket
from booking.domain.counters import close_counter, open_counter, pause_counter
from booking.domain.items import Item
from booking.domain.waits import forecast_for, refresh_forecast, refresh_forecasts
from booking.models import Queue, WaitForecast
from tests.conftest import TUESDAY
from tests.factories import CounterFactory, OfferingFactory, OfficeFactory, make_staff


@pytest.fixture
def draw(office, offering):
    def one(for_offering=None):
        return draw_ticket(office=office, items=[Item(for_offering or offering, 1)], actor=CITIZEN)

    return one


@pytest.fixture
def open_one(counter, clerk):
    return open_counter(counter.pk, staff=clerk)


def test_whoever_comes_later_waits_longer(office, offering, draw, open_one, clerk, set_time):
    drawn = []
    for seconds in range(4):
        set_time(TUESDAY + timedelta(seconds=seconds))
        drawn.append(draw())
    visits.call_next(open_one.pk, staff=clerk)
    refresh_forecasts()
    found = forecast_for(office.pk)
    middles = [found.visits[visit.pk].middle for visit in drawn[1:]]
    assert middles == sorted(middles)
    assert 5 < middles[0] < 15
    assert found.tickets[offering.pk].middle > middles[-1]
    assert drawn[0].pk not in found.visits


def test_nothing_is_computed_before_the_worker_has(office, draw, open_one):
    draw()
    assert forecast_for(office.pk) is None


def test_it_is_computed_again_when_the_queue_or_the_minute_changes(
    office, draw, open_one, set_time
):
    draw()
    assert refresh_forecasts() == 1
    assert refresh_forecasts() == 0
    draw()
    assert refresh_forecasts() == 1
    assert refresh_forecasts() == 0
    set_time(TUESDAY + timedelta(minutes=1))
    assert refresh_forecasts() == 1
    assert WaitForecast.objects.count() == 1


def test_an_office_where_nobody_is_costs_one_query(office, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert refresh_forecasts() == 0


def test_an_old_forecast_is_unknown(office, draw, open_one, set_time):
    draw()
    refresh_forecasts()
    set_time(TUESDAY + timedelta(minutes=3))
    assert forecast_for(office.pk) is not None
    set_time(TUESDAY + timedelta(minutes=3, seconds=1))
    assert forecast_for(office.pk) is None


def test_without_an_open_counter_the_wait_is_unknown(office, offering, draw, open_one, clerk):
    visit = draw()
    close_counter(open_one.pk, staff=clerk)
    refresh_forecasts()
    assert forecast_for(office.pk).visits == {visit.pk: None}
    assert forecast_for(office.pk).tickets == {offering.pk: None}


def test_a_paused_counter_calls_nobody(office, draw, open_one, clerk):
    visit = draw()
    pause_counter(open_one.pk, staff=clerk, paused=True)
    refresh_forecasts()
    assert forecast_for(office.pk).visits == {visit.pk: None}


def test_what_a_counter_cannot_serve_is_unknown(office, offering, draw, open_one):
    other = OfferingFactory(office=office, letter="B")
    open_one.offerings.add(offering)
    draw(other)
    refresh_forecasts()
    found = forecast_for(office.pk)
    assert found.tickets[other.pk] is None
    assert found.tickets[offering.pk].middle == 0


def test_reading_is_one_query(office, draw, open_one, django_assert_num_queries):
    draw()
    refresh_forecasts()
    with django_assert_num_queries(1):
        forecast_for(office.pk)


def test_the_number_of_queries_does_not_grow_with_the_data(office, draw, open_one, clerk):
    counts = []
    for more in (1, 12):
        for _ in range(more):
            draw()
        another = CounterFactory(office=office)
        colleague = make_staff(office)
        open_counter(another.pk, staff=colleague)
        visits.call_next(another.pk, staff=colleague)
        visits.begin(another.visits.get(state="called").pk, actor=Actor(staff=colleague))
        refresh_forecast(office.pk)  # and what past days teach is read
        draw()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert refresh_forecast(office.pk)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 22


def test_who_has_waited_longest_for_a_forecast_is_first_and_the_rest_follows(
    office, draw, open_one, monkeypatch
):
    other = OfficeFactory(authority=office.authority)
    desk = CounterFactory(office=other)
    open_counter(desk.pk, staff=make_staff(other))
    draw()
    monkeypatch.setattr(waits, "SECONDS", -1)
    assert [refresh_forecasts(), refresh_forecasts(), refresh_forecasts()] == [1, 1, 0]
    draw()
    open_counter(CounterFactory(office=other).pk, staff=make_staff(other))
    first = WaitForecast.objects.order_by("made_at", "pk").first().pk
    assert refresh_forecasts() == 1
    assert WaitForecast.objects.get(pk=first).version == Queue.objects.get(pk=first).version
