"""Any sequence of holding, moving, confirming, cancelling, waiting and changing the hours."""

from contextlib import suppress
from datetime import date, datetime, time, timedelta
from unittest import mock

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from booking import clock
from booking.domain import availability
from booking.domain.availability import free_starts
from booking.domain.cancelling import cancel_appointment
from booking.domain.confirming import confirm_appointment
from booking.domain.errors import Refused
from booking.domain.grid import grid_version
from booking.domain.holding import hold_appointment, move_hold
from booking.domain.holds import expire_holds
from booking.domain.hours import (
    remove_closure,
    remove_opening_hours,
    save_closure,
    save_opening_hours,
)
from booking.domain.items import Item
from booking.models import Appointment, Closure, OpeningHours, Slot
from tests import factories
from tests.conftest import BERLIN

from .conftest import RolledBackMachine
from .invariants import assert_slots_hold

MONDAY = datetime(2026, 11, 23, 12, tzinfo=BERLIN)
DAYS = [date(2026, 11, 24), date(2026, 11, 25), date(2026, 12, 1)]

quantities = st.integers(1, 4)
# Where people ask: on and off the grid, on open and closed days.
starts = st.builds(
    lambda day, minutes: datetime.combine(day, time(8), BERLIN) + timedelta(minutes=minutes),
    st.sampled_from([*DAYS, DAYS[0], DAYS[2]]),
    st.sampled_from([*range(0, 60, 10), *range(0, 60, 10), *range(5, 120, 5)]),
)
hours = {
    "weekday": st.sampled_from([1, 2]),
    "opens": st.sampled_from([time(8), time(8, 5), time(8, 30)]),
    "closes": st.sampled_from([time(9), time(9, 40), time(10)]),
    "unit_minutes": st.sampled_from([5, 10, 15, 20]),
    "counters": st.integers(1, 3),
}
places = st.integers(0, 50)


class SlotMachine(RolledBackMachine):
    def __init__(self, set_time) -> None:
        super().__init__()
        self.set_time = set_time
        self.now = MONDAY
        self.seen, self.version = [], 0
        # Times of the appointments that must be there: id → (start, end, held until).
        self.live: dict[object, tuple[datetime, datetime, datetime | None]] = {}

    @initialize()
    def open_an_office(self) -> None:
        self.set_time(self.now)
        self.office = factories.OfficeFactory(horizon_days=9)
        offerings = [
            factories.OfferingFactory(office=self.office, minutes=minutes) for minutes in (10, 15)
        ]
        self.offerings = offerings
        factories.make_hours(self.office, closes=time(10), counters=2)

    def what(self, quantity: int) -> list[Item]:
        return [Item(self.offerings[quantity % 2], quantity)]

    def pick(self, place: int):
        return list(self.live)[place % len(self.live)]

    def remember(self, appointment: Appointment) -> None:
        self.live[appointment.pk] = (appointment.start, appointment.end, appointment.expires_at)

    @rule(start=starts, quantity=quantities)
    def hold(self, start, quantity) -> None:
        with suppress(Refused):
            self.remember(
                hold_appointment(office=self.office, items=self.what(quantity), start=start)
            )

    @precondition(lambda self: self.live)
    @rule(place=places, start=starts, quantity=quantities)
    def move(self, place, start, quantity) -> None:
        with suppress(Refused):
            self.remember(move_hold(self.pick(place), items=self.what(quantity), start=start))

    @precondition(lambda self: self.live)
    @rule(place=places)
    def confirm(self, place) -> None:
        with suppress(Refused):
            self.remember(
                confirm_appointment(self.pick(place), name="E. M.", email="e@example.org")
            )

    @precondition(lambda self: self.live)
    @rule(place=places)
    def cancel(self, place) -> None:
        with suppress(Refused):
            del self.live[cancel_appointment(self.pick(place)).pk]

    @rule(minutes=st.sampled_from([1, 8, 16, 16, 1440]))
    def wait(self, minutes) -> None:
        self.now += timedelta(minutes=minutes)
        self.set_time(self.now)

    @precondition(lambda self: any(held for _start, _end, held in self.live.values()))
    @rule()
    def let_holds_lapse(self) -> None:
        self.now += timedelta(minutes=16)
        self.set_time(self.now)
        expire_holds(self.office)

    @rule(quantity=quantities)
    def look(self, quantity) -> None:
        free = free_starts(self.office, self.what(quantity), first_day=DAYS[0], days=14)
        for moments in free.values():
            assert all(moment > clock.now() for moment in moments)
        with mock.patch.object(availability, "may_remember", return_value=True):
            remembered = free_starts(self.office, self.what(quantity), first_day=DAYS[0], days=14)
        assert remembered == free

    @rule(changes=st.fixed_dictionaries(hours))
    def add_hours(self, changes) -> None:
        online = 1 + changes["counters"] // 3
        factories.make_hours(self.office, **changes, online_counters=online)

    @rule(place=places, changes=st.fixed_dictionaries({}, optional=hours))
    def change_hours(self, place, changes) -> None:
        series = list(OpeningHours.objects.filter(office=self.office))
        if series:
            changed = series[place % len(series)]
            for field, value in changes.items():
                setattr(changed, field, value)
            changed.online_counters = changed.counters
            save_opening_hours(changed)

    @rule(place=places)
    def remove_hours(self, place) -> None:
        series = list(OpeningHours.objects.filter(office=self.office))
        if series:
            remove_opening_hours(series[place % len(series)])

    @rule(day=st.sampled_from(DAYS))
    def close_a_day(self, day) -> None:
        save_closure(Closure(office=self.office, first_day=day, last_day=day))

    @rule()
    def open_a_day(self) -> None:
        if (closure := Closure.objects.filter(office=self.office).first()) is not None:
            remove_closure(closure)

    @invariant()
    def slots_count_what_is_live(self) -> None:
        if hasattr(self, "office"):
            assert_slots_hold(self.office)

    @invariant()
    def the_version_rises_with_every_change(self) -> None:
        if hasattr(self, "office"):
            slots = Slot.objects.filter(series__office=self.office).order_by("pk")
            seen = list(slots.values_list("pk", "start", "booked", "capacity"))
            version = grid_version(self.office.pk)
            assert seen == self.seen or version > self.version
            self.seen, self.version = seen, version

    @invariant()
    def nobody_is_lost_or_moved(self) -> None:
        rows = {one.pk: one for one in Appointment.objects.filter(pk__in=list(self.live))}
        for key, (start, end, held_until) in list(self.live.items()):
            one = rows[key]
            if one.state == Appointment.State.EXPIRED:
                assert held_until is not None
                assert held_until <= clock.now()
            else:
                assert one.is_live
                assert (one.start, one.end) == (start, end)


def test_slots_count_what_appointments_hold_whatever_happens(play, set_time):
    play(lambda: SlotMachine(set_time), examples=60, steps=30)
