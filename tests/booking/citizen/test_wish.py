"""The pages of a wish: made, confirmed, changed, withdrawn, and its offer answered."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from booking.citizen.secret import appointment_path
from booking.citizen.selection import times_path, wish_path
from booking.domain.cancelling import cancel_appointment
from booking.domain.confirming import confirm_appointment
from booking.domain.holding import hold_appointment
from booking.domain.hours import save_opening_hours
from booking.domain.items import Item
from booking.domain.offers import offer_due_places
from booking.domain.outbox import deliver_due_mails
from booking.hold_limit import WISHES_PER_MINUTE
from booking.models import Appointment, Wish
from booking.security import wish_secret
from tests import factories
from tests.conftest import TUESDAY
from tests.wishes import listed, offer_of

from .conftest import english

TERMS = {
    "weekdays": ["1"],
    "from_time": "10:00",
    "until_time": "10:30",
    "latest_day": "2026-12-15",
    "email": "kim@example.org",
}


@pytest.fixture
def office(db):
    """One place a week: Tuesdays at 10."""
    made = factories.OfficeFactory(horizon_days=8)
    factories.make_hours(made, counters=1, online_counters=1, opens="10:00", closes="10:10")
    return made


@pytest.fixture
def form(office, offering):
    return wish_path(office, [Item(offering, 1)])


def path_of(name, wish, *more):
    return reverse(name, args=[wish.pk, wish_secret(wish.pk), *more])


def offer_path(wish):
    return path_of("offer", wish, wish.offers.get().pk)


def text_of(response):
    """What is read on a page, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def full(office, offering, ten):
    """Both Tuesdays are booked."""
    places = [ten, ten + timedelta(days=7)]
    for start in places:
        take_one(office, offering, start)
    return list(Appointment.objects.order_by("start"))


def take_one(office, offering, start):
    held = hold_appointment(office=office, items=[Item(offering, 1)], start=start)
    confirm_appointment(held.pk, name="Erika Mustermann", email="erika@example.org")


@pytest.fixture
def offered(offering, full):
    """A wish with an offer for next Tuesday."""
    wish = listed(offering)
    cancel_appointment(full[1].pk)
    offer_due_places()
    return Wish.objects.get(pk=wish.pk)


def test_from_a_full_month_to_the_booking(office, offering, full, client, form, mailoutbox):
    page = client.get(times_path(office, [Item(offering, 1)]))
    assert form in page.content.decode()
    sent = client.post(form, {**TERMS, "offices": [str(office.pk)]})
    assert sent.url == reverse("wish_sent", args=[office.pk])
    assert client.get(sent.url).status_code == 200

    deliver_due_mails()
    link = re.search(r"https?://[^/\s]+(/wish/\S+)", mailoutbox[-1].body)[1]
    assert Wish.objects.get().state == Wish.State.UNCONFIRMED
    assert client.get(link).status_code == 200
    assert Wish.objects.get().state == Wish.State.UNCONFIRMED
    assert client.post(link).url == link
    assert Wish.objects.get().state == Wish.State.WAITING

    cancel_appointment(full[1].pk)
    offer_due_places()
    deliver_due_mails()
    offer = re.search(r"https?://[^/\s]+(/wish/\S+/offer/\S+)", mailoutbox[-1].body)[1]
    assert client.get(offer).status_code == 200
    wrong = client.post(offer, {"name": "", "answer": "accept"})
    assert (wrong.status_code, Wish.objects.get().state) == (422, Wish.State.OFFERED)
    booked = client.post(offer, {"name": "Kim Muster", "answer": "accept"})
    appointment = Appointment.objects.get(name="Kim Muster")
    assert booked.url == appointment_path(appointment)
    assert (appointment.state, appointment.email) == ("booked", "kim@example.org")
    # A second click, and the link once more.
    assert client.post(offer, {"name": "Kim Muster", "answer": "accept"}).url == booked.url
    assert client.get(offer).url == booked.url


def test_what_was_typed_wrong_is_said_and_the_rest_kept(office, client, form):
    answer = client.post(form, {**TERMS, "offices": [str(office.pk)], "email": "kim",
                                "weekdays": []})  # fmt: skip
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"email", "weekdays"}
    answer = client.post(form, {**TERMS, "offices": [], "weekdays": []})
    assert set(answer.context["form"].errors) == {"offices", "weekdays"}
    assert 'value="kim@example.org"' in answer.content.decode()
    assert Wish.objects.count() == 0


@pytest.mark.parametrize("day", ["2026-11-23", "2027-11-24", "yesterday", ""])
def test_the_latest_day_lies_ahead_and_not_too_far(office, client, form, day):
    answer = client.post(form, {**TERMS, "offices": [str(office.pk)], "latest_day": day})
    assert "latest_day" in answer.context["form"].errors
    assert Wish.objects.count() == 0


def test_the_place_in_the_order_is_told(offering, full, client):
    first, second = listed(offering), listed(offering, "li@example.org")
    third = listed(offering, "mo@example.org")
    assert client.get(path_of("wish", first)).context["before"] == 0
    assert client.get(path_of("wish", third)).context["before"] == 2
    client.post(path_of("withdraw_wish", second))
    assert client.get(path_of("wish", third)).context["before"] == 1


def test_a_wish_is_changed_and_keeps_its_place(office, offering, full, client):
    wish = listed(offering)
    page = client.get(path_of("change_wish", wish))
    assert page.context["form"].initial["latest_day"].isoformat() == "2026-12-31"
    changed = client.post(path_of("change_wish", wish), {**TERMS, "offices": [str(office.pk)]})
    assert changed.url.startswith(path_of("wish", wish))
    before = wish.confirmed_at
    wish.refresh_from_db()
    assert (wish.latest_day.isoformat(), wish.days) == ("2026-12-15", [1])
    assert wish.confirmed_at == before


def test_withdrawing_asks_first_and_deletes_the_address(offered, client):
    assert client.get(path_of("withdraw_wish", offered)).status_code == 200
    client.post(path_of("withdraw_wish", offered))
    offered.refresh_from_db()
    assert (offered.state, offered.email) == (Wish.State.WITHDRAWN, "")
    page = client.get(offer_path(offered))
    assert "Dieses Angebot gilt nicht mehr" in text_of(page)
    # Again, from a page of before.
    assert client.post(path_of("withdraw_wish", offered)).status_code == 302


def test_declining_keeps_the_place_in_the_order(offered, client):
    answer = client.post(offer_path(offered), {"answer": "decline"})
    assert answer.url == path_of("wish", offered) + "?declined=1"
    assert client.get(answer.url).status_code == 200
    offered.refresh_from_db()
    assert offered.state == Wish.State.WAITING
    late = client.post(offer_path(offered), {"answer": "accept", "name": "Kim Muster"})
    assert late.context["form"] is None
    assert Appointment.objects.filter(name="Kim Muster").count() == 0


def test_a_lapsed_offer_says_so(offered, client, set_time):
    set_time(TUESDAY + timedelta(hours=25))
    page = client.post(offer_path(offered), {"answer": "accept", "name": "Kim Muster"})
    assert "Dieses Angebot gilt nicht mehr" in text_of(page)
    assert offer_of(offered) is not None  # nobody has looked yet


def test_earlier_please(office, offering, full, client):
    """From the page of the booking: nothing is asked that is known."""
    mine, today = full[1], full[0]
    Appointment.objects.filter(pk=today.pk).update(email="other@example.org")
    earlier = appointment_path(mine) + "earlier/"
    assert earlier in client.get(appointment_path(mine)).content.decode()
    page = client.get(earlier)
    assert "email" not in page.context["form"].fields
    client.post(earlier, {**TERMS, "offices": [str(office.pk)], "latest_day": "2026-12-01"})
    wish = Wish.objects.get()
    assert (wish.email, wish.appointment) == (mine.email, mine)


def test_earlier_please_is_for_bookings_alone(full, client):
    cancel_appointment(full[1].pk)
    earlier = appointment_path(full[1]) + "earlier/"
    assert client.get(earlier).url == appointment_path(full[1])


def test_an_appointment_is_given_up_by_its_code(office, offering, full, client):
    wish = listed(offering, "erika@example.org", latest_day=full[0].start.date())
    wish.latest_day = full[1].start.date()
    wish.save()
    hours = office.opening_hours.get()
    hours.counters, hours.wish_counters = 2, 1
    save_opening_hours(hours)
    offer_due_places()
    path = offer_path(wish)
    wrong = client.post(path, {"name": "Erika", "give_up": "11112222", "answer": "accept"})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["give_up"])
    assert client.post(path, {"name": "Erika", "give_up": full[1].code}).status_code == 302
    full[1].refresh_from_db()
    assert full[1].state == Appointment.State.CANCELLED


def test_the_pages_are_in_english_too(offered, client, form):
    for path in (form, path_of("wish", offered), path_of("change_wish", offered),
                 path_of("withdraw_wish", offered), offer_path(offered)):  # fmt: skip
        german, there = text_of(client.get(path)), text_of(client.get(english(path)))
        assert "wish" in there.lower() or "time" in there.lower()
        assert german != there


def test_without_the_secret_there_is_nothing(offered, client):
    other = make_other(offered)
    for name in ("wish", "change_wish", "withdraw_wish"):
        assert client.get(reverse(name, args=[offered.pk, "0" * 64])).status_code == 404
        assert (
            client.post(reverse(name, args=[offered.pk, wish_secret(other.pk)])).status_code == 404
        )
    # An offer is opened by its own wish alone.
    stolen = path_of("offer", other, offered.offers.get().pk)
    assert client.get(stolen).status_code == 404


def make_other(wish):
    return Wish.objects.create(
        authority=wish.authority, created_at=TUESDAY, email="li@example.org",
        from_time=wish.from_time, until_time=wish.until_time, latest_day=wish.latest_day,
    )  # fmt: skip


def test_many_wishes_of_one_client_are_too_many(office, form, settings):
    client = Client(REMOTE_ADDR="192.0.2.7")
    codes = [
        client.post(form, {**TERMS, "offices": [str(office.pk)], "email": f"{n}@example.org"})
        for n in range(WISHES_PER_MINUTE + 1)
    ]
    assert [one.status_code for one in codes] == [302] * WISHES_PER_MINUTE + [422]


def test_one_address_gets_few_mails_and_few_places(office, offering, client, form):
    for _number in range(4):
        sent = client.post(form, {**TERMS, "offices": [str(office.pk)]})
        assert sent.status_code == 302
    wishes = list(Wish.objects.all())
    assert len(wishes) == 3
    for wish in wishes:
        client.post(path_of("wish", wish))
    client.post(form, {**TERMS, "offices": [str(office.pk)]})
    (fourth,) = Wish.objects.filter(state=Wish.State.UNCONFIRMED)
    assert client.post(path_of("wish", fourth)).status_code == 409


def test_an_office_without_a_waiting_list_has_no_page_for_it(office, offering, full, client, form):
    office.takes_wishes = False
    office.save()
    assert client.get(form).status_code == 404
    assert form not in client.get(times_path(office, [Item(offering, 1)])).content.decode()


def test_nothing_chosen_leads_back_to_the_services(office, client):
    answer = client.get(reverse("make_wish", args=[office.pk]))
    assert answer.url.startswith(reverse("choose", args=[office.pk]))


def test_the_number_of_queries_grows_with_nothing(office, offering, full, client, form):
    def count(path):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    wish = listed(offering)
    paths = [form, path_of("wish", wish), path_of("change_wish", wish)]
    few = [count(path) for path in paths]
    for number in range(12):
        listed(offering, f"{number}@example.org")
        branch = factories.OfficeFactory(authority=office.authority)
        factories.make_hours(branch)
        factories.OfferingFactory(office=branch, service=offering.service)
        wish.offices.add(branch)
    assert [count(path) for path in paths] == few
