from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking.domain.office_hours import (
    current_span,
    last_ticket_at,
    next_opening,
    spans_by_day,
    spans_of_day,
)
from booking.models import Closure
from tests import factories
from tests.conftest import BERLIN, TUESDAY

TODAY = TUESDAY.date()


def at(hour, minute=0, day=TODAY, zone=BERLIN):
    return datetime.combine(day, time(hour, minute), zone)


def test_series_that_touch_or_overlap_are_one_span(office):
    factories.make_hours(office, opens=time(12), closes=time(13))
    factories.make_hours(office, opens=time(9), closes=time(10))
    factories.make_hours(office, opens=time(14), closes=time(18))
    assert spans_of_day(office, TODAY) == [(at(8), at(13)), (at(14), at(18))]


def test_a_closed_day_has_no_span(office):
    Closure.objects.create(office=office, first_day=TODAY, last_day=TODAY)
    assert spans_of_day(office, TODAY) == []
    assert current_span(office) is None


def test_hours_hold_from_their_first_to_their_last_day(office):
    office.opening_hours.update(valid_from=TODAY, valid_until=TODAY + timedelta(days=7))
    spans = spans_by_day(office, TODAY - timedelta(days=7), TODAY + timedelta(days=30))
    assert list(spans) == [TODAY, TODAY + timedelta(days=7)]


def test_open_from_the_first_moment_to_before_the_last(office, set_time):
    for moment, is_open in [
        (at(7, 59), False),
        (at(8), True),
        (at(11, 59), True),
        (at(12), False),
    ]:
        set_time(moment)
        assert (current_span(office) is not None) == is_open


def test_the_last_ticket_is_issued_half_an_hour_before_closing(office, set_time):
    assert last_ticket_at(office) == at(11, 30)
    set_time(at(12))
    assert last_ticket_at(office) is None


def test_the_last_ticket_comes_real_minutes_before_closing_when_the_clocks_change(db, set_time):
    office = factories.OfficeFactory(last_ticket_minutes=90)
    factories.make_hours(office, weekday=6, opens=time(0), closes=time(3, 30))
    set_time(at(1, day=date(2026, 10, 25)))
    last = last_ticket_at(office)
    assert (last.hour, last.minute, last.fold) == (2, 0, 1)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (at(7), at(8)),
        (at(8), at(8, day=TODAY + timedelta(days=7))),
        (at(20), at(8, day=TODAY + timedelta(days=7))),
    ],
)
def test_the_next_opening_is_the_first_that_is_still_to_come(office, set_time, now, opens):
    set_time(now)
    assert next_opening(office) == opens


def test_an_office_without_hours_never_opens(db):
    assert next_opening(factories.OfficeFactory()) is None


def test_hours_are_those_of_the_offices_clocks(db, set_time):
    office = factories.OfficeFactory(time_zone="America/New_York")
    factories.make_hours(office)
    set_time(at(8, zone=office.zone))
    assert current_span(office) == (at(8, zone=office.zone), at(12, zone=office.zone))
    set_time(at(8))
    assert current_span(office) is None


def test_many_days_cost_as_many_queries_as_one(office):
    def queries(days):
        with CaptureQueriesContext(connection) as captured:
            spans_by_day(office, TODAY, TODAY + timedelta(days=days))
        return len(captured)

    queries(0)
    assert queries(0) == queries(400) == 2
