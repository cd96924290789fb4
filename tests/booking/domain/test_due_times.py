"""What an offering's own target wait does to the visits of its office."""

from datetime import timedelta

import pytest

from booking.domain import visits
from booking.domain.actor import CITIZEN, Actor
from booking.domain.arrivals import draw_ticket
from booking.domain.due_times import target_of
from booking.domain.forecasting import read_situation
from booking.domain.items import Item
from booking.domain.waiting import waiting_visits
from booking.models import Visit
from tests.conftest import TUESDAY
from tests.factories import OfferingFactory


@pytest.fixture
def collecting(office):
    return OfferingFactory(office=office, letter="C", target_wait_minutes=5)


def draw(office, *offerings):
    return draw_ticket(office=office, items=[Item(one, 1) for one in offerings], actor=CITIZEN)


def after(minutes):
    return TUESDAY + timedelta(minutes=minutes)


def test_a_short_matter_is_called_before_whoever_came_a_little_earlier(
    office, offering, collecting, set_time
):
    draw(office, offering)
    set_time(after(10))
    draw(office, collecting)
    places = [(one.number, one.due_at, one.due_rule) for one in waiting_visits(office)]
    assert places == [("C001", after(15), "service"), ("A001", after(30), "target")]


def test_when_a_priority_is_taken_back_the_target_of_the_service_holds_again(
    office, collecting, clerk, set_time
):
    visit, staff = draw(office, collecting), Actor(staff=clerk)
    set_time(after(3))
    visits.set_priority(visit.pk, priority=Visit.Priority.URGENT, actor=staff)
    assert Visit.objects.get().due_rule == "urgent"
    back = visits.set_priority(visit.pk, priority=Visit.Priority.NORMAL, actor=staff)
    assert (back.due_at, back.due_rule) == (after(5), "service")


def test_of_several_services_the_shortest_target_counts(office, offering, collecting):
    assert draw(office, offering, collecting).due_at == after(5)
    assert target_of(office, [offering]) == 30
    assert target_of(office, [offering, collecting]) == 5


def test_the_forecast_of_a_ticket_reckons_with_the_target_of_its_service(
    office, offering, collecting
):
    situation, _seen = read_situation(office)
    now = situation.now
    assert {one.id: one.due - now for one in situation.newcomers} == {
        offering.pk: 30, collecting.pk: 5,
    }  # fmt: skip
