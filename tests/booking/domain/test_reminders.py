"""A day and an hour before, once each, never at night, never of what is no longer so."""

import json
from datetime import datetime, time, timedelta

import pytest
from django.core import mail as sent
from django.db import IntegrityError, transaction

from booking.domain.actor import Actor
from booking.domain.arrivals import check_in
from booking.domain.cancelling import cancel_appointment
from booking.domain.confirming import confirm_appointment
from booking.domain.errors import DetailsInvalid
from booking.domain.holding import hold_appointment
from booking.domain.items import Item
from booking.domain.moving import move_appointment
from booking.domain.outbox import deliver_due_mails
from booking.domain.reminders import choose_reminders, write_due_reminders
from booking.models import OutboxMail
from tests import factories
from tests.conftest import BERLIN
from tests.gateways import running_gateway

START = datetime(2026, 12, 1, 10, 0, tzinfo=BERLIN)
A_DAY, AN_HOUR, A_MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
NUMBER = "0151 23456789"


def book(office, offering, start=START, **details):
    held = hold_appointment(office=office, items=[Item(offering, 1)], start=start, by_staff=True)
    values = {"name": "Kim Muster", "email": "kim@example.org"} | details
    return confirm_appointment(held.pk, **values, by_staff=True)


@pytest.fixture
def booked(office, offering):
    made = book(office, offering)
    deliver_due_mails()
    sent.outbox.clear()
    return made


@pytest.fixture
def gateway(settings, office):
    office.remind_by_sms = True
    office.save()
    with running_gateway() as running:
        settings.SMS_URL = running.address
        yield running


@pytest.fixture
def minute_by_minute(set_time):
    """Let the worker do its duty at these moments; the subjects it sent, each with when."""

    def run(*moments: datetime) -> list[tuple[datetime, str]]:
        told = []
        for moment in moments:
            set_time(moment)
            write_due_reminders()
            deliver_due_mails()
            told += [(moment, message.subject) for message in sent.outbox]
            sent.outbox.clear()
        return told

    return run


def when(told: list[tuple[datetime, str]]) -> list[datetime]:
    return [moment for moment, _subject in told]


def test_one_comes_a_day_before_and_one_an_hour_before(booked, minute_by_minute):
    moments = [
        START - A_DAY - A_MINUTE, START - A_DAY, START - A_DAY + A_MINUTE,
        START - 3 * AN_HOUR, START - AN_HOUR - A_MINUTE, START - AN_HOUR,
        START - AN_HOUR + A_MINUTE, START - 5 * A_MINUTE, START,
    ]  # fmt: skip
    subject = "Erinnerung: Ihr Termin am Dienstag, 1. Dezember 2026 um 10:00\xa0Uhr"
    assert minute_by_minute(*moments) == [(START - A_DAY, subject), (START - AN_HOUR, subject)]


def test_what_it_says_leads_to_every_change(booked, set_time):
    set_time(START - A_DAY)
    write_due_reminders()
    deliver_due_mails()
    (message,) = sent.outbox
    assert message.to == ["kim@example.org"]
    assert message.attachments == []
    assert f"{booked.code[:4]} {booked.code[4:]}" in message.body
    assert "Kim" not in message.body.replace("kim@", "")
    for page in ("/", "/move/", "/cancel/", "/reminders/"):
        assert f"{page}\n" in message.body


def test_nobody_is_reminded_of_what_was_only_just_booked(
    office, offering, set_time, minute_by_minute
):
    set_time(START - timedelta(hours=5))
    book(office, offering)
    deliver_due_mails()
    sent.outbox.clear()
    assert when(minute_by_minute(START - timedelta(hours=4), START - AN_HOUR)) == [START - AN_HOUR]
    set_time(START - timedelta(minutes=100))
    book(office, offering)
    deliver_due_mails()
    sent.outbox.clear()
    assert minute_by_minute(START - AN_HOUR + A_MINUTE) == []


def test_a_moved_one_is_reminded_of_at_its_new_time_alone(booked, minute_by_minute, set_time):
    later = START + timedelta(days=7)
    assert when(minute_by_minute(START - A_DAY)) == [START - A_DAY]
    move_appointment(booked.pk, start=later)
    deliver_due_mails()
    sent.outbox.clear()
    told = minute_by_minute(START - AN_HOUR, later - A_DAY, later - AN_HOUR)
    assert when(told) == [later - A_DAY, later - AN_HOUR]
    assert all("8. Dezember" in subject for _moment, subject in told)


def changed(what, booked, office):
    match what:
        case "moved":
            move_appointment(booked.pk, start=START + timedelta(minutes=30))
        case "cancelled":
            cancel_appointment(booked.pk)
        case "checked in":
            check_in(office=office, code=booked.code, actor=Actor())
        case "declined":
            choose_reminders(booked.pk, mail=False, sms=False, phone="")


@pytest.mark.parametrize("what", ["moved", "cancelled", "checked in", "declined"])
def test_one_that_waits_to_be_sent_is_dropped_once_it_is_wrong(booked, office, what, set_time):
    """The mail server was away for a moment, and meanwhile everything is different."""
    set_time(START - AN_HOUR)
    assert write_due_reminders() == 1
    changed(what, booked, office)
    deliver_due_mails()
    assert [one.subject for one in sent.outbox if one.subject.startswith("Erinnerung")] == []
    assert not OutboxMail.objects.filter(kind="hour_before").exists()


def test_one_that_could_not_be_sent_in_time_is_dropped(booked, set_time):
    set_time(START - AN_HOUR)
    write_due_reminders()
    set_time(START)
    deliver_due_mails()
    assert (sent.outbox, OutboxMail.objects.filter(kind="hour_before").count()) == ([], 0)


def test_the_database_keeps_no_second_reminder_of_one_time(booked, set_time):
    set_time(START - A_DAY)
    write_due_reminders()
    (first,) = OutboxMail.objects.filter(kind="day_before")
    first.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        first.save(force_insert=True)


def test_nobody_is_woken(office, offering, minute_by_minute):
    early = START.replace(hour=6, minute=30)
    factories.make_hours(office, opens=early.time())
    book(office, offering, early)
    deliver_due_mails()
    sent.outbox.clear()
    seven = early.replace(hour=7, minute=0) - A_DAY
    moments = [early - A_DAY, seven - A_MINUTE, seven, early - AN_HOUR, early - 15 * A_MINUTE]
    assert when(minute_by_minute(*moments)) == [seven]


def test_night_is_where_the_office_is(office, offering, minute_by_minute):
    office.time_zone = "America/New_York"
    office.save()
    # In the afternoon there, at night here.
    start = datetime(2026, 12, 1, 16, 0, tzinfo=office.zone)
    factories.make_hours(office, opens=start.time(), closes=time(18))
    book(office, offering, start)
    deliver_due_mails()
    sent.outbox.clear()
    assert when(minute_by_minute(start - A_DAY)) == [start - A_DAY]


@pytest.mark.parametrize(
    ("switch", "left"),
    [("remind_day_before", [START - AN_HOUR]), ("remind_hour_before", [START - A_DAY])],
)
def test_the_office_can_switch_either_off(booked, office, minute_by_minute, switch, left):
    setattr(office, switch, False)
    office.save()
    assert when(minute_by_minute(START - A_DAY, START - AN_HOUR)) == left


def test_whoever_declines_gets_none(booked, minute_by_minute):
    choose_reminders(booked.pk, mail=False, sms=False, phone="")
    assert minute_by_minute(START - A_DAY, START - AN_HOUR) == []


def test_an_sms_says_when_where_and_the_code_and_nothing_else(booked, gateway, set_time):
    choose_reminders(booked.pk, mail=False, sms=True, phone=NUMBER)
    set_time(START - A_DAY)
    for _time in range(2):
        write_due_reminders()
        deliver_due_mails()
    ((_kind, _authorization, body),) = gateway.received
    slug = booked.office.authority.slug
    assert json.loads(body) == {
        "to": "+4915123456789",
        "text": (
            f"Termin 01.12., 10:00\xa0Uhr, Bürgerbüro. Code {booked.code}."
            f" Ändern: http://127.0.0.1:8000/{slug}/find/"
        ),
    }
    assert sent.outbox == []
    assert OutboxMail.objects.get(channel="sms").recipient == ""


def test_an_sms_that_may_have_left_is_not_sent_again(booked, gateway, set_time):
    choose_reminders(booked.pk, mail=False, sms=True, phone=NUMBER)
    gateway.hangs = True
    for minutes in range(0, 50, 10):
        set_time(START - AN_HOUR + timedelta(minutes=minutes))
        write_due_reminders()
        deliver_due_mails()
    assert len(gateway.received) == 1
    assert OutboxMail.objects.get(channel="sms").state == "failed"


def test_an_sms_that_was_refused_is_tried_again(booked, gateway, set_time):
    choose_reminders(booked.pk, mail=False, sms=True, phone=NUMBER)
    gateway.answer = 503
    set_time(START - AN_HOUR)
    write_due_reminders()
    deliver_due_mails()
    gateway.answer = 200
    set_time(START - AN_HOUR + A_MINUTE)
    deliver_due_mails()
    assert len(gateway.received) == 2
    assert OutboxMail.objects.get(channel="sms").state == "sent"


def test_whoever_booked_without_a_mail_address_can_have_an_sms(office, offering, gateway, set_time):
    called = book(office, offering, email="")
    choose_reminders(called.pk, mail=True, sms=True, phone=NUMBER)
    set_time(START - A_DAY)
    write_due_reminders()
    deliver_due_mails()
    assert len(gateway.received) == 1
    assert sent.outbox == []


@pytest.mark.parametrize("phone", ["", "03441 12345", "Erika"])
def test_a_number_that_gets_no_sms_is_refused(booked, gateway, phone):
    with pytest.raises(DetailsInvalid) as refused:
        choose_reminders(booked.pk, mail=True, sms=True, phone=phone)
    assert set(refused.value.fields) == {"phone"}


def test_without_the_offices_leave_no_sms_is_chosen(booked, gateway, office):
    office.remind_by_sms = False
    office.save()
    chosen = choose_reminders(booked.pk, mail=True, sms=True, phone=NUMBER)
    assert (chosen.sms_reminders, chosen.phone) == (False, "")


def test_however_many_there_are_it_asks_a_fixed_number_of_times(
    office, offering, set_time, django_assert_num_queries
):
    other = factories.OfficeFactory()
    factories.make_hours(other)
    places = [(office, offering), (other, factories.OfferingFactory(office=other))]
    for place in places * 2:
        book(*place)
    set_time(START - A_DAY)
    with django_assert_num_queries(3):
        assert write_due_reminders() == 4
