"""One offer, one place, several who want it at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from functools import partial
from time import monotonic, sleep

import pytest
from django.db import IntegrityError, connection, transaction

from booking.domain import offers
from booking.domain.cancelling import cancel_appointment
from booking.domain.confirming import confirm_appointment
from booking.domain.errors import OfferOver, SlotTaken
from booking.domain.holding import hold_appointment
from booking.domain.holds import expire_holds
from booking.domain.offer_answers import accept_offer, decline_offer
from booking.domain.offers import offer_due_places
from booking.domain.wishes import change_wish, withdraw_wish
from booking.models import Appointment, Offer, SlotGrid, Wish
from tests import factories, wishes
from tests.conftest import BERLIN, TUESDAY
from tests.properties.invariants import assert_slots_hold

from .rivals import Meeting, assert_only_refused, race

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

NEXT_TUESDAY = datetime(2026, 12, 1, 8, 0, tzinfo=BERLIN)
State = Offer.State


def wait_until_somebody_waits_for_a_row() -> None:
    """A rival stands before a lock; at most ten seconds."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    deadline = monotonic() + 10
    with connection.cursor() as cursor:
        while monotonic() < deadline:
            cursor.execute(waiting + " AND datname = current_database()")
            if cursor.fetchone()[0]:
                return
            sleep(0.02)
    raise AssertionError("nobody waits for a row")


@pytest.fixture
def office(db):
    """One place at a time, on one Tuesday, 08:00–08:50."""
    made = factories.OfficeFactory(horizon_days=9)
    factories.make_hours(made, counters=1, online_counters=1, closes=time(8, 50),
                         valid_from=date(2026, 11, 25))  # fmt: skip
    return made


@pytest.fixture
def full(office, items):
    """Everything is booked."""
    booked = []
    for number in range(5):
        start = NEXT_TUESDAY + timedelta(minutes=10 * number)
        held = hold_appointment(office=office, items=items, start=start)
        booked.append(confirm_appointment(held.pk, name="Erika", email="erika@example.org"))
    return booked


@pytest.fixture
def offered(offering, full):
    """One wish with an offer, and one that waits."""
    wish = wishes.listed(offering)
    wishes.listed(offering, "li@example.org")
    cancel_appointment(full[0].pk)
    offer_due_places()
    return wishes.offer_of(wish)


def accepting(offer):
    return partial(accept_offer, offer, name="Kim Muster")


def test_two_accepts_at_once_are_one_booking(office, offered):
    outcomes = race([accepting(offered)] * 6)
    assert {one.pk for one in outcomes} == {offered.appointment_id}
    assert Appointment.objects.filter(name="Kim Muster").count() == 1
    assert_slots_hold(office)


@pytest.mark.parametrize("_round", range(5))
def test_an_accept_against_the_lapse_is_one_or_the_other(office, offered, _round):
    """At the last moment: whoever comes first, the place is booked or passed on, never both."""
    second = Wish.objects.exclude(pk=offered.wish_id).get()
    Appointment.objects.filter(pk=offered.appointment_id).update(expires_at=TUESDAY)
    outcomes = race([accepting(offered), expire_holds, offer_due_places])
    assert_only_refused(outcomes)
    offered.refresh_from_db()
    lapsed = isinstance(outcomes[0], OfferOver)
    assert offered.state == (State.LAPSED if lapsed else State.ACCEPTED)
    offer_due_places()
    assert (wishes.offer_of(second) is not None) == lapsed
    assert_slots_hold(office)


def test_accept_decline_and_withdraw_at_once_end_it_once(office, offered):
    outcomes = race(
        [accepting(offered), partial(decline_offer, offered),
         partial(withdraw_wish, offered.wish_id)] * 2
    )  # fmt: skip
    assert_only_refused(outcomes)
    offered.refresh_from_db()
    booked = Appointment.objects.filter(name="Kim Muster").count()
    assert booked == (offered.state == State.ACCEPTED)
    expire_holds()
    assert_slots_hold(office)


def test_many_workers_make_each_offer_once_and_in_order(office, offering, full):
    waiting = [wishes.listed(offering, f"{n}@example.org") for n in range(8)]
    for appointment in full:
        cancel_appointment(appointment.pk)
    assert_only_refused(race([offer_due_places] * 6))
    found = [wishes.offer_of(wish) for wish in waiting]
    assert [offer and offer.start for offer in found] == [
        *(appointment.start for appointment in full), None, None, None,
    ]  # fmt: skip
    assert_slots_hold(office)


def test_without_the_lock_of_the_list_the_constraint_is_what_is_left(
    offering, full, monkeypatch, no_row_locks
):
    wishes.listed(offering)
    cancel_appointment(full[0].pk)
    cancel_appointment(full[1].pk)
    monkeypatch.setattr(offers, "lock_list", lambda _authority: None)
    # Both have seen that the wish waits before either takes a place.
    monkeypatch.setattr(offers, "find_room", Meeting(offers.find_room, 2))
    authority = offering.office.authority_id
    outcomes = race([partial(offers._offer_next, authority)] * 2)
    errors = [type(one) for one in outcomes if isinstance(one, Exception)]
    assert len(errors) == 1
    assert issubclass(errors[0], IntegrityError | SlotTaken)
    assert Offer.objects.count() == 1


def test_nobody_snatches_a_freed_place_from_those_who_wait(office, offering, full, items):
    """Cancelled and wanted at the same moment: it is offered, whoever finds it first."""
    waiting = [wishes.listed(offering, f"{n}@example.org") for n in range(5)]
    for number, appointment in enumerate(full):
        wanting = partial(hold_appointment, office=office, items=items, start=appointment.start)
        outcomes = race([partial(cancel_appointment, appointment.pk), *[wanting] * 6])
        assert_only_refused(outcomes)
        assert {type(one) for one in outcomes[1:]} == {SlotTaken}
        offer_due_places()
        assert wishes.offer_of(waiting[number]).start == appointment.start
    assert_slots_hold(office)


def test_everything_at_once_ends_without_a_deadlock(office, offering, full, items):
    mine = [wishes.listed(offering, f"{n}@example.org", appointment=full[n + 2]) for n in range(3)]
    others = [wishes.listed(offering, f"o{n}@example.org") for n in range(3)]
    cancel_appointment(full[0].pk)
    cancel_appointment(full[1].pk)
    offer_due_places()
    open_offers = list(Offer.objects.filter(state=State.OPEN))
    acts = [
        *(accepting(offer) for offer in open_offers),
        *(partial(decline_offer, offer) for offer in open_offers),
        *(partial(cancel_appointment, one.pk) for one in full[2:]),
        *(partial(withdraw_wish, wish.pk) for wish in others),
        *(partial(change_wish, wish.pk, wishes.terms(office)) for wish in mine),
        *[offer_due_places] * 3,
        *[expire_holds] * 3,
        *(partial(hold_appointment, office=office, items=items, start=one.start) for one in full),
    ]
    assert_only_refused(race(acts))
    expire_holds()
    offer_due_places()
    assert_slots_hold(office)
    assert Offer.objects.filter(state=State.OPEN).count() == (
        Wish.objects.filter(state=Wish.State.OFFERED).count()
    )


def test_a_place_freed_while_a_wish_came_onto_the_list_is_due_for_it(office, offering, full):
    """Who cancels has begun before the wish is there, and waits for its row."""

    def cancel() -> None:
        cancel_appointment(full[0].pk)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            grid = SlotGrid.objects.select_for_update().get(pk=office.pk)
            cancelling = pool.submit(cancel)
            wait_until_somebody_waits_for_a_row()
            wish = wishes.listed(offering)
            # What was free before has been looked at already.
            SlotGrid.objects.filter(pk=grid.pk).update(wishes_due_at=None)
        cancelling.result(timeout=10)
    assert offer_due_places() == 1
    assert wishes.offer_of(wish).start == NEXT_TUESDAY
