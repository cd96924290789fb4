"""Several services in one visit: each with its own time, and at more than one counter."""

from datetime import timedelta

import pytest

from booking.domain import visits
from booking.domain.actor import CITIZEN, Actor
from booking.domain.arrivals import draw_ticket
from booking.domain.counters import open_counter
from booking.domain.errors import CannotServe, WrongState
from booking.domain.items import Item
from booking.domain.undo import undo
from booking.models import Visit
from tests.conftest import TUESDAY
from tests.factories import CounterFactory, OfferingFactory, OfficeFactory, make_staff

State = Visit.State


@pytest.fixture
def passports(office):
    return OfferingFactory(office=office, letter="P")


@pytest.fixture
def cars(office):
    return OfferingFactory(office=office, letter="K")


@pytest.fixture
def seat(office):
    """A counter with its clerk, for these services."""

    def one(*offerings):
        counter = CounterFactory(office=office)
        counter.offerings.set(offerings)
        staff = make_staff(office)
        return open_counter(counter.pk, staff=staff), staff

    return one


@pytest.fixture
def draw(office):
    def one(*offerings):
        items = [Item(offering, 1) for offering in offerings]
        return draw_ticket(office=office, items=items, actor=CITIZEN)

    return one


def kinds(visit):
    return [event.kind for event in visit.events.all()]


def left_to_do(visit):
    return [item.offering for item in visit.items.filter(done_at=None)]


def test_whoever_needs_two_counters_goes_from_one_to_the_other_at_the_old_place(
    draw, seat, passports, cars, set_time
):
    (first, its_clerk), (second, their_clerk) = seat(passports), seat(cars)
    both = draw(passports, cars)
    set_time(TUESDAY + timedelta(minutes=1))
    draw(cars)
    assert visits.call_next(first.pk, staff=its_clerk) == both
    visits.begin(both.pk, actor=Actor(staff=its_clerk))
    visits.finish_and_call_next(first.pk, staff=its_clerk)
    waiting = Visit.objects.get(pk=both.pk)
    assert (waiting.state, waiting.due_at, left_to_do(waiting)) == (
        State.WAITING, both.due_at, [cars]
    )  # fmt: skip
    with pytest.raises(CannotServe):
        visits.call_visit(both.pk, first.pk, staff=its_clerk)
    assert visits.call_next(second.pk, staff=their_clerk) == both
    visits.begin(both.pk, actor=Actor(staff=their_clerk))
    assert visits.finish(both.pk, actor=Actor(staff=their_clerk)).state == State.DONE
    assert kinds(both) == ["drawn", "called", "begun", "passed_on", "called", "begun", "finished"]


def test_as_long_as_one_open_counter_can_do_everything_nobody_is_sent_around(
    draw, seat, passports, cars
):
    (narrow, its_clerk), (wide, their_clerk) = seat(passports), seat(passports, cars)
    both = draw(passports, cars)
    assert visits.call_next(narrow.pk, staff=its_clerk) is None
    assert visits.call_next(wide.pk, staff=their_clerk) == both


def test_a_counter_for_everything_is_one_too(draw, seat, passports, cars):
    (narrow, its_clerk), (everything, their_clerk) = seat(passports), seat()
    both = draw(passports, cars)
    assert visits.call_next(narrow.pk, staff=its_clerk) is None
    assert visits.call_next(everything.pk, staff=their_clerk) == both


def test_each_service_has_its_own_time(draw, seat, passports, cars, set_time):
    counter, clerk = seat()
    visit = draw(passports, cars)
    visits.call_next(counter.pk, staff=clerk)
    visits.begin(visit.pk, actor=Actor(staff=clerk))
    set_time(TUESDAY + timedelta(minutes=8))
    visits.finish_item(visit.pk, passports.pk, actor=Actor(staff=clerk))
    assert left_to_do(visit) == [cars]
    set_time(TUESDAY + timedelta(minutes=20))
    visits.finish(visit.pk, actor=Actor(staff=clerk))
    log = [(one.kind, one.offering, one.at) for one in visit.events.all()][-2:]
    assert log == [
        ("item_done", passports, TUESDAY + timedelta(minutes=8)),
        ("finished", None, TUESDAY + timedelta(minutes=20)),
    ]


def test_a_service_is_done_once_and_only_while_the_person_is_served(draw, seat, passports, cars):
    counter, clerk = seat()
    visit = draw(passports)
    actor = Actor(staff=clerk)
    with pytest.raises(WrongState):
        visits.finish_item(visit.pk, passports.pk, actor=actor)
    visits.call_next(counter.pk, staff=clerk)
    visits.begin(visit.pk, actor=actor)
    visits.finish_item(visit.pk, passports.pk, actor=actor)
    for offering in (passports, cars):
        with pytest.raises(WrongState):
            visits.finish_item(visit.pk, offering.pk, actor=actor)


@pytest.mark.parametrize("action", ["finish", "finish_item"])
def test_what_was_done_can_be_undone(draw, seat, passports, cars, action):
    counter, clerk = seat(passports)
    visit = draw(passports, cars)
    actor = Actor(staff=clerk)
    visits.call_next(counter.pk, staff=clerk)
    visits.begin(visit.pk, actor=actor)
    arguments = [passports.pk] if action == "finish_item" else []
    getattr(visits, action)(visit.pk, *arguments, actor=actor)
    assert left_to_do(visit) == [cars]
    undo(staff=clerk)
    back = Visit.objects.get(pk=visit.pk)
    assert (back.state, back.counter, set(left_to_do(back))) == (
        State.SERVING, counter, {passports, cars}
    )  # fmt: skip


def test_a_transfer_takes_along_only_what_is_left_to_do(draw, seat, office, passports, cars):
    counter, clerk = seat()
    visit = draw(passports, cars)
    actor = Actor(staff=clerk)
    visits.call_next(counter.pk, staff=clerk)
    visits.begin(visit.pk, actor=actor)
    visits.finish_item(visit.pk, passports.pk, actor=actor)
    other = OfficeFactory(authority=office.authority)
    there = OfferingFactory(office=other, service=cars.service)
    sent = visits.transfer(visit.pk, actor=actor, office=other)
    assert left_to_do(sent) == [there]
    assert [item.offering for item in sent.items.exclude(done_at=None)] == [passports]
