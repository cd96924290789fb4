"""The waits of an office: computed by the worker, read by everybody."""

from datetime import timedelta
from math import inf
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking.domain import forecasting, visits
from booking.domain.actor import CITIZEN, Actor
from booking.domain.announcements import queue_changed
from booking.domain.arrivals import draw_ticket
from booking.domain.counters import close_counter, open_counter, pause_counter
from booking.domain.forecast import Wait
from booking.domain.forecasting import refresh_forecast, refresh_forecasts
from booking.domain.items import Item
from booking.domain.kiosk_closing import close_kiosk
from booking.domain.waits import OfficeWaits, forecast_for, keep_forecast
from booking.models import Queue, Visit, WaitForecast
from tests.conftest import TUESDAY
from tests.factories import (
    CounterFactory,
    OfferingFactory,
    OfficeFactory,
    make_forecast,
    make_staff,
)


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
    assert counts[0] <= 30


def test_a_change_in_one_office_recomputes_only_that_office(office, draw, open_one, set_time):
    others = [OfficeFactory(authority=office.authority) for _number in range(4)]
    for other in others:
        open_counter(CounterFactory(office=other).pk, staff=make_staff(other))
    assert refresh_forecasts() == 5
    made = dict(WaitForecast.objects.values_list("pk", "made_at"))
    set_time(TUESDAY + timedelta(seconds=20))
    draw()
    with CaptureQueriesContext(connection) as queries:
        assert refresh_forecasts() == 1
    again = dict(WaitForecast.objects.values_list("pk", "made_at"))
    assert again.pop(office.pk) == TUESDAY + timedelta(seconds=20)
    del made[office.pk]
    assert again == made
    # What the four others cost is that one query says they have nothing new.
    asked = " ".join(query["sql"].replace("-", "") for query in queries)
    assert office.pk.hex in asked
    assert not any(other.pk.hex in asked for other in others)


def test_who_has_waited_longest_for_a_forecast_is_first_and_the_rest_follows(
    office, draw, open_one, monkeypatch
):
    other = OfficeFactory(authority=office.authority)
    desk = CounterFactory(office=other)
    open_counter(desk.pk, staff=make_staff(other))
    draw()
    monkeypatch.setattr(forecasting, "SECONDS", -1)
    assert [refresh_forecasts(), refresh_forecasts(), refresh_forecasts()] == [1, 1, 0]
    draw()
    open_counter(CounterFactory(office=other).pk, staff=make_staff(other))
    first = WaitForecast.objects.order_by("made_at", "pk").first().pk
    assert refresh_forecasts() == 1
    assert WaitForecast.objects.get(pk=first).version == Queue.objects.get(pk=first).version


def version_of(office) -> int:
    return Queue.objects.get(pk=office.pk).version


def test_a_forecast_that_says_something_new_raises_the_version_once(
    office, draw, open_one, set_time
):
    draw()
    before = version_of(office)
    refresh_forecasts()
    assert version_of(office) == before + 1
    assert forecast_for(office.pk).version == before + 1
    refresh_forecasts()
    assert version_of(office) == before + 1


def test_the_version_stays_when_the_minute_changes_and_nothing_else_is_told(
    office, draw, open_one, set_time
):
    refresh_forecasts()
    before = version_of(office)
    set_time(TUESDAY + timedelta(minutes=1))
    assert refresh_forecasts() == 1
    assert version_of(office) == before


def test_sockets_hear_of_it_when_only_the_minute_changed(
    office, draw, open_one, clerk, set_time, django_capture_on_commit_callbacks
):
    draw()
    visits.call_next(open_one.pk, staff=clerk)
    draw()
    refresh_forecasts()
    heard = []

    def hear(*, office_id, **_signal):
        heard.append(office_id)

    queue_changed.connect(hear)
    with django_capture_on_commit_callbacks(execute=True):
        # Nobody has come to the counter for so long: whoever waits will wait longer.
        set_time(TUESDAY + timedelta(minutes=25))
        refresh_forecasts()
    queue_changed.disconnect(hear)
    assert heard == [office.pk]


def test_what_changed_while_it_was_computed_is_computed_again(office, draw, open_one):
    draw()
    version = version_of(office)
    draw()
    keep_forecast(office.pk, OfficeWaits(version, TUESDAY, {}, {}, {"A": Wait(1, 2, 30)}))
    assert refresh_forecasts() == 1


def test_whoever_has_gone_is_no_news(office, offering):
    one, other = uuid4(), uuid4()
    make_forecast(office, visits={one: Wait(1, 2, 3), other: Wait(20, 30, 40)})
    before = version_of(office)
    make_forecast(office, visits={other: Wait(21, 30, 39)})
    assert version_of(office) == before
    make_forecast(office, visits={other: Wait(10, 20, 30)})
    assert version_of(office) == before + 1


def test_a_letter_has_a_wait_that_holds_for_each_of_its_offerings(office, offering, draw, open_one):
    same = OfferingFactory(office=office, letter=offering.letter)
    OfferingFactory(office=office, letter="C", walk_in=False)
    OfferingFactory(office=office, letter="B")
    open_one.offerings.add(offering, same)
    refresh_forecasts()
    letters = forecast_for(office.pk).letters
    assert letters[offering.letter].middle == 0
    assert letters["B"] is None
    assert set(letters) == {offering.letter, "B"}
    assert forecast_for(office.pk).ticket is None


@pytest.mark.parametrize("hour", [11, 13])
def test_where_no_tickets_are_issued_none_is_forecast(office, offering, open_one, set_time, hour):
    set_time(TUESDAY.replace(hour=hour, minute=45))
    refresh_forecasts()
    assert forecast_for(office.pk).tickets == {}
    assert forecast_for(office.pk).letters == {}


def test_when_the_front_desk_ends_the_tickets_their_forecast_ends_too(office, offering, open_one):
    refresh_forecasts()
    assert offering.pk in forecast_for(office.pk).tickets
    close_kiosk(office)
    closed = version_of(office)
    refresh_forecasts()
    assert forecast_for(office.pk).tickets == {}
    assert version_of(office) == closed + 1


def told(visit) -> tuple[int | None, int | None, int | None]:
    event = visit.events.get()
    return event.told_low, event.told_median, event.told_high


def test_the_log_keeps_what_whoever_draws_is_told(office, offering, draw):
    make_forecast(office, tickets={offering.pk: Wait(11.6, 14.2, 19.4)})
    assert told(draw()) == (12, 14, 19)


@pytest.mark.parametrize("wait", [None, Wait(5, 9, inf)])
def test_what_is_unknown_is_kept_as_unknown(office, offering, draw, wait):
    make_forecast(office, tickets={offering.pk: wait})
    assert told(draw()) == (None, None, None)


def test_without_a_forecast_or_with_an_old_one_nothing_is_told(office, offering, draw, set_time):
    assert told(draw()) == (None, None, None)
    make_forecast(office, tickets={offering.pk: Wait(10, 15, 20)})
    set_time(TUESDAY + timedelta(minutes=4))
    assert told(draw()) == (None, None, None)


def test_only_one_offering_without_priority_is_told(office, offering):
    other = OfferingFactory(office=office)
    make_forecast(office, tickets=dict.fromkeys((offering.pk, other.pk), Wait(10, 15, 20)))
    both = draw_ticket(office=office, items=[Item(offering, 1), Item(other, 1)], actor=CITIZEN)
    urgent = draw_ticket(
        office=office,
        items=[Item(offering, 1)],
        actor=Actor(staff=make_staff(office)),
        priority=Visit.Priority.URGENT,
    )
    assert told(both) == told(urgent) == (None, None, None)


def test_a_visit_that_is_newer_than_the_forecast_is_told_what_its_ticket_was(
    office, offering, draw, set_time
):
    old = draw()
    set_time(TUESDAY + timedelta(seconds=1))
    make_forecast(office, tickets={offering.pk: Wait(10, 15, 20)})
    set_time(TUESDAY + timedelta(seconds=2))
    found, new = forecast_for(office.pk), draw()
    assert found.of_visit(new, {offering.pk}) == Wait(10, 15, 20)
    assert found.of_visit(old, {offering.pk}) is None


def test_drawing_asks_once_for_the_forecast(office, offering, draw):
    draw()
    make_forecast(office, tickets={offering.pk: Wait(10, 15, 20)})
    with CaptureQueriesContext(
        connection,
    ) as queries:
        draw()
    assert sum("waitforecast" in query["sql"] for query in queries) == 1
