"""Said on the way: the desk knows, and the order stays what the rule makes it."""

from datetime import timedelta

import pytest

from booking.domain.actor import Actor
from booking.domain.arrivals import check_in
from booking.domain.cancelling import cancel_appointment
from booking.domain.confirming import confirm_appointment
from booking.domain.errors import AlreadyCheckedIn, AppointmentEnded
from booking.domain.forecasting import read_situation
from booking.domain.holding import hold_appointment
from booking.domain.items import Item
from booking.domain.running_late import minutes_to_choose, say_late
from booking.models import Queue
from tests.conftest import TUESDAY

START = TUESDAY.replace(hour=10, minute=0)


@pytest.fixture
def booked(office, offering):
    held = hold_appointment(office=office, items=[Item(offering, 1)], start=START)
    return confirm_appointment(held.pk, name="Kim Muster", email="kim@example.org")


def version(office) -> int:
    return Queue.objects.get(pk=office.pk).version


def test_what_is_said_is_announced_once_and_can_be_taken_back(office, booked):
    before = version(office)
    for _click in range(2):
        assert say_late(booked.pk, minutes=20).expected_at == START + timedelta(minutes=20)
    assert version(office) == before + 1
    assert say_late(booked.pk, minutes=0).late_minutes is None
    assert version(office) == before + 2


@pytest.mark.parametrize(
    ("arrives", "rule", "due"), [(10, "on_time", 0), (11, "late", 26), (-5, "on_time", 0)]
)
@pytest.mark.parametrize("said", [0, 30])
def test_it_changes_no_order(office, booked, set_time, arrives, rule, due, said):
    """The grace is ten minutes, the late wait fifteen, whatever was said."""
    say_late(booked.pk, minutes=said)
    set_time(START + timedelta(minutes=arrives))
    visit = check_in(office=office, code=booked.code, actor=Actor())
    assert (visit.due_rule, visit.due_at) == (rule, START + timedelta(minutes=due))


def test_the_forecast_expects_them_when_they_will_be_due(office, booked):
    def expected() -> list[float]:
        situation, _seen = read_situation(office)
        return [one.start for one in situation.expected]

    assert expected() == [600]
    say_late(booked.pk, minutes=10)
    assert expected() == [600]
    say_late(booked.pk, minutes=30)
    assert expected() == [600 + 30 + office.late_wait_minutes]


@pytest.mark.parametrize("minutes", [-1, 7, 90])
def test_nothing_else_than_what_is_offered_can_be_said(office, booked, minutes):
    assert minutes_to_choose(office) == [5, 10, 15, 20, 30, 45, 60]
    with pytest.raises(AppointmentEnded):
        say_late(booked.pk, minutes=minutes)


@pytest.mark.parametrize("moment", [START - timedelta(days=1), START + timedelta(minutes=61)])
def test_only_on_the_day_and_while_check_in_is_open(booked, set_time, moment):
    set_time(moment)
    with pytest.raises(AppointmentEnded):
        say_late(booked.pk, minutes=10)


def test_not_of_what_is_cancelled_or_here(office, booked):
    check_in(office=office, code=booked.code, actor=Actor())
    with pytest.raises(AlreadyCheckedIn):
        say_late(booked.pk, minutes=10)
    booked.visit.items.all().delete()
    booked.visit.events.all().delete()
    booked.visit.delete()
    cancel_appointment(booked.pk)
    with pytest.raises(AppointmentEnded):
        say_late(booked.pk, minutes=10)
