"""Desk and front desk show what somebody said on the way, until they are here."""

from datetime import timedelta

import pytest
from django.urls import reverse

from booking.domain.confirming import confirm_appointment
from booking.domain.counters import open_counter
from booking.domain.holding import hold_appointment
from booking.domain.items import Item
from booking.domain.running_late import say_late
from booking.models import StaffRole
from tests import factories
from tests.conftest import TUESDAY


@pytest.mark.parametrize(
    ("page", "role"),
    [
        ("desk_office", StaffRole.Role.CLERK),
        ("reception_office", StaffRole.Role.FRONT_DESK),
    ],
)
def test_who_runs_late_is_shown_and_not_called_missing(
    client, office, offering, counter, set_time, page, role
):
    start = TUESDAY.replace(hour=10, minute=0)
    held = hold_appointment(office=office, items=[Item(offering, 1)], start=start)
    booked = confirm_appointment(held.pk, name="Kim Muster", email="kim@example.org")
    user = factories.make_staff(office, role)
    open_counter(counter.pk, staff=user)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    say_late(booked.pk, minutes=20)
    shown = {}
    for late in (15, 25):
        set_time(start + timedelta(minutes=late))
        text = client.get(reverse(page, args=[office.pk])).content.decode()
        assert "verspätet sich, etwa 10:20" in text
        shown[late] = "noch nicht da" in text
    assert shown == {15: False, 25: True}
