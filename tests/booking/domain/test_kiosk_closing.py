from datetime import timedelta

import pytest

from booking.domain import arrivals
from booking.domain.actor import CITIZEN, Actor
from booking.domain.errors import TicketsEnded
from booking.domain.items import Item
from booking.domain.kiosk_closing import close_kiosk, is_kiosk_closed, reopen_kiosk
from booking.models import KioskClosing, Queue
from tests import factories
from tests.conftest import TUESDAY


@pytest.fixture
def draw(office, offering):
    def draw(**options):
        actor = options.pop("actor", CITIZEN)
        items = [Item(options.pop("offering", offering), 1)]
        return arrivals.draw_ticket(office=office, items=items, actor=actor, **options)

    return draw


def test_a_closed_kiosk_issues_no_ticket_and_a_reopened_one_does(office, draw):
    close_kiosk(office)
    with pytest.raises(TicketsEnded):
        draw()
    reopen_kiosk(office)
    assert draw().number == "A001"


def test_the_next_day_opens_by_itself(office, draw, set_time):
    close_kiosk(office)
    set_time(TUESDAY + timedelta(days=7))
    assert not is_kiosk_closed(office)
    assert draw().number == "A001"


def test_closing_twice_and_reopening_twice_change_nothing(office):
    close_kiosk(office)
    close_kiosk(office)
    assert KioskClosing.objects.count() == 1
    reopen_kiosk(office)
    reopen_kiosk(office)
    assert not is_kiosk_closed(office)


def test_another_office_goes_on(office):
    close_kiosk(office)
    assert not is_kiosk_closed(factories.OfficeFactory(authority=office.authority))


def test_the_screens_of_the_office_hear_of_it(office):
    close_kiosk(office)
    version = Queue.objects.get(pk=office.pk).version
    reopen_kiosk(office)
    assert Queue.objects.get(pk=office.pk).version == version + 1


def test_whoever_has_a_ticket_keeps_it(office, draw):
    ticket = draw(idempotency_key="k")
    close_kiosk(office)
    assert draw(idempotency_key="k") == ticket


def test_the_reception_decides_by_itself_whom_to_let_in(office, draw, clerk, set_time):
    close_kiosk(office)
    office.daily_tickets = 0
    office.save()
    by_appointment = factories.OfferingFactory(office=office, walk_in=False)
    set_time(TUESDAY.replace(hour=11, minute=55))
    given = draw(actor=Actor(staff=clerk), offering=by_appointment, at_reception=True)
    assert given.number == "A001"


def test_staff_who_only_stand_in_for_the_kiosk_are_refused_like_it(office, draw, clerk):
    close_kiosk(office)
    with pytest.raises(TicketsEnded):
        draw(actor=Actor(staff=clerk))
