"""How a wish begins and ends, and what is kept of whoever made it."""

from datetime import date, timedelta

import pytest

from booking.domain.errors import NotOnline, WishInvalid, WishOver
from booking.domain.items import Item
from booking.domain.offers import offer_due_places
from booking.domain.outbox import deliver_due_mails
from booking.domain.pruning import prune
from booking.domain.retention import delete_expired_personal_data
from booking.domain.wishes import (
    change_wish,
    confirm_wish,
    end_past_wishes,
    make_wish,
    withdraw_wish,
)
from booking.models import Offer, OutboxMail, Wish
from tests import factories, wishes
from tests.conftest import TUESDAY

State = Wish.State
# Nothing is free on any of these days.
NO_HOURS = {"weekdays": [0]}


def test_a_wish_waits_from_its_confirmation_on(offering, set_time):
    made = wishes.make(offering, **NO_HOURS)
    assert (made.state, made.confirmed_at) == (State.UNCONFIRMED, None)
    assert wishes.kinds_of_mails() == [OutboxMail.Kind.WISH_MADE]
    set_time(TUESDAY + timedelta(hours=1))
    listed = confirm_wish(made.pk)
    assert (listed.state, listed.confirmed_at) == (State.WAITING, TUESDAY + timedelta(hours=1))
    set_time(TUESDAY + timedelta(hours=2))
    assert confirm_wish(made.pk).confirmed_at == listed.confirmed_at


def test_what_is_not_confirmed_within_a_day_is_deleted_whole(offering, set_time):
    wishes.make(offering)
    wishes.listed(offering, "li@example.org", **NO_HOURS)
    set_time(TUESDAY + timedelta(hours=23))
    end_past_wishes()
    assert Wish.objects.count() == 2
    set_time(TUESDAY + timedelta(hours=24))
    end_past_wishes()
    assert [wish.email for wish in Wish.objects.all()] == ["li@example.org"]
    assert OutboxMail.objects.filter(recipient="kim@example.org").count() == 0


def test_a_wish_whose_last_day_is_over_ends_with_a_mail(offering, set_time):
    wish = wishes.listed(offering, latest_day=date(2026, 11, 30), **NO_HOURS)
    set_time(TUESDAY.replace(day=30, hour=23, minute=59))
    assert end_past_wishes() == 0
    set_time(TUESDAY + timedelta(days=7, hours=3))
    assert end_past_wishes() == 1
    assert end_past_wishes() == 0
    wish.refresh_from_db()
    assert (wish.state, wish.email) == (State.ENDED, "")
    assert wishes.kinds_of_mails()[-1] == OutboxMail.Kind.WISH_ENDED
    with pytest.raises(WishOver):
        confirm_wish(wish.pk)


def test_a_wish_that_is_over_is_neither_changed_nor_confirmed(offering):
    wish = wishes.listed(offering, **NO_HOURS)
    withdraw_wish(wish.pk)
    assert withdraw_wish(wish.pk).state == State.WITHDRAWN
    for act in (confirm_wish, lambda key: change_wish(key, wishes.terms(offering.office))):
        with pytest.raises(WishOver):
            act(wish.pk)


def test_a_changed_wish_is_offered_what_suits_now(offering):
    wish = wishes.listed(offering, **NO_HOURS)
    assert offer_due_places() == 0
    change_wish(wish.pk, wishes.terms(offering.office))
    assert offer_due_places() == 1
    assert Offer.objects.get().wish == wish


def test_what_an_office_does_not_offer_online_cannot_be_wished_for(offering):
    elsewhere = factories.OfficeFactory(authority=offering.office.authority)
    with pytest.raises(NotOnline):
        wishes.make(offering, offices=[offering.office, elsewhere])
    offering.online = False
    offering.save()
    with pytest.raises(NotOnline):
        wishes.make(offering)
    assert Wish.objects.count() == 0


def test_what_the_town_no_longer_has_ends_in_peace(offering, set_time):
    """A service or an office is deleted while somebody waits for it."""
    wish = wishes.listed(offering, latest_day=date(2026, 11, 30))
    offering.service.delete()
    assert offer_due_places() == 0
    offering.office.delete()
    set_time(TUESDAY + timedelta(days=8))
    assert end_past_wishes() == 1
    wish.refresh_from_db()
    assert wish.state == State.ENDED


def test_offices_of_two_towns_are_not_one_wish(offering):
    stranger = factories.OfficeFactory()
    factories.OfferingFactory(office=stranger, service=offering.service)
    with pytest.raises(NotOnline):
        wishes.make(offering, offices=[offering.office, stranger])


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("weekdays", {"weekdays": []}),
        ("weekdays", {"weekdays": [7]}),
        ("until_time", {"until_time": wishes.terms().from_time}),
        ("latest_day", {"latest_day": date(2026, 11, 23)}),
        ("latest_day", {"latest_day": date(2028, 1, 1)}),
    ],
)
def test_a_time_that_can_never_be_is_refused_with_its_field(offering, field, changes):
    with pytest.raises(WishInvalid) as refused:
        wishes.make(offering, **changes)
    assert list(refused.value.fields) == [field]


def test_nothing_personal_is_left_of_a_wish_that_is_over(offering, set_time):
    """Not in the wish, nor in the mails about it, sent or not."""
    withdraw_wish(wishes.listed(offering, **NO_HOURS).pk)
    assert Wish.objects.exclude(email="").count() == 0
    assert OutboxMail.objects.exclude(recipient="").count() == 1
    deliver_due_mails()
    assert OutboxMail.objects.exclude(recipient="").count() == 0
    wishes.make(offering)  # its mail is never sent
    set_time(TUESDAY + timedelta(days=4))
    end_past_wishes(), delete_expired_personal_data()
    assert OutboxMail.objects.exclude(recipient="").count() == 0


def test_a_mail_about_a_wish_that_never_left_goes_with_the_retention(offering, set_time):
    wish = wishes.listed(offering, latest_day=date(2026, 11, 25), **NO_HOURS)
    set_time(TUESDAY + timedelta(days=3))
    end_past_wishes()
    assert wishes.kinds_of_mails() == ["wish_made", "wish_ended"]
    set_time(TUESDAY + timedelta(days=7))
    delete_expired_personal_data()
    assert wish.mails.count() == 0


def test_rows_of_wishes_go_three_months_after_their_end(offering, set_time):
    withdraw_wish(wishes.listed(offering, **NO_HOURS).pk)
    waiting = wishes.listed(offering, "li@example.org", **NO_HOURS)
    set_time(TUESDAY + timedelta(days=90))
    prune()
    assert Wish.objects.count() == 2
    set_time(TUESDAY + timedelta(days=91))
    prune()
    assert list(Wish.objects.all()) == [waiting]


def test_who_never_confirms_gets_three_mails_at_most(offering):
    for _time in range(5):
        make_wish(
            authority=offering.office.authority,
            items=[Item(offering, 1)],
            terms=wishes.terms(offering.office),
            email="KIM@example.org",
        )
    assert len(wishes.kinds_of_mails()) == 3
