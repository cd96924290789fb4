from datetime import timedelta

import pytest

from booking.domain.actor import CITIZEN
from booking.domain.arrivals import draw_ticket
from booking.domain.items import Item
from booking.domain.tickets import bring_serial, draw_serial
from booking.domain.visits import transfer
from booking.models import TicketSeries
from tests import factories
from tests.conftest import TUESDAY

TODAY = TUESDAY.date()


def test_serials_rise_by_one_for_each_letter_office_and_day(office, db):
    other = factories.OfficeFactory()
    assert [draw_serial(office, TODAY, "A") for _ in range(3)] == [1, 2, 3]
    assert draw_serial(office, TODAY, "B") == 1
    assert draw_serial(other, TODAY, "A") == 1
    assert draw_serial(office, TODAY + timedelta(days=1), "A") == 1


@pytest.fixture
def neighbours(office, offering):
    """Another office of the town that offers the same, and how to draw at either."""
    other = factories.OfficeFactory(authority=office.authority)
    factories.make_hours(other)
    there = factories.OfferingFactory(office=other, service=offering.service)

    def draw(at):
        item = Item(there if at == other else offering, 1)
        return draw_ticket(office=at, items=[item], actor=CITIZEN)

    return other, draw


def test_a_number_that_somebody_brought_along_is_passed_over(office, neighbours):
    other, draw = neighbours
    draw(other)
    brought = transfer(draw(other).pk, actor=CITIZEN, office=office)
    assert brought.number == "A002"
    assert [draw(office).number for _ in range(3)] == ["A001", "A003", "A004"]


def test_a_number_that_is_taken_is_changed_on_the_way(office, neighbours):
    other, draw = neighbours
    draw(office)
    assert transfer(draw(other).pk, actor=CITIZEN, office=office).number == "A002"


def test_bringing_a_serial_draws_none(office):
    assert bring_serial(office, TODAY, "A", 7) == 7
    assert TicketSeries.objects.get(office=office).last == 0


def test_after_999_the_number_gets_a_digit_more(office, neighbours):
    draw_serial(office, TODAY, "A")
    TicketSeries.objects.update(last=999)
    assert neighbours[1](office).number == "A1000"
