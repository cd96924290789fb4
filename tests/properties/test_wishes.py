"""What never happens with wishes, in any sequence of what people, staff and time can do.

An offer for the past, two offers for one place, a place kept after its offer was declined, a
wish served after it was withdrawn, somebody overtaking.
"""

from contextlib import suppress
from datetime import date, datetime, time, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from booking import clock
from booking.domain.cancelling import cancel_appointment
from booking.domain.confirming import confirm_appointment
from booking.domain.errors import Refused
from booking.domain.holding import hold_appointment
from booking.domain.holds import expire_holds
from booking.domain.items import Item
from booking.domain.moving import move_appointment
from booking.domain.offer_answers import accept_offer, decline_offer
from booking.domain.offers import offer_due_places
from booking.domain.outbox import deliver_due_mails
from booking.domain.wish_list import release_places
from booking.domain.wishes import change_wish, end_past_wishes, withdraw_wish
from booking.models import Appointment, Offer, Slot, Wish
from tests import factories, wishes
from tests.conftest import BERLIN

from .conftest import RolledBackMachine
from .invariants import assert_slots_hold

MONDAY = datetime(2026, 11, 23, 12, tzinfo=BERLIN)
DAYS = [date(2026, 11, 24), date(2026, 12, 1)]
LEAD = timedelta(hours=2)

starts = st.builds(
    lambda day, unit: datetime.combine(day, time(8), BERLIN) + timedelta(minutes=10 * unit),
    st.sampled_from(DAYS),
    st.integers(0, 3),
)
when = st.fixed_dictionaries(
    {
        "from_time": st.sampled_from([time(8), time(8), time(8, 20)]),
        "until_time": st.sampled_from([time(9), time(9), time(8, 30)]),
        "latest_day": st.sampled_from([DAYS[0], DAYS[1], DAYS[1]]),
    }
)
places = st.integers(0, 50)


def fits(wish: Wish, start: datetime) -> bool:
    """Whether ten minutes at this time are what somebody wishes, told in another way."""
    local = start.astimezone(BERLIN)
    mine = wish.appointment
    return (
        wish.from_time <= local.time() <= (local + timedelta(minutes=10)).time() <= wish.until_time
        and local.date() <= wish.latest_day
        and (mine is None or start < mine.start)
        and not wish.offers.filter(start=start).exists()
        and start - clock.now() - LEAD >= timedelta(hours=1)
    )


class WishMachine(RolledBackMachine):
    def __init__(self, set_time) -> None:
        super().__init__()
        self.set_time = set_time
        self.now = MONDAY
        self.set_time(self.now)
        self.withdrawn: dict[object, int] = {}
        self.booked: list[object] = []

    @initialize()
    def open_an_office(self) -> None:
        self.office = factories.OfficeFactory(horizon_days=9)
        factories.make_hours(self.office, closes=time(8, 40), counters=1, online_counters=1)
        self.offering = factories.OfferingFactory(office=self.office)
        for day in DAYS:
            for unit in range(4):
                start = datetime.combine(day, time(8), BERLIN) + timedelta(minutes=10 * unit)
                self.book(start)

    def waiting(self) -> list[Wish]:
        waiting = Wish.objects.filter(state=Wish.State.WAITING).select_related("appointment")
        return list(waiting.order_by("confirmed_at", "pk"))

    def tick(self) -> None:
        """Time passes for everybody at once; no two things happen at the same moment."""
        self.now += timedelta(milliseconds=1)
        self.set_time(self.now)

    def offer_of(self, place) -> Offer | None:
        offers = list(Offer.objects.order_by("made_at", "pk"))
        return offers[place % len(offers)] if offers else None

    def wish_of(self, place) -> Wish | None:
        found = list(Wish.objects.order_by("created_at", "pk"))
        return found[place % len(found)] if found else None

    @rule(start=starts)
    def book(self, start) -> None:
        self.tick()
        with suppress(Refused):
            held = hold_appointment(office=self.office, items=[Item(self.offering, 1)], start=start)
            assert [wish for wish in self.waiting() if fits(wish, start)] == []
            booked = confirm_appointment(held.pk, name="E. M.", email="e@example.org")
            self.booked.append(booked.pk)

    @precondition(lambda self: self.booked)
    @rule(place=places, start=starts)
    def move(self, place, start) -> None:
        with suppress(Refused):
            move_appointment(self.booked[place % len(self.booked)], start=start)

    @precondition(lambda self: self.booked)
    @rule(place=places)
    def cancel(self, place) -> None:
        key = self.booked[place % len(self.booked)]
        attached = list(Wish.objects.filter(appointment=key, state__in=Wish.LIVE))
        with suppress(Refused):
            cancel_appointment(key)
            for wish in attached:
                self.withdrawn[wish.pk] = wish.offers.count()

    @rule(terms=when, place=places, earlier=st.booleans())
    def wish(self, terms, place, earlier) -> None:
        self.tick()
        mine = None
        if earlier and self.booked:
            mine = Appointment.objects.get(pk=self.booked[place % len(self.booked)])
        if mine is not None and (mine.state != "booked" or mine.start <= self.now):
            return
        with suppress(Refused):
            address = f"{Wish.objects.count()}@example.org"
            wishes.listed(self.offering, address, appointment=mine, **terms)

    @rule(place=places, terms=when)
    def change(self, place, terms) -> None:
        if (wish := self.wish_of(place)) is not None:
            with suppress(Refused):
                change_wish(wish.pk, wishes.terms(self.office, **terms))

    @rule(place=places)
    def withdraw(self, place) -> None:
        wish = self.wish_of(place)
        if wish is not None and wish.is_live:
            withdraw_wish(wish.pk)
            self.withdrawn[wish.pk] = wish.offers.count()

    @rule()
    def work(self) -> None:
        """The worker's tick: nobody before in the order would have taken what is offered."""
        self.tick()
        expire_holds()
        before = self.waiting()
        known = set(Offer.objects.values_list("pk", flat=True))
        could = {}
        for start in Slot.objects.values_list("start", flat=True).distinct():
            could[start] = [wish.pk for wish in before if fits(wish, start)]
        offer_due_places()
        new = {one.wish_id: one for one in Offer.objects.exclude(pk__in=known)}
        order = [wish.pk for wish in before]
        for offer in new.values():
            assert offer.start - offer.made_at >= LEAD + timedelta(hours=1)
            assert offer.reply_by <= offer.start - LEAD
            for earlier in order[: order.index(offer.wish_id)]:
                if earlier in could[offer.start]:
                    assert earlier in new
                    assert new[earlier].start <= offer.start
        deliver_due_mails()

    @rule(place=places)
    def accept(self, place) -> None:
        self.tick()
        if (offer := self.offer_of(place)) is None:
            return
        wish, was = offer.wish, offer.state
        with suppress(Refused):
            booked = accept_offer(offer, name="Kim Muster")
            assert was in (Offer.State.OPEN, Offer.State.ACCEPTED)
            assert wish.pk not in self.withdrawn
            if was == Offer.State.OPEN:
                assert clock.now() < offer.reply_by < booked.start
                assert (booked.state, booked.start) == ("booked", offer.start)
                self.booked.append(booked.pk)
                if wish.appointment is not None:
                    wish.appointment.refresh_from_db()
                    assert wish.appointment.state == Appointment.State.CANCELLED

    @rule(place=places)
    def decline(self, place) -> None:
        self.tick()
        if (offer := self.offer_of(place)) is not None:
            decline_offer(offer)
            offer.refresh_from_db()
            if offer.state == Offer.State.DECLINED:
                assert offer.appointment is None or not offer.appointment.is_live

    @rule(hours=st.sampled_from([1, 13, 25, 80]))
    def wait(self, hours) -> None:
        self.now += timedelta(hours=hours)
        self.set_time(self.now)
        end_past_wishes()

    @rule()
    def release_more(self) -> None:
        if clock.now().date() < OPEN_DAY:
            release_places(
                self.office, day=OPEN_DAY, opens=time(8), closes=time(8, 20), counters=1,
                unit_minutes=10,
            )  # fmt: skip

    @invariant()
    def slots_count_what_is_live(self) -> None:
        if hasattr(self, "office"):
            assert_slots_hold(self.office)

    @invariant()
    def every_offer_holds_a_place_of_its_own_as_long_as_it_is_open(self) -> None:
        expire_holds()
        for offer in Offer.objects.select_related("appointment", "wish"):
            live = offer.appointment is not None and offer.appointment.is_live
            if offer.state == Offer.State.OPEN:
                assert offer.appointment.state == Appointment.State.HELD
                assert offer.appointment.expires_at == offer.reply_by > clock.now()
                assert offer.wish.state == Wish.State.OFFERED
            elif offer.state != Offer.State.ACCEPTED:
                assert not live
        offered = Wish.objects.filter(state=Wish.State.OFFERED).count()
        assert offered == Offer.objects.filter(state=Offer.State.OPEN).count()

    @invariant()
    def what_is_withdrawn_stays_so_and_gets_nothing(self) -> None:
        for wish in Wish.objects.filter(pk__in=list(self.withdrawn)):
            assert wish.state == Wish.State.WITHDRAWN
            assert wish.offers.count() == self.withdrawn[wish.pk]


OPEN_DAY = DAYS[1]


def test_nothing_that_must_never_happen_to_a_wish_happens(play, set_time):
    play(lambda: WishMachine(set_time), examples=25, steps=40)
