"""Many want the same few places."""

import random
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import IntegrityError

from booking.domain import capacity
from booking.domain.errors import OutsideHours, SlotTaken
from booking.domain.holding import hold_appointment
from booking.domain.items import Item
from booking.models import Appointment, Offering, Office, Slot
from tests import factories
from tests.conftest import BERLIN
from tests.properties.invariants import assert_slots_hold

from .rivals import Meeting, assert_only_refused, race

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

NO = (SlotTaken, OutsideHours)
NEXT_TUESDAY = datetime(2026, 12, 1, 8, 0, tzinfo=BERLIN)


@pytest.fixture
def one_place(db) -> Office:
    """One place at a time, Tuesdays 08:00–12:00."""
    office = factories.OfficeFactory()
    factories.make_hours(office, counters=1, online_counters=1)
    return office


def holds(office: Office, items: list[Item], start: datetime, count: int) -> list:
    return [partial(hold_appointment, office=office, items=items, start=start)] * count


def test_fifty_want_one_place_and_one_gets_it_twenty_times(one_place):
    items = [Item(factories.OfferingFactory(office=one_place), 1)]
    for number in range(20):
        start = NEXT_TUESDAY + timedelta(minutes=10 * number)
        outcomes = race(holds(one_place, items, start, 50))
        won = [one for one in outcomes if isinstance(one, Appointment)]
        lost = [one for one in outcomes if isinstance(one, SlotTaken)]
        assert (len(won), len(lost)) == (1, 49)
        assert all(one.alternatives for one in lost)
    assert_slots_hold(one_place)


def test_without_the_row_lock_the_constraint_is_what_is_left(one_place, monkeypatch, no_row_locks):
    items = [Item(factories.OfferingFactory(office=one_place), 1)]
    monkeypatch.setattr(capacity, "covers", Meeting(capacity.covers, 2))
    monkeypatch.setattr("booking.domain.holding.CODE_ATTEMPTS", 1)
    outcomes = race(holds(one_place, items, NEXT_TUESDAY, 2))
    assert sorted(type(one) for one in outcomes if isinstance(one, Exception)) == [IntegrityError]
    assert_slots_hold(one_place)


def test_without_lock_and_constraint_two_win_one_place(
    one_place, monkeypatch, no_row_locks, drop_constraint
):
    items = [Item(factories.OfferingFactory(office=one_place), 1)]
    drop_constraint(Slot, "slot_booked_within_capacity")
    monkeypatch.setattr(capacity, "covers", Meeting(capacity.covers, 2))
    outcomes = race(holds(one_place, items, NEXT_TUESDAY, 2))
    assert [type(one) for one in outcomes] == [Appointment, Appointment]
    assert Slot.objects.get(start=NEXT_TUESDAY).booked == 2


def test_two_hundred_claims_of_different_lengths_fill_and_never_overfill(office: Office):
    offering: Offering = factories.OfferingFactory(office=office, max_quantity=6)
    chance = random.Random(20261124)
    wishes = [(chance.randint(1, 6), chance.randrange(24)) for _ in range(200)]
    acts = [
        partial(
            hold_appointment,
            office=office,
            items=[Item(offering, units)],
            start=NEXT_TUESDAY + timedelta(minutes=10 * first),
        )
        for units, first in wishes
    ]
    outcomes = [outcome for first in range(0, 200, 50) for outcome in race(acts[first:][:50])]
    assert_only_refused(outcomes)
    assert {type(one) for one in outcomes} <= {Appointment, *NO}
    assert_slots_hold(office)
    slots = Slot.objects.filter(start__date="2026-12-01").order_by("start")
    booked = list(slots.values_list("booked", flat=True))
    assert max(booked) == 2
    # Places were only taken: whoever was refused finds no room even now.
    refused = [wish for wish, one in zip(wishes, outcomes, strict=True) if one.__class__ in NO]
    assert [
        (units, first)
        for units, first in refused
        if first + units <= len(booked) and all(one < 2 for one in booked[first : first + units])
    ] == []
