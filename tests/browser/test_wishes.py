"""From a full month to a booking by way of the waiting list, with and without scripts."""
# ruff: noqa: F401, F811 - a fixture of another file

import json
import urllib.request

import pytest
from playwright.sync_api import expect

from .api import send
from .citizen import NAME, check_in_code, link_in
from .conftest import DESK, PHONE
from .staff import log_in
from .test_accessibility import examine

OFFICE = """
from datetime import date, time
from booking.domain.hours import save_opening_hours
from booking.models import Authority, Offering, Office, OpeningHours, Service
town = Authority.objects.get(slug="musterstadt")
office = Office.objects.create(authority=town, name="Bürgerbüro Süd", address="Südring 5",
                               horizon_days=9)
service = Service.objects.get(authority=town, slug="personalausweis")
offering = Offering.objects.create(office=office, service=service, minutes=10, letter="A")
save_opening_hours(OpeningHours(office=office, weekday=1, opens=time(10), closes=time(10, 10),
    valid_from=date(2026, 11, 25), unit_minutes=10, counters=1, online_counters=1))
print(office.pk, offering.pk)
"""
WISH = """
from datetime import date, time
from booking.domain.items import Item
from booking.domain.wishes import Terms, confirm_wish, make_wish
from booking.models import Offering, Wish
offering = Offering.objects.get(pk="{offering}")
make_wish(authority=offering.office.authority, items=[Item(offering, 1)], email="li@example.org",
    terms=Terms([offering.office], range(7), time(8), time(12), date(2026, 12, 20)))
confirm_wish(Wish.objects.get(email="li@example.org").pk)
"""
START = "2026-12-01T10:00"


@pytest.fixture
def only_place(town) -> dict[str, str]:
    """An office with one place ahead, which somebody has booked."""
    office, offering = town.manage("shell", "-v0", "-c", OFFICE).split()[-2:]
    body = {"offerings": [{"id": offering}], "start": START}
    held = send(town, "POST", f"offices/{office}/appointments", body)
    secret = {"X-Appointment-Secret": held["secret"]}
    details = {"name": NAME, "email": "kim@example.org"}
    send(town, "POST", f"appointments/{held['id']}/confirm", details, **secret)
    return {"office": office, "offering": offering, "id": held["id"], **secret}


def give_back(town, place: dict[str, str]) -> None:
    """Whoever booked the only place cancels."""
    request = urllib.request.Request(
        f"{town.url}/api/v1/appointments/{place['id']}",
        headers={"X-Appointment-Secret": place["X-Appointment-Secret"]},
        method="DELETE",
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert json.load(answer)["state"] == "cancelled"


@pytest.mark.parametrize("scripts", [False, True])
def test_from_a_full_month_to_the_appointment(
    town, visit, examine, keep, only_place, email, scripts
):
    size = DESK if scripts else PHONE
    times = f"/book/{only_place['office']}/times/?offering={only_place['offering']}:1"
    page = visit(town.url + times, size, java_script_enabled=scripts)
    look = examine if scripts else keep
    expect(page.locator("main")).to_contain_text("keine Zeit mehr frei")
    look(page, "full")
    page.get_by_role("link", name="Auf die Warteliste setzen").click()
    look(page, "wish")
    page.get_by_label("E-Mail-Adresse").fill("kim.example.org")
    page.get_by_role("button", name="Auf die Warteliste setzen").click()
    expect(page.locator("[data-error-summary] a")).to_have_attribute("href", "#id_email")
    look(page, "wrong-address")
    page.get_by_label("E-Mail-Adresse").fill(email)
    page.get_by_role("button", name="Auf die Warteliste setzen").click()
    expect(page.locator("h1")).to_contain_text("Postfach")
    look(page, "sent")

    page.goto(link_in(town.wait_for_mails(email, 1)[0], "/wish/"))
    look(page, "confirm")
    page.get_by_role("button", name="Ja, auf die Warteliste").click()
    expect(page.locator("h1")).to_have_text("Sie stehen auf der Warteliste")
    look(page, "waiting")

    give_back(town, only_place)
    offer = link_in(town.wait_for_mails(email, 2)[1], "/offer/")
    # Nobody else sees the place meanwhile.
    page.goto(town.url + times)
    expect(page.locator("main")).to_contain_text("keine Zeit mehr frei")
    page.goto(offer)
    look(page, "offer")
    page.get_by_label("Vor- und Nachname").fill(NAME)
    page.get_by_role("button", name="Termin annehmen").click()
    check_in_code(page)
    expect(page.locator(".when")).to_contain_text("10:00")


def test_the_office_lead_sees_the_list_and_releases_places(town, visit, examine, only_place):
    town.manage("shell", "-v0", "-c", WISH.format(**only_place))
    page = visit(f"{town.url}/setup/", DESK)
    log_in(page, "lead")
    page.goto(f"{town.url}/setup/wishes/")
    expect(page.locator("tbody td").first).to_have_text("1")
    examine(page, "lists")
    page.goto(f"{town.url}/setup/wishes/{only_place['office']}/")
    examine(page, "release")
    page.fill("#id_day", "2026-12-02")
    page.fill("#id_opens", "14:00")
    page.fill("#id_closes", "15:00")
    page.get_by_role("button", name="Plätze freigeben").click()
    expect(page.locator(".success")).to_contain_text("freigegeben")
