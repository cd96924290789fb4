"""What others do at the same time, through the API; and the one thing only time can do."""

import json
import re
import urllib.error
import urllib.request
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from playwright.sync_api import Page

from .citizen import citizen_office, offering_of
from .town import Town


def hold(town: Town, offerings: list[dict], start: str) -> dict | None:
    """Hold a time at the citizen office; nothing where it is taken."""
    office = citizen_office(town)
    request = urllib.request.Request(
        f"{town.url}/api/v1/offices/{office['id']}/appointments",
        json.dumps({"offerings": offerings, "start": start}).encode(),
        {"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refused:
        if json.load(refused)["code"] != "slot_taken":
            raise
        return None


def take_all(town: Town, start: str) -> None:
    """Others hold every place that is left at this time."""
    offerings = [{"id": offering_of(citizen_office(town))}]
    while hold(town, offerings, start):
        pass


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


def draw_tickets(town: Town, count: int) -> None:
    """So many people come to the citizen office without an appointment."""
    office = citizen_office(town)
    token = town.manage("staff_token", "frontdesk")
    for _person in range(count):
        request = urllib.request.Request(
            f"{town.url}/api/v1/offices/{office['id']}/visits",
            json.dumps({"offerings": [{"id": offering_of(office)}]}).encode(),
            {"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
        )
        urllib.request.urlopen(request, timeout=20).close()


def lapse(town: Town, page: Page) -> None:
    """The time that the page's appointment is held runs out."""
    town.manage(
        "shell",
        "-c",
        "from datetime import timedelta; from booking import clock;"
        "from booking.models import Appointment;"
        f"Appointment.objects.filter(pk='{appointment_id(page)}')"
        ".update(expires_at=clock.now() - timedelta(seconds=1))",
    )


def appointment_id(page: Page) -> str:
    return re.search(r"/appointment/([0-9a-f-]{36})/", page.url).group(1)
