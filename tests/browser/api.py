"""What others do at the same time, through the API; and what only the command line can do."""

import json
import re
import urllib.error
import urllib.request
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from playwright.sync_api import Page

from .citizen import NAME, citizen_office, offering_of
from .town import Town


def send(town: Town, method: str, path: str, body: object = None, **headers: str) -> dict:
    """Ask the API; the JSON it answers. Raises ``HTTPError``."""
    request = urllib.request.Request(
        f"{town.url}/api/v1/{path}",
        json.dumps(body or {}).encode(),
        {"Content-Type": "application/json", **headers},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def hold(town: Town, start: str) -> dict | None:
    """Hold a time for one identity card; nothing where it is taken."""
    office = citizen_office(town)
    body = {"offerings": [{"id": offering_of(office)}], "start": start}
    try:
        return send(town, "POST", f"offices/{office['id']}/appointments", body)
    except urllib.error.HTTPError as refused:
        if json.load(refused)["code"] != "slot_taken":
            raise
        return None


def take_all(town: Town, start: str) -> None:
    """Others hold every place that is left at this time."""
    while hold(town, start):
        pass


def book(town: Town, day: str, *, cancel: bool = False) -> dict:
    """Somebody's appointment at the first free time of a day, cancelled again if asked for."""
    held = hold(town, free_starts(town, day)[0].isoformat())
    path, secret = f"appointments/{held['id']}", {"X-Appointment-Secret": held["secret"]}
    booked = send(
        town, "POST", f"{path}/confirm", {"name": NAME, "email": "kim@example.org"}, **secret
    )
    return send(town, "DELETE", path, **secret) if cancel else booked


def free_starts(town: Town, day: str, persons: int = 1) -> list[datetime]:
    """When identity cards for so many persons can be applied for on a day."""
    office = citizen_office(town)
    query = f"offering={offering_of(office)}:{persons}&from={day}&days=1"
    (answer,) = town.get(f"/api/v1/offices/{office['id']}/availability?{query}")["days"]
    zone = ZoneInfo(office["time_zone"])
    return [
        datetime.combine(date.fromisoformat(day), time.fromisoformat(start), zone)
        for start in answer["starts"]
    ]


def draw_tickets(town: Town, count: int) -> list[dict]:
    """So many people come to the citizen office without an appointment."""
    office = citizen_office(town)
    token = {"Authorization": f"Bearer {town.manage('staff_token', 'frontdesk')}"}
    body = {"offerings": [{"id": offering_of(office)}]}
    return [
        send(town, "POST", f"offices/{office['id']}/visits", body, **token) for _ in range(count)
    ]


def lapse(town: Town, appointment: str) -> None:
    """The time that an appointment is held runs out."""
    town.manage(
        "shell",
        "-c",
        "from datetime import timedelta; from booking import clock;"
        "from booking.models import Appointment;"
        f"Appointment.objects.filter(pk='{appointment}')"
        ".update(expires_at=clock.now() - timedelta(seconds=1))",
    )


def make_closed_office(town: Town) -> str:
    """An office of the town that never opens; its id."""
    return town.manage(
        "shell",
        "--no-imports",
        "-c",
        "from booking.models import Authority, Office;"
        "town = Authority.objects.get();"
        "office, _ = Office.objects.get_or_create(authority=town, name='Archiv');"
        "print(office.pk)",
    )


def appointment_id(page: Page) -> str:
    """Of the appointment that a page is about."""
    return re.search(r"/appointment/([0-9a-f-]{36})/", page.url).group(1)
