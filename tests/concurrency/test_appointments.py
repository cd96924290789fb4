"""One appointment, several who change it at once; and everything at once."""

import random
import threading
from datetime import datetime, timedelta
from functools import partial

import pytest

from booking.domain import holding, publishing
from booking.domain.actor import CITIZEN
from booking.domain.arrivals import check_in
from booking.domain.availability import free_starts
from booking.domain.cancelling import cancel_appointment
from booking.domain.confirming import confirm_appointment
from booking.domain.errors import AppointmentEnded, OutsideHours, SlotTaken
from booking.domain.holding import hold_appointment, move_hold
from booking.domain.holds import expire_holds
from booking.domain.hours import save_opening_hours
from booking.domain.items import Item
from booking.models import Appointment, OutboxMail, Slot, Visit
from booking.prepared import ask
from tests import factories
from tests.conftest import BERLIN, TUESDAY
from tests.properties.invariants import assert_slots_hold

from .rivals import Meeting, assert_only_refused, race

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

NEXT_TUESDAY = datetime(2026, 12, 1, 8, 0, tzinfo=BERLIN)
DETAILS = {"name": "Erika Mustermann", "email": "erika@example.org"}


def test_two_clicks_with_one_key_are_one_appointment(office, items):
    click = partial(
        hold_appointment, office=office, items=items, start=NEXT_TUESDAY, idempotency_key="click"
    )
    outcomes = race([click] * 8)
    assert [one for one in outcomes if isinstance(one, Exception)] == []
    assert len({one.pk for one in outcomes}) == 1
    assert Slot.objects.get(start=NEXT_TUESDAY).booked == 1


def test_two_clicks_with_one_key_for_the_last_place_are_one_appointment(items):
    office = items[0].offering.office
    office.opening_hours.update(counters=1, online_counters=1)
    publishing.publish_slots(office.opening_hours.get().pk, first_day=TUESDAY.date())
    click = partial(
        hold_appointment, office=office, items=items, start=NEXT_TUESDAY, idempotency_key="click"
    )
    assert len({one.pk for one in race([click] * 8)}) == 1


def test_without_the_constraint_two_clicks_would_be_two(
    office, items, monkeypatch, drop_constraint
):
    drop_constraint(Appointment, "appointment_once_per_key")
    # Both have looked for the key before either claims.
    look = Meeting(holding.at_second_look, 2)
    monkeypatch.setattr(holding, "at_second_look", look)
    click = partial(
        hold_appointment, office=office, items=items, start=NEXT_TUESDAY, idempotency_key="click"
    )
    assert len({one.pk for one in race([click] * 2)}) == 2


def test_confirming_expiring_and_cancelling_end_in_one_state(office, items, set_time):
    for number in range(12):
        start = NEXT_TUESDAY + timedelta(minutes=10 * number)
        set_time(TUESDAY)
        held = hold_appointment(office=office, items=items, start=start)
        set_time(TUESDAY + timedelta(minutes=16))
        outcomes = race(
            [
                partial(confirm_appointment, held.pk, **DETAILS),
                partial(expire_holds, office),
                partial(cancel_appointment, held.pk),
                partial(confirm_appointment, held.pk, **DETAILS),
                expire_holds,
                partial(cancel_appointment, held.pk),
            ]
        )
        assert_only_refused(outcomes)
        held.refresh_from_db()
        booked = Slot.objects.get(start=start).booked
        assert booked == (1 if held.state == "booked" else 0)
        mails = OutboxMail.objects.filter(appointment=held)
        mails = sorted(mails.values_list("kind", flat=True))
        told = {"booked": ["confirmation"], "expired": []}
        if held.state == "cancelled":
            assert mails in ([], ["cancellation", "confirmation"])
        else:
            assert mails == told[held.state]
    assert_slots_hold(office)


def test_two_check_ins_of_one_code_are_one_visit(office, items, set_time):
    start = TUESDAY + timedelta(minutes=30)
    held = hold_appointment(office=office, items=items, start=start)
    confirm_appointment(held.pk, **DETAILS)
    outcomes = race([partial(check_in, office=office, code=held.code, actor=CITIZEN)] * 8)
    assert sorted(type(one).__name__ for one in outcomes) == ["AlreadyCheckedIn"] * 7 + ["Visit"]
    assert Visit.objects.count() == 1


def test_checking_in_and_cancelling_never_both_succeed(office, items):
    for number in range(10):
        start = TUESDAY + timedelta(minutes=10 + 10 * number)
        held = hold_appointment(office=office, items=items, start=start)
        confirm_appointment(held.pk, **DETAILS)
        arrived, cancelled = race(
            [
                partial(check_in, office=office, code=held.code, actor=CITIZEN),
                partial(cancel_appointment, held.pk),
            ]
        )
        assert isinstance(arrived, Visit) != isinstance(cancelled, Appointment)
    assert_slots_hold(office)


def test_holds_that_swap_their_times_do_not_deadlock(office, items):
    first = NEXT_TUESDAY
    second = NEXT_TUESDAY + timedelta(minutes=10)
    one = hold_appointment(office=office, items=items, start=first)
    other = hold_appointment(office=office, items=items, start=second)
    for there, back in [(second, first), (first, second)] * 6:
        outcomes = race(
            [
                partial(move_hold, one.pk, items=items, start=there),
                partial(move_hold, other.pk, items=items, start=back),
                partial(move_hold, one.pk, items=items, start=back),
                partial(move_hold, other.pk, items=items, start=there),
            ]
        )
        assert_only_refused(outcomes)
    assert_slots_hold(office)


def test_holds_that_swap_between_two_series_do_not_deadlock(office, items):
    more = factories.make_hours(office)
    holds = [hold_appointment(office=office, items=items, start=NEXT_TUESDAY) for _ in range(4)]
    later = NEXT_TUESDAY + timedelta(minutes=20)
    for start in [later, NEXT_TUESDAY] * 5:
        acts = [partial(move_hold, held.pk, items=items, start=start) for held in holds]
        assert_only_refused(race(acts))
    assert Appointment.objects.filter(series=more).count() == 2
    assert_slots_hold(office)


def test_everything_at_once_keeps_every_slot_right(office, set_time):
    offering = factories.OfferingFactory(office=office, max_quantity=6)
    hours = office.opening_hours.get()
    chance = random.Random(7)
    moment = [TUESDAY]
    lock = threading.Lock()

    def some() -> Appointment | None:
        return Appointment.objects.filter(state="held").order_by("?").first()

    def a_time() -> datetime:
        return NEXT_TUESDAY + timedelta(minutes=10 * chance.randrange(24))

    def what() -> list[Item]:
        return [Item(offering, chance.randint(1, 6))]

    def step() -> None:
        kind = chance.choices(
            ["hold", "confirm", "cancel", "move", "time", "look", "hours"], [8, 3, 3, 3, 1, 2, 1]
        )[0]
        if kind == "hold":
            hold_appointment(office=office, items=what(), start=a_time())
        elif kind == "time":
            with lock:
                moment[0] += timedelta(minutes=6)
                set_time(moment[0])
        elif kind == "look":
            free_starts(office, what(), first_day=NEXT_TUESDAY.date(), days=7)
        elif kind == "hours":
            changed = type(hours).objects.get(pk=hours.pk)
            changed.counters = chance.randint(2, 4)
            changed.unit_minutes = chance.choice([5, 10, 15])
            save_opening_hours(changed)
        elif held := some():
            if kind == "confirm":
                confirm_appointment(held.pk, **DETAILS)
            elif kind == "cancel":
                cancel_appointment(held.pk)
            else:
                move_hold(held.pk, items=what(), start=a_time())

    def many_steps() -> list[str]:
        unexpected = []
        for _ in range(25):
            try:
                step()
            except (OutsideHours, SlotTaken, AppointmentEnded):
                pass
            except Exception as error:
                unexpected.append(repr(error))
        return unexpected

    assert race([many_steps] * 8) == [[]] * 8
    assert Appointment.objects.count() > 20
    assert_slots_hold(office)


def test_a_claim_waits_for_new_hours_and_is_counted_in_them(office, items, monkeypatch):
    claimed = _claim_while_publishing(office, items, monkeypatch)
    assert [type(one) for one in claimed] == [Appointment]
    assert Slot.objects.get(start=NEXT_TUESDAY).booked == 1
    assert_slots_hold(office)


def test_without_the_grid_lock_new_hours_would_forget_a_claim(office, items, monkeypatch):
    monkeypatch.setattr("booking.domain.grid._lock", lambda _sql, _office, *then: ask(*then))
    claimed = _claim_while_publishing(office, items, monkeypatch)
    assert [type(one) for one in claimed] == [Appointment]
    assert Slot.objects.get(start=NEXT_TUESDAY).booked == 0


def _claim_while_publishing(office, items, monkeypatch) -> list:
    """Somebody holds a time between the reading and the writing of ``publish_slots``."""
    outcomes = []
    real = publishing.count_overlaps

    def claim():
        outcomes.extend(
            race([partial(hold_appointment, office=office, items=items, start=NEXT_TUESDAY)])
        )

    rival = threading.Thread(target=claim)

    def count_while_somebody_claims(*args):
        counts = real(*args)
        if rival.ident is None:
            rival.start()
            # With the lock the claim waits for us, so we must not wait for it.
            rival.join(timeout=1.5)
        return counts

    monkeypatch.setattr(publishing, "count_overlaps", count_while_somebody_claims)
    hours = office.opening_hours.get()
    hours.counters = 4
    save_opening_hours(hours)
    rival.join(timeout=30)
    return outcomes
