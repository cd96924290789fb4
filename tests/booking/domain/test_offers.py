"""What is offered to whom, and what becomes of it."""

from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking.domain import offers
from booking.domain.actor import CITIZEN
from booking.domain.arrivals import check_in
from booking.domain.availability import free_starts
from booking.domain.cancelling import cancel_appointment
from booking.domain.confirming import confirm_appointment
from booking.domain.errors import AlreadyCheckedIn, CodeUnknown, OfferOver, SlotTaken
from booking.domain.holding import hold_appointment
from booking.domain.holds import expire_holds
from booking.domain.hours import save_opening_hours
from booking.domain.items import Item
from booking.domain.moving import move_appointment
from booking.domain.offer_answers import accept_offer, decline_offer, find_to_give_up, is_open
from booking.domain.offers import offer_due_places
from booking.domain.outbox import deliver_due_mails
from booking.domain.wishes import withdraw_wish
from booking.models import Appointment, Offer, OutboxMail, SlotGrid, Wish
from tests import factories
from tests.conftest import BERLIN, TUESDAY
from tests.properties.invariants import assert_slots_hold
from tests.wishes import kinds_of_mails, listed, offer_of

EIGHT = datetime(2026, 12, 1, 8, 0, tzinfo=BERLIN)
KIM = {"name": "Kim Muster", "email": "kim@example.org"}
ERIKA = {"name": "Erika Mustermann", "email": "erika@example.org"}


@pytest.fixture
def office(db):
    """One place at a time, Tuesdays 08:00–08:30; the only day ahead is 1 December."""
    made = factories.OfficeFactory(horizon_days=9)
    factories.make_hours(made, counters=1, online_counters=1, closes=time(8, 30),
                         valid_from=date(2026, 11, 25))  # fmt: skip
    return made


@pytest.fixture
def book(office, offering):
    def make(start=EIGHT, details=ERIKA):
        held = hold_appointment(office=office, items=[Item(offering, 1)], start=start)
        return confirm_appointment(held.pk, **details)

    return make


@pytest.fixture
def full(book):
    """Everything is taken: the appointments at 8:00, 8:10 and 8:20."""
    return [book(EIGHT + timedelta(minutes=10 * n)) for n in range(3)]


def free(office, offering):
    found = free_starts(office, [Item(offering, 1)], first_day=date(2026, 11, 24), days=10)
    return [start for starts in found.values() for start in starts]


def test_a_cancelled_place_is_held_for_the_first_in_order_and_offered_by_mail(
    office, offering, full
):
    first, second = listed(offering), listed(offering, "li@example.org")
    assert offer_due_places() == 0
    cancel_appointment(full[1].pk)
    assert offer_due_places() == 1
    offer = offer_of(first)
    assert (offer.start, offer.reply_by) == (full[1].start, TUESDAY + timedelta(hours=24))
    assert offer_of(second) is None
    assert free(office, offering) == []
    mail = OutboxMail.objects.get(kind=OutboxMail.Kind.WISH_OFFER)
    assert (mail.wish, mail.recipient) == (first, "kim@example.org")
    assert_slots_hold(office)


def test_nobody_takes_a_freed_place_before_it_was_offered(office, offering, full, book):
    """No worker runs: whoever wants the place finds that somebody waits, and makes the offer."""
    wish = listed(offering)
    cancel_appointment(full[0].pk)
    with pytest.raises(SlotTaken):
        book()
    assert offer_of(wish).start == EIGHT
    assert_slots_hold(office)


def test_what_nobody_waits_for_is_taken_by_anybody(offering, full, book):
    listed(offering, from_time=time(8, 20))
    cancel_appointment(full[0].pk)
    assert book().start == EIGHT


def test_a_new_wish_is_offered_at_once_what_is_free(offering, full):
    cancel_appointment(full[2].pk)
    wish = listed(offering)
    assert offer_due_places() == 1
    assert offer_of(wish).start == full[2].start


def test_every_way_in_which_a_place_comes_back(office, offering, full, set_time):
    wish = listed(offering, until_time=time(8, 20))
    held = hold_after_cancelling(full[0], office, offering, wish)
    assert offer_of(wish) is None
    # A hold that lapses.
    set_time(TUESDAY + timedelta(minutes=16))
    expire_holds()
    assert offer_due_places() == 1
    assert offer_of(wish).start == held.start
    decline_offer(offer_of(wish))
    offer_due_places()
    # An appointment that is moved away.
    move_appointment(full[1].pk, start=EIGHT)
    assert offer_due_places() == 1
    assert offer_of(wish).start == full[1].start


def hold_after_cancelling(cancelled, office, offering, wish):
    """Somebody holds a place that became free while the wish did not wait."""
    Wish.objects.filter(pk=wish.pk).update(state=Wish.State.UNCONFIRMED)
    cancel_appointment(cancelled.pk)
    held = hold_appointment(office=office, items=[Item(offering, 1)], start=cancelled.start)
    Wish.objects.filter(pk=wish.pk).update(state=Wish.State.WAITING)
    offer_due_places()
    return held


def test_more_hours_are_offered_first_to_those_who_wait(office, offering, full):
    wishes = [listed(offering, f"{n}@example.org") for n in range(2)]
    hours = office.opening_hours.get()
    hours.closes = time(8, 40)
    save_opening_hours(hours)
    assert offer_due_places() == 1
    assert offer_of(wishes[0]).start == EIGHT + timedelta(minutes=30)


def test_places_for_wishes_alone_are_seen_by_nobody_else(office, offering, full, book):
    hours = office.opening_hours.get()
    hours.counters, hours.wish_counters = 3, 1
    save_opening_hours(hours)
    assert free(office, offering) == []
    wish = listed(offering)
    assert offer_due_places() == 1
    assert offer_of(wish).start == EIGHT
    with pytest.raises(SlotTaken):
        book()
    assert accept_offer(offer_of(wish), name="Kim Muster").start == EIGHT


def test_places_released_at_short_notice_are_offered_when_their_time_comes(
    office, offering, set_time
):
    hours = office.opening_hours.get()
    hours.short_notice_counters, hours.short_notice_hours = 1, 48
    save_opening_hours(hours)
    wish = listed(offering)
    assert offer_due_places() == 0
    set_time(EIGHT - timedelta(hours=48, seconds=1))
    assert offer_due_places() == 0
    set_time(EIGHT - timedelta(hours=48))
    assert offer_due_places() == 1
    assert offer_of(wish).start == EIGHT


def test_accepting_books_the_place_and_forgets_the_wish(office, offering, full):
    wish = listed(offering)
    cancel_appointment(full[0].pk)
    offer_due_places()
    booked = accept_offer(offer_of(wish), name="Kim Muster")
    assert (booked.state, booked.name, booked.email, booked.start) == (
        Appointment.State.BOOKED, "Kim Muster", "kim@example.org", EIGHT,
    )  # fmt: skip
    wish.refresh_from_db()
    assert (wish.state, wish.email) == (Wish.State.SERVED, "")
    assert OutboxMail.Kind.CONFIRMATION in kinds_of_mails()
    assert OutboxMail.Kind.WISH_OFFER not in kinds_of_mails()
    # A second click.
    assert accept_offer(Offer.objects.get(), name="Kim Muster").pk == booked.pk
    assert_slots_hold(office)


def test_what_is_declined_goes_to_the_next_and_never_again_to_the_same(offering, full):
    first, second = listed(offering), listed(offering, "li@example.org")
    cancel_appointment(full[0].pk)
    offer_due_places()
    decline_offer(offer_of(first))
    assert offer_due_places() == 1
    assert offer_of(second).start == EIGHT
    decline_offer(offer_of(second))
    assert offer_due_places() == 0
    with pytest.raises(OfferOver):
        accept_offer(first.offers.get(), name="Kim Muster")
    # Still first: the next place is theirs.
    cancel_appointment(full[1].pk)
    offer_due_places()
    assert offer_of(first).start == full[1].start


def test_a_declined_place_is_free_at_once(office, offering, full):
    wish = listed(offering)
    cancel_appointment(full[0].pk)
    offer_due_places()
    decline_offer(offer_of(wish))
    decline_offer(wish.offers.get())
    assert free(office, offering) == [EIGHT]


def test_an_offer_lapses_and_passes_on(offering, full, set_time):
    first, second = listed(offering), listed(offering, "li@example.org")
    cancel_appointment(full[0].pk)
    offer_due_places()
    deliver_due_mails()
    offer = offer_of(first)
    set_time(offer.reply_by - timedelta(seconds=1))
    assert is_open(offer)
    assert expire_holds() == 0
    set_time(offer.reply_by)
    assert not is_open(offer)
    with pytest.raises(OfferOver):
        accept_offer(offer, name="Kim Muster")
    expire_holds()
    assert offer_due_places() == 1
    assert offer_of(second).start == EIGHT
    offer.refresh_from_db(), first.refresh_from_db()
    assert (offer.state, first.state, first.unanswered) == ("lapsed", "waiting", 1)


def test_whoever_leaves_two_offers_unanswered_is_told_and_waits_no_longer(offering, full, set_time):
    wish = listed(offering)
    for appointment in full[:2]:
        cancel_appointment(appointment.pk)
        offer_due_places()
        deliver_due_mails()
        set_time(offer_of(wish).reply_by)
        expire_holds()
    wish.refresh_from_db()
    assert (wish.state, wish.email) == (Wish.State.ENDED, "")
    mail = OutboxMail.objects.get(kind=OutboxMail.Kind.WISH_ENDED)
    assert mail.recipient == "kim@example.org"


def test_an_offer_whose_mail_never_left_is_nobodys_fault(offering, full, set_time):
    wish = listed(offering)
    cancel_appointment(full[0].pk)
    offer_due_places()
    set_time(offer_of(wish).reply_by)
    expire_holds()
    wish.refresh_from_db()
    assert (wish.state, wish.unanswered) == (Wish.State.WAITING, 0)
    # Nor does the mail still go out.
    assert OutboxMail.Kind.WISH_OFFER not in kinds_of_mails()


def test_no_offer_comes_too_late_to_be_answered(offering, full, set_time):
    wish = listed(offering)
    set_time(EIGHT - timedelta(hours=2, minutes=40))
    # Half of what is left before the lead: 25 minutes at ten past, 30 at twenty past.
    cancel_appointment(full[1].pk)
    assert offer_due_places() == 0
    cancel_appointment(full[2].pk)
    assert offer_due_places() == 1
    assert offer_of(wish).start == EIGHT + timedelta(minutes=20)


def test_a_withdrawn_wish_gets_nothing_and_its_place_goes_on(offering, full):
    first, second = listed(offering), listed(offering, "li@example.org")
    cancel_appointment(full[0].pk)
    offer_due_places()
    offer = offer_of(first)
    withdraw_wish(first.pk)
    with pytest.raises(OfferOver):
        accept_offer(offer, name="Kim Muster")
    assert offer_due_places() == 1
    assert offer_of(second).start == EIGHT


def test_earlier_please_exchanges_the_appointment_in_one_go(office, offering, full):
    mine = full[2]
    wish = listed(offering, appointment=mine)
    other = listed(offering, "li@example.org")
    cancel_appointment(full[0].pk)
    offer_due_places()
    booked = accept_offer(offer_of(wish), name="Erika Mustermann")
    mine.refresh_from_db()
    assert (booked.start, mine.state) == (EIGHT, Appointment.State.CANCELLED)
    assert_slots_hold(office)
    # The place given up goes on.
    assert offer_due_places() == 1
    assert offer_of(other).start == mine.start


def test_nothing_later_is_offered_for_an_earlier_time(offering, full):
    wish = listed(offering, appointment=full[0])
    cancel_appointment(full[1].pk)
    assert offer_due_places() == 0
    assert offer_of(wish) is None


def test_whoever_cancels_waits_for_no_earlier_time(offering, full):
    wish = listed(offering, appointment=full[2])
    cancel_appointment(full[0].pk)
    offer_due_places()
    cancel_appointment(full[2].pk)
    wish.refresh_from_db()
    assert wish.state == Wish.State.WITHDRAWN
    expire_holds()
    assert offer_due_places() == 0


def test_an_exchange_that_is_refused_changes_nothing(office, offering, full, set_time):
    mine = full[2]
    wish = listed(offering, appointment=mine)
    cancel_appointment(full[0].pk)
    offer_due_places()
    offer = offer_of(wish)
    Offer.objects.filter(pk=offer.pk).update(reply_by=EIGHT - timedelta(seconds=1))
    set_time(EIGHT - timedelta(minutes=30))
    check_in(office=office, code=mine.code, actor=CITIZEN)
    with pytest.raises(AlreadyCheckedIn):
        accept_offer(Offer.objects.get(pk=offer.pk), name="Erika Mustermann")
    offer.refresh_from_db(), mine.refresh_from_db(), wish.refresh_from_db()
    assert (offer.state, mine.state, wish.state) == ("open", "booked", "offered")


def test_an_appointment_is_given_up_by_its_code_and_the_same_address(offering, full, book):
    wish = listed(offering, "ERIKA@example.org")
    cancel_appointment(full[0].pk)
    offer_due_places()
    offer = offer_of(wish)
    code = full[1].code
    found = find_to_give_up(offer, f"{code[:4]} {code[4:]}")
    assert found == full[1]
    accept_offer(offer, name="Erika Mustermann", giving_up=found)
    full[1].refresh_from_db()
    assert full[1].state == Appointment.State.CANCELLED


def test_nobody_gives_up_somebody_elses_appointment(offering, full):
    wish = listed(offering)
    cancel_appointment(full[0].pk)
    offer_due_places()
    for code in (full[1].code, full[0].code, "", "12345678"):
        with pytest.raises(CodeUnknown):
            find_to_give_up(offer_of(wish), code)


def test_of_several_offices_the_earliest_time_is_offered(office, offering, full):
    branch = factories.OfficeFactory(authority=office.authority, horizon_days=9)
    factories.make_hours(branch, weekday=0, counters=1, online_counters=1,
                         closes=time(8, 10), valid_from=date(2026, 11, 25))  # fmt: skip
    there = factories.OfferingFactory(office=branch, service=offering.service, minutes=5)
    wish = listed(offering, offices=[office, branch])
    offer_due_places()
    offer = offer_of(wish)
    assert (offer.office, offer.start) == (branch, EIGHT - timedelta(days=1))
    assert offer.appointment.items.get().offering == there


def test_an_office_without_a_waiting_list_offers_nothing(office, offering, full, book):
    wish = listed(offering)
    office.takes_wishes = False
    office.save()
    cancel_appointment(full[0].pk)
    assert offer_due_places() == 0
    assert offer_of(wish) is None
    assert book().start == EIGHT


def test_what_came_free_elsewhere_while_an_offer_was_open_is_offered_after_it(
    office, offering, full, book
):
    branch = factories.OfficeFactory(authority=office.authority, horizon_days=9)
    factories.make_hours(branch, counters=1, online_counters=1, opens=time(9), closes=time(9, 10),
                         valid_from=date(2026, 11, 25))  # fmt: skip
    there = factories.OfferingFactory(office=branch, service=offering.service)
    taken = hold_appointment(
        office=branch, items=[Item(there, 1)], start=EIGHT + timedelta(hours=1)
    )
    confirm_appointment(taken.pk, **ERIKA)
    wish = listed(offering, offices=[office, branch])
    cancel_appointment(full[0].pk)
    offer_due_places()
    cancel_appointment(taken.pk)
    assert offer_due_places() == 0
    decline_offer(offer_of(wish))
    offer_due_places()
    assert offer_of(wish).office == branch


def test_nothing_is_due_where_nobody_is_on_the_list(office, offering, full):
    def due():
        return SlotGrid.objects.get(pk=office.pk).wishes_due_at

    cancel_appointment(full[0].pk)
    assert due() is None
    wish = listed(offering)
    assert due() is not None
    withdraw_wish(wish.pk)
    assert offer_due_places() == 0
    assert due() is None


def queries_of(act):
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def test_nothing_to_offer_costs_one_query(offering, full):
    assert queries_of(offer_due_places) == 1
    listed(offering)
    offer_due_places()
    assert queries_of(offer_due_places) == 1


def test_an_offer_costs_as_many_queries_however_many_wait(offering, full):
    def queries_for(count):
        for number in range(count):
            listed(offering, f"{count}-{number}@example.org", latest_day=date(2026, 12, 1))
        offer_due_places()
        cancel_appointment(full.pop().pk)
        return queries_of(lambda: offers._offer_next(offering.office.authority_id))

    assert queries_for(2) == queries_for(20)


def test_the_mails_about_wishes_are_sent(offering, full, mailoutbox):
    listed(offering)
    cancel_appointment(full[0].pk)
    offer_due_places()
    deliver_due_mails()
    subjects = [mail.subject for mail in mailoutbox if mail.to == ["kim@example.org"]]
    assert len(subjects) == 2
    made, offered = (mail for mail in mailoutbox if mail.to == ["kim@example.org"])
    assert "/wish/" in made.body
    assert "/offer/" in offered.body
    assert made.attachments == offered.attachments == []
