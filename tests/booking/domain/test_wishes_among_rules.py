"""The waiting list beside the other rules: limits, rolling release, places nobody came to."""

from datetime import date, datetime, time, timedelta

import pytest

from booking.domain.confirming import confirm_appointment
from booking.domain.errors import LimitReached, SlotTaken
from booking.domain.holding import hold_appointment
from booking.domain.items import Item
from booking.domain.offer_answers import accept_offer
from booking.domain.offers import offer_due_places
from booking.domain.unused import give_back_unused
from booking.models import Appointment, Office
from tests import factories
from tests.conftest import BERLIN, TUESDAY
from tests.wishes import listed, offer_of

EIGHT = datetime(2026, 12, 1, 8, 0, tzinfo=BERLIN)
KIM = {"name": "Kim Muster", "email": "kim@example.org"}


@pytest.fixture
def office(db) -> Office:
    """One place at a time, Tuesdays 08:00–12:00."""
    made = factories.OfficeFactory(horizon_days=9, wish_lead_minutes=1)
    factories.make_hours(made, counters=1, online_counters=1)
    return made


def book(offering, start: datetime) -> Appointment:
    held = hold_appointment(office=offering.office, items=[Item(offering, 1)], start=start)
    return confirm_appointment(held.pk, **KIM)


def test_an_offer_that_an_appointment_is_given_up_for_is_not_one_more(office, offering):
    office.email_limit = 1
    office.save()
    booked = book(offering, EIGHT + timedelta(minutes=30))
    wish = listed(offering, appointment=booked, latest_day=date(2026, 12, 1))
    assert offer_due_places() == 1
    taken = accept_offer(offer_of(wish), name="Kim Muster")
    assert (taken.state, taken.start < booked.start) == (Appointment.State.BOOKED, True)
    booked.refresh_from_db()
    assert booked.state == Appointment.State.CANCELLED


def test_an_offer_beside_an_appointment_meets_the_limit(office, offering):
    office.email_limit = 1
    office.save()
    book(offering, EIGHT)
    wish = listed(offering)
    assert offer_due_places() == 1
    with pytest.raises(LimitReached):
        accept_offer(offer_of(wish), name="Kim Muster")
    assert offer_of(wish) is not None


def test_a_time_that_opens_is_offered_before_anybody_takes_it(office, offering, set_time):
    office.horizon_days = 6
    office.save()
    wish = listed(offering, latest_day=date(2026, 12, 1), from_time=time(8), until_time=time(8, 10))
    # All of today suits nobody: it is past eight.
    assert offer_due_places() == 0
    set_time(datetime(2026, 11, 25, 8, 0, tzinfo=BERLIN))
    with pytest.raises(SlotTaken):
        hold_appointment(office=office, items=[Item(offering, 1)], start=EIGHT)
    assert offer_of(wish).start == EIGHT


def test_a_place_nobody_came_to_is_offered(office, offering, set_time):
    long = factories.OfferingFactory(office=office, minutes=140)
    start = TUESDAY + timedelta(minutes=10)
    book(long, start)
    wish = listed(offering, latest_day=TUESDAY.date(), from_time=time(11, 50))
    assert offer_due_places() == 0
    set_time(start + timedelta(minutes=office.grace_minutes))
    assert give_back_unused() == 1
    assert offer_due_places() == 1
    assert offer_of(wish).start == TUESDAY.replace(hour=11, minute=50)
