"""The calendar entry, read by another parser than the one that wrote it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import vobject
from icalendar import Calendar

from booking.documents.calendar import appointment_calendar
from booking.domain.cancelling import cancel_appointment
from booking.domain.confirming import confirm_appointment
from booking.domain.holding import hold_appointment
from booking.domain.items import Item
from booking.domain.mails import letter
from booking.models import Appointment, OutboxMail
from tests.conftest import BERLIN


@pytest.fixture(autouse=True)
def _no_remembered_zones(monkeypatch) -> None:
    """vobject keeps the first definition of a zone it meets; each test reads its own."""
    known = getattr(vobject.icalendar, "__tzidMap")
    monkeypatch.setattr(vobject.icalendar, "__tzidMap", {"UTC": known["UTC"]})


def at(moment: datetime, office, offering) -> Appointment:
    """A booking at any moment, whatever the hours."""
    return Appointment.objects.create(
        office=office,
        start=moment,
        end=moment + timedelta(minutes=20),
        created_at=moment,
        booked_at=moment,
        state=Appointment.State.BOOKED,
        name="Kim Muster",
        email="kim@example.org",
    )


def written(appointment: Appointment, method: str = "REQUEST") -> str:
    return appointment_calendar(
        appointment, list(appointment.items.all()), method=method, sequence=0
    )


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 10, 24, 10, tzinfo=BERLIN),  # the day before and after the clocks change
        datetime(2026, 10, 26, 10, tzinfo=BERLIN),
        datetime(2027, 3, 27, 10, tzinfo=BERLIN),
        datetime(2027, 3, 29, 10, tzinfo=BERLIN),
        datetime(2026, 10, 25, 1, 30, tzinfo=BERLIN),  # just before, just after
        datetime(2026, 10, 25, 3, 30, tzinfo=BERLIN),
        datetime(2027, 3, 28, 1, 30, tzinfo=BERLIN),
        datetime(2027, 3, 28, 3, 30, tzinfo=BERLIN),
        datetime(2028, 2, 29, 10, tzinfo=BERLIN),
        datetime(2026, 12, 31, 23, 50, tzinfo=BERLIN),
    ],
)
def test_another_parser_reads_the_same_instant(office, offering, moment):
    event = vobject.readOne(written(at(moment, office, offering))).vevent
    assert event.dtstart.value == moment
    assert event.dtstart.value.astimezone(UTC) == moment.astimezone(UTC)
    assert event.dtstart.value.utcoffset() == moment.utcoffset()
    assert event.dtend.value - event.dtstart.value == timedelta(minutes=20)


def test_a_zone_without_clock_changes_is_written_as_well(office, offering):
    office.time_zone = "Asia/Kolkata"
    moment = datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("Asia/Kolkata"))
    assert vobject.readOne(written(at(moment, office, offering))).vevent.dtstart.value == moment


def test_a_program_that_keeps_the_zone_reads_later_entries_rightly(office, offering):
    written_now = written(at(datetime(2026, 11, 24, 10, tzinfo=BERLIN), office, offering))
    vobject.readOne(written_now)
    for year in range(2027, 2036):
        for month in (3, 7, 11):
            later = datetime(year, month, 30, 10, tzinfo=BERLIN)
            event = vobject.readOne(written(at(later, office, offering))).vevent
            assert event.dtstart.value == later


def test_the_time_zone_is_small(office, offering):
    text = written(at(datetime(2026, 11, 24, 10, tzinfo=BERLIN), office, offering))
    assert text.count("BEGIN:VTIMEZONE") == 1
    assert len(text) < 2000


@pytest.mark.parametrize("name", ["Europe/Berlin", "America/New_York", "Australia/Sydney"])
def test_each_onset_is_the_instant_of_a_clock_change(office, offering, name):
    """Read by the letter of RFC 5545: the onset counts by the offset before it."""
    office.time_zone = name
    zone = ZoneInfo(name)
    calendar = Calendar.from_ical(
        written(at(datetime(2026, 11, 24, 10, tzinfo=zone), office, offering))
    )
    changes = 0
    for part in calendar.walk("VTIMEZONE")[0].subcomponents:
        before, after = part.decoded("tzoffsetfrom"), part.decoded("tzoffsetto")
        if before == after:  # the offset at the beginning of what is described
            continue
        later = [day.dt for line in part["rdate"] for day in line.dts]
        onsets = [part.decoded("dtstart"), *later]
        for onset in onsets:
            instant = (onset - before).replace(tzinfo=UTC)
            assert instant.astimezone(zone).utcoffset() == after
            assert (instant - timedelta(seconds=1)).astimezone(zone).utcoffset() == before
            changes += 1
    assert changes >= 3


def test_a_cancellation_withdraws_the_same_entry(office, offering):
    start = datetime(2026, 11, 24, 10, tzinfo=BERLIN)
    held = hold_appointment(office=office, items=[Item(offering, 1)], start=start)
    booked = confirm_appointment(held.pk, name="Kim Muster", email="kim@example.org")
    cancel_appointment(booked.pk)
    request, cancel = (
        vobject.readOne(letter(mail).calendar) for mail in OutboxMail.objects.order_by("-kind")
    )
    assert (request.method.value, cancel.method.value) == ("REQUEST", "CANCEL")
    assert request.vevent.uid.value == cancel.vevent.uid.value
    assert (request.vevent.sequence.value, cancel.vevent.sequence.value) == ("0", "1")
    assert cancel.vevent.status.value == "CANCELLED"
    assert cancel.vevent.attendee.value == "mailto:kim@example.org"
