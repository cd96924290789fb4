"""Rolling release: each slot opens at its own minute, never a whole day at once."""

from datetime import date, datetime, time, timedelta

import pytest

from booking.domain.availability import free_starts
from booking.domain.errors import OutsideHours
from booking.domain.holding import hold_appointment, move_hold
from booking.domain.items import Item
from booking.domain.moving import move_appointment
from booking.domain.publishing import released_until
from tests import factories
from tests.conftest import BERLIN

# The last day of the horizon of 62 days on the Wednesday before; a Tuesday.
LAST = date(2027, 1, 26)
OPENS = datetime(2026, 11, 25, 8, 0, tzinfo=BERLIN)


@pytest.fixture
def items(offering):
    return [Item(offering, 1)]


def on_the_last_day(text: str) -> datetime:
    return datetime.combine(LAST, time.fromisoformat(text), BERLIN)


def free(office, items, **options) -> list[str]:
    starts = free_starts(office, items, first_day=LAST, days=1, **options).get(LAST, ())
    return [f"{start:%H:%M}" for start in starts]


def test_nothing_opens_at_midnight(office, items, set_time):
    set_time(OPENS.replace(hour=0))
    assert free(office, items) == []


def test_each_slot_opens_at_its_own_minute(office, items, set_time):
    set_time(OPENS - timedelta(seconds=1))
    assert free(office, items) == []
    set_time(OPENS)
    assert free(office, items) == ["08:00"]
    set_time(OPENS + timedelta(minutes=9, seconds=59))
    assert free(office, items) == ["08:00"]
    set_time(OPENS + timedelta(minutes=10))
    assert free(office, items) == ["08:00", "08:10"]


def test_what_is_remembered_opens_at_its_minute_too(transactional_db, set_time):
    office = factories.OfficeFactory()
    factories.make_hours(office)
    items = [Item(factories.OfferingFactory(office=office), 1)]
    set_time(OPENS)
    assert free(office, items) == ["08:00"]
    set_time(OPENS + timedelta(minutes=10))
    assert free(office, items) == ["08:00", "08:10"]


def test_a_long_appointment_opens_with_its_last_slot(office, items, set_time):
    long = [Item(items[0].offering, 3)]
    set_time(OPENS + timedelta(minutes=19))
    assert free(office, long) == []
    with pytest.raises(OutsideHours):
        hold_appointment(office=office, items=long, start=on_the_last_day("08:00"))
    set_time(OPENS + timedelta(minutes=20))
    assert free(office, long) == ["08:00"]
    hold_appointment(office=office, items=long, start=on_the_last_day("08:00"))


def test_neither_a_hold_nor_a_move_is_earlier_than_the_release(office, items, set_time):
    first = hold_appointment(
        office=office, items=items, start=datetime(2026, 12, 1, 8, 0, tzinfo=BERLIN)
    )
    set_time(OPENS)
    early = on_the_last_day("08:10")
    with pytest.raises(OutsideHours):
        hold_appointment(office=office, items=items, start=early)
    with pytest.raises(OutsideHours):
        move_hold(first.pk, items=items, start=early)
    set_time(OPENS + timedelta(minutes=10))
    hold_appointment(office=office, items=items, start=early)


def test_staff_have_the_last_day_from_its_beginning(office, items, set_time):
    set_time(OPENS.replace(hour=0))
    assert len(free(office, items, by_staff=True)) == 24
    noon = on_the_last_day("11:50")
    held = hold_appointment(office=office, items=items, start=noon, by_staff=True)
    held.name = "Erika Mustermann"
    held.state = held.State.BOOKED
    held.save()
    assert move_appointment(held.pk, start=noon - timedelta(hours=1), by_staff=True).is_live


@pytest.mark.parametrize(
    ("now", "opened"),
    [
        (datetime(2027, 1, 25, 9, 30, tzinfo=BERLIN), datetime(2027, 3, 28, 9, 30, tzinfo=BERLIN)),
        (datetime(2026, 8, 24, 9, 30, tzinfo=BERLIN), datetime(2026, 10, 25, 9, 30, tzinfo=BERLIN)),
    ],
)
def test_the_minute_is_the_one_on_the_wall_where_the_clocks_change(office, set_time, now, opened):
    set_time(now)
    assert released_until(office) == opened
