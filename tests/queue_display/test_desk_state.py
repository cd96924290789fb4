from datetime import timedelta
from math import inf

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking.domain import visits
from booking.domain.actor import CITIZEN, Actor
from booking.domain.arrivals import check_in, draw_ticket
from booking.domain.forecast import Wait
from booking.domain.items import Item
from booking.models import Appointment, Visit
from queue_display.desk_state import desk_state
from tests.conftest import TUESDAY
from tests.factories import CounterFactory, OfferingFactory, make_forecast
from tests.queue_display.desk_people import booked, drawing


@pytest.fixture
def arrive(offering, set_time):
    return drawing(offering, set_time)


@pytest.fixture
def expect(offering):
    """Somebody with an appointment so many minutes after the present of the tests."""
    return lambda minutes, **facts: booked(offering, TUESDAY + timedelta(minutes=minutes), **facts)


def numbers(people):
    return [person.visit.number for person in people]


def test_the_lists_hold_everybody_in_call_order(office, clerk, staffed_counter, arrive):
    for _ in range(5):
        arrive()
    called = visits.call_next(staffed_counter.pk, staff=clerk)
    actor = Actor(staff=clerk)
    visits.missed(called.pk, actor=actor)
    parked = visits.call_next(staffed_counter.pk, staff=clerk)
    visits.park(parked.pk, actor=actor)
    visits.call_next(staffed_counter.pk, staff=clerk)

    state = desk_state(office, clerk)
    assert (state.mine, state.current.visit.number) == (staffed_counter, "A003")
    assert numbers(state.waiting) == ["A004", "A005"]
    assert (numbers(state.missed), numbers(state.parked)) == (["A001"], ["A002"])
    assert state.next.visit.number == "A004"


def test_waits_and_lateness_follow_the_clock(office, clerk, arrive, set_time):
    arrive()
    set_time(TUESDAY + timedelta(minutes=29, seconds=59))
    assert desk_state(office, clerk).late == 0
    set_time(TUESDAY + timedelta(minutes=31, seconds=1))
    state = desk_state(office, clerk)
    assert (state.late, state.longest_wait.minutes) == (1, 31)


def test_the_time_in_the_present_state_begins_with_its_last_event(
    office, clerk, staffed_counter, arrive, set_time
):
    arrive()
    visit = visits.call_next(staffed_counter.pk, staff=clerk)
    set_time(TUESDAY + timedelta(minutes=2))
    visits.begin(visit.pk, actor=Actor(staff=clerk))
    set_time(TUESDAY + timedelta(minutes=3, seconds=5))
    assert desk_state(office, clerk).current.lasting.clock == "1:05"


def test_a_name_comes_from_the_appointment_and_a_ticket_has_none(office, clerk, expect, arrive):
    appointment = expect(0, name="Familie Beispiel")
    check_in(office=office, code=appointment.code, actor=CITIZEN)
    arrive()
    assert [person.name for person in desk_state(office, clerk).waiting] == [
        "Familie Beispiel",
        "",
    ]


def test_expected_are_todays_bookings_that_have_not_checked_in(office, clerk, expect):
    here, coming, late, gone, cancelled, tomorrow = [
        expect(minutes) for minutes in (5, 60, -30, -61, 90, 24 * 60)
    ]
    check_in(office=office, code=here.code, actor=CITIZEN)
    Appointment.objects.filter(pk=cancelled.pk).update(state=Appointment.State.CANCELLED)
    expected = desk_state(office, clerk).expected
    assert [(one.appointment, one.is_late) for one in expected] == [(late, True), (coming, False)]
    assert gone not in [one.appointment for one in expected]
    assert tomorrow not in [one.appointment for one in expected]


def test_a_counter_knows_whom_it_cannot_serve(
    office, clerk, staffed_counter, arrive, offering, set_time
):
    passports = OfferingFactory(office=office, letter="P")
    staffed_counter.offerings.add(passports)
    arrive()
    set_time(TUESDAY + timedelta(minutes=1))
    draw_ticket(office=office, items=[Item(passports, 1)], actor=CITIZEN)
    state = desk_state(office, clerk)
    assert [(one.visit.number, one.servable) for one in state.waiting] == [
        ("A001", False),
        ("P001", True),
    ]
    assert state.next.visit.number == "P001"


def test_a_counter_is_free_called_serving_paused_or_closed(office, clerk, staffed_counter, arrive):
    CounterFactory(office=office)
    states = lambda: [line.state for line in desk_state(office, clerk).counters]  # noqa: E731
    assert states() == ["free", "closed"]
    arrive()
    visit = visits.call_next(staffed_counter.pk, staff=clerk)
    assert states() == ["called", "closed"]
    visits.begin(visit.pk, actor=Actor(staff=clerk))
    assert states() == ["serving", "closed"]


@pytest.mark.parametrize(
    ("state", "possible", "next_possible"),
    [
        ("called", ["begin", "recall", "missed", "put_back", "park"], False),
        ("serving", ["park", "finish"], True),
    ],
)
def test_only_possible_actions_can_be_pressed(
    office, clerk, staffed_counter, arrive, state, possible, next_possible
):
    arrive()
    visit = visits.call_next(staffed_counter.pk, staff=clerk)
    Visit.objects.filter(pk=visit.pk).update(state=state)
    shown = desk_state(office, clerk)
    assert [one.action.name for one in shown.actions if one.possible] == possible
    assert shown.may_call_next is next_possible
    assert shown.may_call is False


def test_nobody_is_called_without_a_counter(office, clerk, arrive):
    arrive()
    state = desk_state(office, clerk)
    assert (state.mine, state.may_call, state.may_call_next) == (None, False, False)
    assert [one.possible for one in state.actions] == [False] * 6


def test_missed_are_those_of_the_offices_own_day(office, clerk, staffed_counter, arrive, set_time):
    arrive()
    visit = visits.call_next(staffed_counter.pk, staff=clerk)
    visits.missed(visit.pk, actor=Actor(staff=clerk))
    assert numbers(desk_state(office, clerk).missed) == ["A001"]
    set_time(TUESDAY + timedelta(days=1))
    assert desk_state(office, clerk).missed == []


def test_the_number_of_queries_does_not_grow_with_the_queue(
    office, clerk, staffed_counter, arrive, expect
):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            state = desk_state(office, clerk)
            for person in state.waiting:
                assert person.services
                assert person.name == ""
            for expected in state.expected:
                assert expected.services
        return len(captured)

    arrive()
    visits.call_next(staffed_counter.pk, staff=clerk)
    for minutes in (60, 70):
        arrive()
        expect(minutes)
    few = queries()
    for minutes in range(80, 140, 10):
        expect(minutes)
    for _ in range(38):
        arrive()
    assert len(desk_state(office, clerk).waiting) == 40
    assert queries() == few == 12


def test_each_who_waits_has_what_remains_and_whether_it_will_be_too_long(
    office, clerk, staffed_counter, arrive, set_time
):
    office.target_wait_minutes = 30
    office.save()
    first, second, third = arrive(), arrive(), arrive()
    set_time(TUESDAY + timedelta(minutes=20))
    make_forecast(office, visits={first.pk: Wait(4, 10, 14), second.pk: Wait(6, 11, 14)})
    state = desk_state(office, clerk)
    assert [person.remaining for person in state.waiting] == ["0–15", "5–15", ""]
    assert [person.waits_too_long for person in state.waiting] == [False, True, False]
    assert state.too_long == 1
    assert third.pk == state.waiting[2].visit.pk


def test_whoever_has_an_appointment_waits_from_its_start_on(
    office, clerk, staffed_counter, offering
):
    office.target_wait_minutes = 30
    office.save()
    at_ten = booked(offering, TUESDAY.replace(hour=10, minute=0))
    visit = check_in(office=office, code=str(at_ten.code), actor=CITIZEN)
    for middle, is_too_long in ((60, False), (61, True), (inf, False)):
        make_forecast(office, visits={visit.pk: Wait(10, middle, max(middle, 90))})
        assert desk_state(office, clerk).waiting[0].waits_too_long == is_too_long
