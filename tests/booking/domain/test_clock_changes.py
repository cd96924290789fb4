"""The days on which the clocks change, 29 February, and an office in another zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import vobject

from booking.documents.calendar import appointment_calendar
from booking.domain.availability import free_starts
from booking.domain.cancelling import cancel_appointment
from booking.domain.confirming import confirm_appointment
from booking.domain.holding import hold_appointment
from booking.domain.items import Item
from booking.domain.mails import letter
from booking.models import OutboxMail
from tests import factories
from tests.conftest import BERLIN

AUTUMN = date(2026, 10, 25)  # 03:00 summer time is 02:00 again
SPRING = date(2027, 3, 28)  # 02:00 is 03:00 summer time
LEAP_DAY = date(2028, 2, 29)
NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture(autouse=True)
def _no_remembered_zones(monkeypatch) -> None:
    """vobject keeps the first definition of a zone it meets; each test reads its own."""
    known = getattr(vobject.icalendar, "__tzidMap")
    monkeypatch.setattr(vobject.icalendar, "__tzidMap", {"UTC": known["UTC"]})


@pytest.fixture
def open_on(db, set_time):
    """An office that is open on one day; the clock stands two days before."""

    def make(day, opens=time(8), closes=time(12), unit=60, zone=BERLIN):
        set_time(datetime.combine(day - timedelta(days=2), time(9), zone))
        office = factories.OfficeFactory(time_zone=zone.key, horizon_days=3)
        factories.make_hours(
            office,
            weekday=day.weekday(),
            opens=opens,
            closes=closes,
            unit_minutes=unit,
            valid_from=day - timedelta(days=1),
        )
        return office, [Item(factories.OfferingFactory(office=office, minutes=unit), 1)]

    return make


def local_starts(office, items, day):
    starts = free_starts(office, items, first_day=day, days=1).get(day, [])
    return [start.strftime("%H:%M") for start in starts]


def offsets(office, items, day):
    starts = free_starts(office, items, first_day=day, days=1)[day]
    return [start.strftime("%H:%M%z") for start in starts]


@pytest.mark.parametrize(
    ("day", "zone"),
    [
        (AUTUMN, BERLIN),
        (SPRING, BERLIN),
        (LEAP_DAY, BERLIN),
        (date(2026, 11, 1), NEW_YORK),
        (date(2027, 3, 14), NEW_YORK),
        (LEAP_DAY, NEW_YORK),
    ],
)
def test_by_day_the_office_opens_at_its_local_hours(open_on, day, zone):
    office, items = open_on(day, zone=zone)
    assert local_starts(office, items, day) == ["08:00", "09:00", "10:00", "11:00"]


def test_the_night_of_autumn_has_an_hour_twice(open_on):
    office, items = open_on(AUTUMN, opens=time(1), closes=time(4))
    expected = ["01:00+0200", "02:00+0200", "02:00+0100", "03:00+0100"]
    assert offsets(office, items, AUTUMN) == expected


def test_the_night_of_spring_lacks_an_hour(open_on):
    office, items = open_on(SPRING, opens=time(1), closes=time(4))
    assert offsets(office, items, SPRING) == ["01:00+0100", "03:00+0200"]


def test_both_hours_of_the_autumn_night_can_be_held_apart(open_on):
    office, items = open_on(AUTUMN, opens=time(1), closes=time(4))
    for start in free_starts(office, items, first_day=AUTUMN, days=1)[AUTUMN]:
        held = hold_appointment(office=office, items=items, start=start)
        assert held.start == start.astimezone(UTC)
        assert held.end - held.start == timedelta(hours=1)


@pytest.mark.parametrize("day", [AUTUMN, SPRING])
def test_a_hold_across_the_change_lasts_its_real_minutes(open_on, day):
    office, items = open_on(day, opens=time(1), closes=time(4), unit=20)
    item = Item(items[0].offering, 4)
    start = datetime.combine(day, time(1, 20), BERLIN)
    held = hold_appointment(office=office, items=[item], start=start)
    assert held.end - held.start == timedelta(minutes=80)
    booked = office.opening_hours.get().slots.filter(booked=1).order_by("start")
    assert [slot.start for slot in booked] == [
        held.start + timedelta(minutes=20 * number) for number in range(4)
    ]


def test_days_begin_and_end_at_local_midnight(open_on):
    office, items = open_on(date(2026, 12, 1), opens=time(0), closes=time(23), zone=NEW_YORK)
    starts = local_starts(office, items, date(2026, 12, 1))
    assert (starts[0], starts[-1], len(starts)) == ("00:00", "22:00", 23)
    assert local_starts(office, items, date(2026, 11, 30)) == []
    assert local_starts(office, items, date(2026, 12, 2)) == []


@pytest.mark.parametrize(
    ("day", "at", "zone", "instant"),
    [
        (AUTUMN, time(8), BERLIN, datetime(2026, 10, 25, 7, tzinfo=UTC)),
        (AUTUMN, time(1), BERLIN, datetime(2026, 10, 24, 23, tzinfo=UTC)),
        (AUTUMN, time(3), BERLIN, datetime(2026, 10, 25, 2, tzinfo=UTC)),
        (SPRING, time(1), BERLIN, datetime(2027, 3, 28, 0, tzinfo=UTC)),
        (SPRING, time(3), BERLIN, datetime(2027, 3, 28, 1, tzinfo=UTC)),
        (LEAP_DAY, time(8), BERLIN, datetime(2028, 2, 29, 7, tzinfo=UTC)),
        (date(2027, 3, 14), time(8), NEW_YORK, datetime(2027, 3, 14, 12, tzinfo=UTC)),
        (date(2026, 7, 14), time(8), BERLIN, datetime(2026, 7, 14, 6, tzinfo=UTC)),
    ],
)
def test_another_parser_reads_the_same_instant_from_the_calendar_entry(
    open_on, day, at, zone, instant
):
    office, items = open_on(day, opens=time(1), closes=time(12), zone=zone)
    held = hold_appointment(office=office, items=items, start=datetime.combine(day, at, zone))
    confirm_appointment(held.pk, name="Erika Mustermann", email="erika@example.org")
    calendar = letter(OutboxMail.objects.get(appointment=held)).calendar
    event = vobject.readOne(calendar).vevent
    assert event.dtstart.value.astimezone(UTC) == instant
    assert event.dtend.value.astimezone(UTC) == instant + timedelta(hours=1)
    assert f"DTSTART;TZID={zone.key}:{day:%Y%m%d}T{at:%H%M%S}" in calendar


def test_cancelling_withdraws_the_same_entry_with_a_later_revision(open_on):
    office, items = open_on(AUTUMN)
    start = datetime.combine(AUTUMN, time(8), BERLIN)
    held = hold_appointment(office=office, items=items, start=start)
    confirm_appointment(held.pk, name="Erika Mustermann", email="erika@example.org")
    cancel_appointment(held.pk)
    request, cancel = (
        vobject.readOne(letter(mail).calendar)
        for mail in OutboxMail.objects.filter(appointment=held).order_by("-kind")
    )
    assert (request.method.value, cancel.method.value) == ("REQUEST", "CANCEL")
    assert request.vevent.uid.value == cancel.vevent.uid.value
    assert (request.vevent.sequence.value, cancel.vevent.sequence.value) == ("0", "1")
    assert cancel.vevent.status.value == "CANCELLED"


def test_the_second_of_the_two_hours_is_read_back_as_the_second(open_on):
    office, items = open_on(AUTUMN, opens=time(1), closes=time(4))
    start = datetime(2026, 10, 25, 1, tzinfo=UTC)  # 02:00 for the second time
    held = hold_appointment(office=office, items=items, start=start)
    rows = list(held.items.select_related("offering__service"))
    event = vobject.readOne(appointment_calendar(held, rows, method="PUBLISH", sequence=0)).vevent
    assert event.dtstart.value.astimezone(UTC) == start
