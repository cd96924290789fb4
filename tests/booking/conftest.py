"""Somebody of whom as much is kept as can be."""

import pytest

from booking.domain.actor import CITIZEN
from booking.domain.arrivals import check_in
from booking.domain.confirming import confirm_appointment
from booking.domain.holding import hold_appointment
from booking.domain.items import Item
from booking.domain.notes import set_note
from booking.domain.subscriptions import mail_subscription
from booking.models import Appointment, Offering, Office
from tests.conftest import TUESDAY


@pytest.fixture
def checked_in(office: Office, offering: Offering) -> Appointment:
    offering.service.name = "Personalausweis"
    offering.service.save()
    start = TUESDAY.replace(hour=10, minute=0)
    held = hold_appointment(office=office, items=[Item(offering, 1)], start=start)
    booked = confirm_appointment(held.pk, name="Kim Muster", email="kim@example.org")
    mail_subscription(booked.pk)
    visit = check_in(office=office, code=booked.code, actor=CITIZEN)
    set_note(visit.pk, note="braucht einen Dolmetscher")
    return Appointment.objects.get(pk=booked.pk)
