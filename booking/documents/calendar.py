"""The appointment as an iCalendar entry (RFC 5545), for mails and downloads."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress, vDDDLists, vDuration, vText

from booking import clock
from booking.models import Appointment, AppointmentItem

# How often a program is asked to fetch a subscribed calendar again.
REFRESH = timedelta(hours=1)


def appointment_calendar(
    appointment: Appointment,
    items: Sequence[AppointmentItem],
    *,
    method: str,
    sequence: int,
    attendee: str = "",
) -> str:
    """A calendar with one event and its time zone.

    ``method`` is the iTIP method (RFC 5546): ``REQUEST`` invites, ``CANCEL`` withdraws,
    ``PUBLISH`` is for a download. The UID never changes, ``sequence`` rises with each
    revision. ``attendee`` is the mail address of who is invited, if anybody.
    """
    event = _event(
        appointment,
        items,
        sequence=sequence,
        is_cancelled=method == "CANCEL",
        stamp=clock.now(),
    )
    if attendee:
        event["attendee"] = _attendee(attendee)
    calendar = _calendar(method)
    calendar.add_component(event)
    return _finished(calendar, appointment.start.date())


def subscribed_calendar(name: str, appointments: Sequence[Appointment]) -> str:
    """A calendar of somebody's appointments, to be fetched again and again.

    Each has its items prefetched. The same appointments make the same text. A cancelled one is
    still told, as cancelled: a calendar that has fetched it before takes it back.
    """
    calendar = _calendar("PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    for appointment in appointments:
        event = _event(
            appointment,
            appointment.items.all(),
            sequence=appointment.sequence,
            is_cancelled=appointment.state == Appointment.State.CANCELLED,
            stamp=appointment.cancelled_at or appointment.booked_at or appointment.created_at,
        )
        calendar.add_component(event)
    first = min((one.start.date() for one in appointments), default=clock.now().date())
    return _finished(calendar, first)


def _event(
    appointment: Appointment,
    items: Iterable[AppointmentItem],
    *,
    sequence: int,
    is_cancelled: bool,
    stamp: datetime,
) -> Event:
    office = appointment.office
    host = urlsplit(settings.PUBLIC_URL).hostname
    event = Event()
    event.add("uid", f"{appointment.pk}@{host}")
    event.add("sequence", sequence)
    event.add("dtstamp", stamp)
    event.add("dtstart", _in_zone(appointment.start, office.zone))
    event.add("dtend", _in_zone(appointment.end, office.zone))
    event.add("summary", f"{office.name}: {', '.join(str(row.offering.service) for row in items)}")
    event.add("location", f"{office.name}, {office.address}")
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    event.add("transp", "OPAQUE")
    event["organizer"] = _organizer(office.authority.name)
    return event


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Schalter//Schalter//DE")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def _finished(calendar: Calendar, first_day: date) -> str:
    # Some programs keep the first definition of a zone they meet for all later entries.
    calendar.add_missing_timezones(
        first_date=first_day - timedelta(days=366),
        last_date=first_day + timedelta(days=10 * 366),
    )
    _tidy_zone(calendar)
    return calendar.to_ical().decode()


def _tidy_zone(calendar: Calendar) -> None:
    """Write the clock changes as every program reads them.

    Summer time begins at 02:00, not 03:00, for an onset counts by the offset before it
    (RFC 5545, 3.6.5); icalendar writes the first moment after the change. And each later
    change gets a line of its own: some programs read only the first of a list.
    """
    for zone in calendar.walk("VTIMEZONE"):
        for part in zone.subcomponents:
            gained = part.decoded("tzoffsetto") - part.decoded("tzoffsetfrom")
            skipped = max(gained, timedelta(0))
            part["dtstart"].dt -= skipped
            if "rdate" in part:
                later = [onset.dt - skipped for onset in part.pop("rdate").dts]
                part["rdate"] = [vDDDLists([onset]) for onset in later]


def _in_zone(moment: datetime, zone: ZoneInfo) -> datetime:
    """Local time; UTC in the hour that comes twice, where the local time means the first."""
    local = moment.astimezone(zone)
    return moment.astimezone(UTC) if local.fold else local


def _organizer(name: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{settings.DEFAULT_FROM_EMAIL}")
    address.params["cn"] = vText(name)
    return address


def _attendee(email: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    address.params["partstat"] = vText("ACCEPTED")
    address.params["rsvp"] = vText("FALSE")
    return address
