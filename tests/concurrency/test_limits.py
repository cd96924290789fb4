"""Many who share an address, a device or a network book at the same moment: never one too many."""

from datetime import datetime, timedelta
from functools import partial

import pytest

from booking.domain import holding, limits
from booking.domain.confirming import confirm_appointment
from booking.domain.errors import LimitReached
from booking.domain.holding import hold_appointment
from booking.domain.limits import Asker
from booking.models import Appointment, Office
from tests.conftest import BERLIN

from .rivals import Meeting, assert_only_refused, race

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

NEXT_TUESDAY = datetime(2026, 12, 1, 8, 0, tzinfo=BERLIN)
HOME = Asker(device="one browser", network="198.51.100.0/22")


def start(number: int) -> datetime:
    return NEXT_TUESDAY + timedelta(minutes=10 * number)


def limit(office: Office, **values: int) -> None:
    Office.objects.filter(pk=office.pk).update(**values)
    office.refresh_from_db()


def test_rivals_of_one_device_cannot_exceed_its_limit_together(office, items):
    limit(office, device_limit=3)
    acts = [
        partial(hold_appointment, office=office, items=items, start=start(number), asker=HOME)
        for number in range(12)
    ]
    outcomes = race(acts)
    assert_only_refused(outcomes)
    assert [type(one) for one in outcomes].count(Appointment) == 3
    assert [type(one) for one in outcomes].count(LimitReached) == 9


def test_rivals_of_one_address_cannot_exceed_its_limit_together(office, items):
    limit(office, email_limit=2)
    held = [
        hold_appointment(office=office, items=items, start=start(number)) for number in range(8)
    ]
    acts = [
        partial(confirm_appointment, one.pk, name="Erika Mustermann", email="erika@example.org")
        for one in held
    ]
    outcomes = race(acts)
    assert_only_refused(outcomes)
    assert Appointment.objects.filter(state="booked").count() == 2


def test_without_waiting_for_each_other_they_would_exceed_it(office, items, monkeypatch):
    limit(office, device_limit=1)
    monkeypatch.setattr(limits, "_wait_for_others", lambda _keys: None)
    # All have counted before one takes its places.

    monkeypatch.setattr(holding, "find_room", Meeting(holding.find_room, 3))
    acts = [
        partial(hold_appointment, office=office, items=items, start=start(number), asker=HOME)
        for number in range(3)
    ]
    assert [type(one) for one in race(acts)] == [Appointment] * 3
