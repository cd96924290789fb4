"""Builds a town's world; run in its environment: task from standard input, ids to standard output.

Everything but the mass of appointments is made as the product makes it. These are written by
SQL, in step with the slots: future ones fill places evenly, past ones go back week by week.
"""

import json
import sys
from collections.abc import Sequence
from datetime import time, timedelta
from typing import Any

import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import connection  # noqa: E402

from booking import clock  # noqa: E402
from booking.domain.availability import free_starts  # noqa: E402
from booking.domain.hours import save_opening_hours  # noqa: E402
from booking.domain.items import Item  # noqa: E402
from booking.domain.permissions import make_staff_token  # noqa: E402
from booking.models import (  # noqa: E402
    Authority,
    Counter,
    Device,
    Offering,
    Office,
    OpeningHours,
    Service,
    StaffRole,
    User,
)
from booking.security import hash_token, new_token  # noqa: E402

WEEKDAYS = (0, 1, 2, 3, 4)
# Of so many places a week in the past so many were taken.
PAST_PER_SLOT = 10

PAST_SLOTS = """
    INSERT INTO booking_slot (series_id, start, capacity, booked)
    SELECT series_id,
           (start AT TIME ZONE 'Europe/Berlin' - weeks * interval '7 days')
               AT TIME ZONE 'Europe/Berlin',
           capacity, 0
    FROM booking_slot CROSS JOIN generate_series(3, %(weeks)s + 2) AS weeks
    WHERE start >= date_trunc('week', %(now)s) + interval '14 days'
      AND start < date_trunc('week', %(now)s) + interval '21 days'
"""
# The n-th of T slots gets what makes floor(n * N / T) in all.
SHARE_OUT = """
    UPDATE booking_slot SET booked = share.places
    FROM (
        SELECT id, row_number() OVER w * %(count)s / count(*) OVER ()
                   - (row_number() OVER w - 1) * %(count)s / count(*) OVER () AS places
        FROM booking_slot WHERE (start >= %(now)s) = %(future)s WINDOW w AS (ORDER BY start, id)
    ) AS share
    WHERE share.id = booking_slot.id
"""
# Past ones are blanked, as the retention leaves them.
APPOINTMENTS = """
    INSERT INTO booking_appointment (
        id, office_id, series_id, state, start, "end", created_at, booked_at, blanked_at, code,
        name, email, phone, language, sequence
    )
    SELECT gen_random_uuid(), series.office_id, series.id, 'booked', slot.start,
           slot.start + make_interval(mins => series.unit_minutes),
           slot.start - interval '20 days', slot.start - interval '20 days',
           CASE WHEN slot.start < %(now)s THEN slot.start + interval '2 days' END,
           CASE WHEN slot.start >= %(now)s
                THEN (10000000 + row_number() OVER (ORDER BY slot.id, place))::text END,
           CASE WHEN slot.start >= %(now)s THEN 'Booked before' ELSE '' END, '', '', 'de', 0
    FROM booking_slot AS slot
    JOIN booking_openinghours AS series ON series.id = slot.series_id
    CROSS JOIN generate_series(1, slot.booked) AS place
"""
ITEMS = """
    INSERT INTO booking_appointmentitem (appointment_id, offering_id, quantity)
    SELECT appointment.id, offering.id, 1
    FROM booking_appointment AS appointment
    JOIN LATERAL (
        SELECT id FROM booking_offering WHERE office_id = appointment.office_id
        ORDER BY position LIMIT 1
    ) AS offering ON true
"""


def build(
    *,
    counters: int = 12,
    offices: int = 1,
    horizon_days: int = 62,
    appointments: int = 0,
    clerks: int = 0,
    displays: int = 0,
    weekdays: Sequence[int] = WEEKDAYS,
    opens: str = "08:00",
    closes: str = "18:00",
) -> dict[str, Any]:
    """A town with ``offices`` alike; what is answered is about the first."""
    authority = Authority.objects.create(slug="town", name="Town")
    hours = [
        {
            "weekday": weekday,
            "opens": time.fromisoformat(opens),
            "closes": time.fromisoformat(closes),
            "counters": counters,
            "online_counters": counters,
        }
        for weekday in weekdays
    ]
    services = [
        Service.objects.create(authority=authority, slug=f"service-{n}", name=f"Service {n}")
        for n in range(2)
    ]
    made = [
        build_office(authority, services, n, counters, horizon_days, hours) for n in range(offices)
    ]
    office = made[0]
    if appointments:
        write_appointments(office, appointments)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    offerings = list(office.offerings.order_by("position"))
    free = free_starts(
        office,
        [Item(offering, 1) for offering in offerings],
        first_day=clock.today(office.zone) + timedelta(days=1),
        days=horizon_days,
    )
    return {
        "office": str(office.pk),
        "offerings": [str(offering.pk) for offering in offerings],
        "starts": [start.isoformat() for starts in free.values() for start in starts],
        "counters": [str(counter.pk) for counter in office.counters.all()],
        "clerks": [make_clerk(office, number) for number in range(clerks)],
        "displays": make_displays(office, displays),
    }


def build_office(
    authority: Authority,
    services: list[Service],
    number: int,
    counters: int,
    horizon_days: int,
    hours: list[dict[str, Any]],
) -> Office:
    office = Office.objects.create(
        authority=authority, name=f"Office {number}", address="Street 1", horizon_days=horizon_days
    )
    for position in range(counters):
        Counter.objects.create(office=office, label=str(position + 1), position=position)
    for position, service in enumerate(services):
        Offering.objects.create(
            office=office,
            service=service,
            minutes=10 * (position + 1),
            letter="AB"[position],
            position=position,
        )
    for series_hours in hours:
        series = OpeningHours(
            office=office,
            valid_from=clock.today(office.zone) - timedelta(days=7),
            unit_minutes=10,
            **series_hours,
        )
        save_opening_hours(series)
    return office


def write_appointments(office: Office, count: int) -> None:
    """As many ahead as fill half the places, the others behind."""
    slots = sum(series.slots.count() for series in office.opening_hours.all())
    capacity = office.opening_hours.first().counters
    ahead = min(count, slots * capacity // 2)
    behind = count - ahead
    weekly = 7 * slots // office.horizon_days
    values = {"now": clock.now(), "weeks": -(-behind // (weekly * PAST_PER_SLOT))}
    with connection.cursor() as cursor:
        cursor.execute(SHARE_OUT, values | {"future": True, "count": ahead})
        if behind:
            cursor.execute(PAST_SLOTS, values)
            cursor.execute(SHARE_OUT, values | {"future": False, "count": behind})
        cursor.execute(APPOINTMENTS, values)
        cursor.execute(ITEMS)


def make_displays(office: Office, count: int) -> list[str]:
    """The tokens of so many paired displays."""
    tokens = [new_token() for _ in range(count)]
    now = clock.now()
    Device.objects.bulk_create(
        Device(
            kind=Device.Kind.DISPLAY,
            office=office,
            token_hash=hash_token(token),
            created_at=now,
            paired_at=now,
        )
        for token in tokens
    )
    return tokens


def make_clerk(office: Office, number: int) -> dict[str, str]:
    """A clerk with a token for the API and a session for the pages."""
    user = User.objects.create(username=f"clerk-{number}")
    StaffRole.objects.create(
        user=user, role=StaffRole.Role.CLERK, authority=office.authority, office=office
    )
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return {"token": make_staff_token(user), "session": session.session_key}


if __name__ == "__main__":
    print(json.dumps(build(**json.load(sys.stdin))))
