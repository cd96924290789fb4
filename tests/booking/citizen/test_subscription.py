"""All appointments of a mail address in one calendar."""

import re
from datetime import timedelta

import pytest
from django.core import mail as sent
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from booking.citizen.subscription import MAILS_PER_HOUR
from booking.domain.cancelling import cancel_appointment
from booking.domain.confirming import confirm_appointment
from booking.domain.errors import NoAddress
from booking.domain.holding import hold_appointment
from booking.domain.items import Item
from booking.domain.links import subscription_link
from booking.domain.moving import move_appointment
from booking.domain.outbox import deliver_due_mails
from booking.domain.retention import delete_expired_personal_data
from booking.domain.subscriptions import mail_subscription
from booking.models import CalendarSubscription, OutboxMail
from booking.security import appointment_secret
from tests import factories
from tests.conftest import TUESDAY

from .conftest import DETAILS, english

FEED = re.compile(r"\S+appointments\.ics")


def book(office, offering, start, email="kim@example.org"):
    held = hold_appointment(office=office, items=[Item(offering, 1)], start=start)
    return confirm_appointment(held.pk, **DETAILS | {"email": email})


def path_of(address: str) -> str:
    return address.partition("//")[2].partition("/")[2].join(("/", ""))


@pytest.fixture
def feed(booked) -> str:
    """The path of the calendar that shows what is booked with the address of ``booked``."""
    return path_of(subscription_link(mail_subscription(booked.pk), "subscription_ics"))


def fetched(feed: str) -> dict[str, tuple[str, int, object]]:
    """The calendar now: status, revision and start by the entry's id."""
    calendar = Calendar.from_ical(Client().get(feed).content)
    return {
        str(event["UID"]).partition("@")[0]: (
            str(event["STATUS"]),
            event.get("SEQUENCE", 0),
            event.decoded("DTSTART"),
        )
        for event in calendar.walk("VEVENT")
    }


def test_the_address_goes_to_the_mailbox_and_nowhere_else(client, booked):
    deliver_due_mails()
    sent.outbox.clear()
    path = english(reverse("subscribe", args=[booked.pk, appointment_secret(booked.pk)]))
    assert CalendarSubscription.objects.count() == 0
    assert b"Send me the address" in client.get(path).content
    response = client.post(path)
    page = client.get(response.url).content.decode()
    assert "on its way to kim@example.org" in page
    deliver_due_mails()
    (message,) = sent.outbox
    (address,) = FEED.findall(message.body)
    assert path_of(address) not in page
    assert message.attachments == []
    assert list(fetched(path_of(address))) == [str(booked.pk)]


def test_it_follows_what_is_booked_moved_and_cancelled(office, offering, booked, ten, feed):
    second = book(office, offering, ten + timedelta(days=7), email="Kim@Example.org")
    book(office, offering, ten + timedelta(days=7), email="eva@example.org")
    assert fetched(feed) == {
        str(booked.pk): ("CONFIRMED", 0, ten),
        str(second.pk): ("CONFIRMED", 0, ten + timedelta(days=7)),
    }
    later = ten + timedelta(minutes=30)
    move_appointment(booked.pk, start=later)
    cancel_appointment(second.pk)
    assert fetched(feed) == {
        str(booked.pk): ("CONFIRMED", 1, later),
        str(second.pk): ("CANCELLED", 1, ten + timedelta(days=7)),
    }


def test_what_has_not_changed_is_not_sent_again(client, booked, ten_past, feed, set_time):
    first = client.get(feed)
    assert first["Content-Type"] == "text/calendar; charset=utf-8"
    set_time(TUESDAY + timedelta(minutes=5))
    again = client.get(feed, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    move_appointment(booked.pk, start=ten_past)
    third = client.get(feed, headers={"If-None-Match": first["ETag"]})
    assert third.status_code == 200
    assert third["ETag"] != first["ETag"]


def test_another_towns_appointments_are_not_in_it(booked, ten, feed):
    elsewhere = factories.OfficeFactory()
    factories.make_hours(elsewhere)
    book(elsewhere, factories.OfferingFactory(office=elsewhere), ten)
    assert list(fetched(feed)) == [str(booked.pk)]


def test_whoever_ends_it_has_an_address_that_leads_nowhere(client, booked, feed):
    page = feed.removesuffix("appointments.ics")
    assert "webcal://" in client.get(page).content.decode()
    assert client.post(english(page)).status_code == 200
    assert (client.get(feed).status_code, client.get(page).status_code) == (404, 404)
    assert OutboxMail.objects.filter(kind="calendar").count() == 0
    again = path_of(subscription_link(mail_subscription(booked.pk), "subscription_ics"))
    assert again != feed
    assert list(fetched(again)) == [str(booked.pk)]


@pytest.mark.parametrize("end", ["", "appointments.ics"])
def test_a_wrong_secret_finds_nothing(client, booked, feed, end):
    page = feed.removesuffix("appointments.ics")
    assert client.get(f"{page[:-65]}{'f' * 64}/{end}").status_code == 404


def test_it_ends_with_the_last_appointment_that_is_forgotten(
    client, office, offering, booked, ten, feed, set_time
):
    book(office, offering, ten + timedelta(days=7))
    set_time(TUESDAY + timedelta(days=3))
    delete_expired_personal_data()
    assert [start for _state, _revision, start in fetched(feed).values()] == [
        ten + timedelta(days=7)
    ]
    set_time(TUESDAY + timedelta(days=10))
    delete_expired_personal_data()
    assert client.get(feed).status_code == 404
    assert CalendarSubscription.objects.count() == 0


def test_nobody_fills_a_mailbox(client, booked):
    path = reverse("subscribe", args=[booked.pk, appointment_secret(booked.pk)])
    statuses = []
    for _time in range(MAILS_PER_HOUR + 1):
        statuses.append(client.post(path).status_code)
        deliver_due_mails()
    assert statuses == [302] * MAILS_PER_HOUR + [409]


def test_without_an_address_there_is_nothing_to_mail(office, offering, ten):
    held = hold_appointment(office=office, items=[Item(offering, 1)], start=ten, by_staff=True)
    called = confirm_appointment(held.pk, name="Kim Muster", email="", by_staff=True)
    with pytest.raises(NoAddress):
        mail_subscription(called.pk)


def test_the_calendar_asks_a_fixed_number_of_times(
    client, office, offering, booked, ten, feed, django_assert_num_queries
):
    for _round in range(2):
        with django_assert_num_queries(4):
            client.get(feed)
        book(office, offering, ten + timedelta(days=7))
