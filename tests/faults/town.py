"""The town that faults happen to, and what its database holds.

All of it runs in a process of the installation, with its database: the tests' own Django
knows another one. ``serve`` does what it is asked, line by line, and answers JSON.
"""

import json
import sys
from datetime import UTC, datetime, time, timedelta
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.db import close_old_connections

from booking import clock
from booking.domain.devices import make_device
from booking.domain.holds import expire_holds
from booking.domain.outbox import writing_mail
from booking.domain.permissions import make_staff_token
from booking.models import Appointment, Device, Office, OutboxMail, User, Visit
from booking.prepared import ask
from tests import factories
from tests.properties.invariants import assert_slots_hold

# Per slot: 500 bookings fit into one day, and many want the same time.
PLACES = 15
DAYS = 14
COUNTERS = 6


def serve() -> None:
    """Each line is a function of this module with its arguments, as JSON."""
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        answer = globals()[name](*arguments)
        close_old_connections()
        print(json.dumps(answer, default=str), flush=True)


def name_static_files() -> None:
    """What ``collectstatic`` leaves for the pages, without the files: nobody fetches them."""
    found = [one for finder in get_finders() for one in finder.list([])]
    names = [str(Path(getattr(storage, "prefix", None) or "", path)) for path, storage in found]
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    manifest = {
        "paths": {name: name for name in names},
        "version": ManifestStaticFilesStorage.manifest_version,
    }
    (settings.STATIC_ROOT / "staticfiles.json").write_text(json.dumps(manifest))


def make() -> dict[str, object]:
    """Two offices with clerks, a kiosk and displays, in whose zone it is late morning now."""
    hours_ahead = 11 - datetime.now(UTC).hour
    authority = factories.AuthorityFactory(slug="musterstadt")
    offices = [
        factories.OfficeFactory(
            authority=authority,
            name=name,
            # POSIX signs: Etc/GMT-3 is three hours ahead.
            time_zone=f"Etc/GMT{-hours_ahead:+d}",
            horizon_days=DAYS,
        )
        for name in ("Rathaus", "Südstadt")
    ]
    name_static_files()
    return {"offices": [_furnish(office) for office in offices]}


def _furnish(office: Office) -> dict[str, object]:
    offering = factories.OfferingFactory(office=office)
    for weekday in range(7):
        factories.make_hours(
            office,
            weekday=weekday,
            opens=time(6),
            closes=time(18),
            counters=PLACES,
            online_counters=PLACES,
        )
    counters = factories.CounterFactory.create_batch(COUNTERS, office=office)
    staff = [factories.make_staff(office) for _counter in counters]
    today = clock.today(office.zone)
    return {
        "id": str(office.pk),
        "offering": str(offering.pk),
        "days": [(today + timedelta(days=ahead)).isoformat() for ahead in range(1, DAYS)],
        "offset": clock.now().astimezone(office.zone).isoformat()[-6:],
        "kiosk": make_device(kind=Device.Kind.KIOSK, office=office)[1],
        "displays": [make_device(kind=Device.Kind.DISPLAY, office=office)[1] for _ in range(2)],
        "clerks": [
            {
                "counter": str(counter.pk),
                "label": counter.label,
                "token": make_staff_token(user),
                "session": _session_of(user),
            }
            for counter, user in zip(counters, staff, strict=True)
        ],
    }


def _session_of(user: User) -> str:
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key


def write_mails(count: int) -> None:
    """Book so many appointments, each with its confirmation.

    They are yesterday's, so that no slot has to be found for each. Mails of other tests that
    wait for a worker are none of this one's.
    """
    OutboxMail.objects.all().delete()
    office = Office.objects.first()
    now = clock.now()
    start = now - timedelta(days=1)
    booked = Appointment.objects.bulk_create(
        Appointment(
            office=office,
            state=Appointment.State.BOOKED,
            start=start,
            end=start + timedelta(minutes=10),
            created_at=start,
            booked_at=start,
            name="Kim Beispiel",
            email=f"kim-{number}@example.org",
        )
        for number in range(count)
    )
    for appointment in booked:
        ask(writing_mail(appointment, OutboxMail.Kind.CONFIRMATION))


def lapse_holds() -> None:
    """As many minutes pass as a time is held."""
    Appointment.objects.filter(state=Appointment.State.HELD).update(
        expires_at=clock.now() - timedelta(seconds=1)
    )
    expire_holds()


def end_leases() -> None:
    """So much time passes that a mail whose worker has died may be tried again."""
    OutboxMail.objects.filter(state=OutboxMail.State.PENDING).update(next_attempt_at=clock.now())


def report() -> dict[str, object]:
    """All appointments, visits and mails, and whether every slot counts right."""
    wrong = []
    for office in Office.objects.all():
        try:
            assert_slots_hold(office)
        except AssertionError as error:
            wrong.append(str(error))
    rows = {
        "appointments": Appointment.objects.values("id", "state", "code", "office_id"),
        "visits": Visit.objects.values("id", "state", "letter", "serial", "counter__label"),
        "mails": OutboxMail.objects.values("id", "state", "attempts", "appointment_id"),
    }
    found = {name: list(values) for name, values in rows.items()}
    return found | {"wrong_slots": wrong}
