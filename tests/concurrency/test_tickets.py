"""Many draw tickets at once."""

from functools import partial

import pytest

from booking.domain import arrivals
from booking.domain.actor import CITIZEN
from booking.domain.arrivals import draw_ticket
from booking.domain.errors import DayFull
from booking.domain.items import Item
from booking.domain.visits import transfer
from booking.models import Office, Visit
from tests import factories

from .rivals import Meeting, assert_only_refused, race

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def test_six_kiosks_draw_twenty_tickets_each_and_no_number_twice(office, items):
    def draw_twenty():
        return [draw_ticket(office=office, items=items, actor=CITIZEN) for _ in range(20)]

    outcomes = race([draw_twenty] * 6)
    assert_only_refused(outcomes)
    numbers = sorted(visit.number for visits in outcomes for visit in visits)
    assert numbers == [f"A{serial:03d}" for serial in range(1, 121)]


def test_the_greatest_number_plus_one_would_be_given_twice(
    office, items, monkeypatch, drop_constraint
):
    def greatest_plus_one(office, day, letter):
        drawn = Visit.objects.filter(office=office, day=day, letter=letter).count()
        return add_one(drawn)

    add_one = Meeting(lambda drawn: drawn + 1, 2)
    drop_constraint(Visit, "visit_number_once_a_day")
    monkeypatch.setattr(arrivals, "draw_serial", greatest_plus_one)
    draw = partial(draw_ticket, office=office, items=items, actor=CITIZEN)
    assert [visit.number for visit in race([draw] * 2)] == ["A001", "A001"]


def test_the_last_ticket_of_the_day_is_drawn_once(office, items):
    Office.objects.update(daily_tickets=5)
    office.refresh_from_db()
    other = Item(factories.OfferingFactory(office=office, letter="B"), 1)
    draws = [partial(draw_ticket, office=office, items=i, actor=CITIZEN) for i in (items, [other])]
    outcomes = race(draws * 6)
    assert_only_refused(outcomes)
    assert [type(one) for one in outcomes if isinstance(one, Exception)] == [DayFull] * 7
    assert Visit.objects.count() == 5


def test_without_the_lock_the_last_ticket_would_be_drawn_twice(office, items, monkeypatch):
    Office.objects.update(daily_tickets=1)
    office.refresh_from_db()
    monkeypatch.setattr(arrivals, "lock_daily_tickets", lambda office: None)
    monkeypatch.setattr(arrivals, "_make_visit", Meeting(arrivals._make_visit, 2))
    draw = partial(draw_ticket, office=office, items=items, actor=CITIZEN)
    assert [type(one) for one in race([draw] * 2)] == [Visit, Visit]


def test_a_double_tap_draws_one_ticket(office, items):
    tap = partial(draw_ticket, office=office, items=items, actor=CITIZEN, idempotency_key="tap")
    outcomes = race([tap] * 8)
    assert_only_refused(outcomes)
    assert len({visit.pk for visit in outcomes}) == 1
    assert Visit.objects.count() == 1


def test_transfers_that_cross_between_two_offices_do_not_deadlock(office, items):
    other = factories.OfficeFactory(authority=office.authority)
    factories.make_hours(other)
    there = factories.OfferingFactory(office=other, service=items[0].offering.service)
    here = [draw_ticket(office=office, items=items, actor=CITIZEN) for _ in range(20)]
    away = [draw_ticket(office=other, items=[Item(there, 1)], actor=CITIZEN) for _ in range(20)]
    acts = [
        partial(transfer, visit.pk, actor=CITIZEN, office=target)
        for pair in zip(here, away, strict=True)
        for visit, target in zip(pair, (other, office), strict=True)
    ]
    draws = [partial(draw_ticket, office=office, items=items, actor=CITIZEN)] * 10
    assert [one for one in race(acts + draws) if isinstance(one, Exception)] == []
    assert Visit.objects.filter(office=office).count() == 30
    assert Visit.objects.filter(office=other).count() == 20


def test_one_visit_transferred_to_two_offices_at_once_ends_at_one(office, items):
    offices = [office]
    for _ in range(2):
        offices.append(factories.OfficeFactory(authority=office.authority))
        factories.OfferingFactory(office=offices[-1], service=items[0].offering.service)
    for _ in range(10):
        visit = draw_ticket(office=office, items=items, actor=CITIZEN)
        acts = [partial(transfer, visit.pk, actor=CITIZEN, office=target) for target in offices]
        assert [one for one in race(acts * 2) if isinstance(one, Exception)] == []
        visit.refresh_from_db()
        assert visit.events.count() == 7
        assert visit.items.get().offering.office == visit.office
