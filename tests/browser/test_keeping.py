"""Keeping and changing an appointment: without scripts at home, and on a phone on its day."""

import re
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from .api import appointment_id, free_starts
from .citizen import (
    calendar_of,
    check_in_code,
    citizen_office,
    give_details,
    hold_first_time,
    link_in,
    times_url,
)
from .conftest import PHONE
from .test_accessibility import Examine, examine  # noqa: F401 - a fixture
from .town import Town

TODAY = "2026-11-24"
POSTER = """
from booking.domain.links import poster_link
from booking.models import Office
office = Office.objects.get(pk="{office}")
office.phone_check_in = "{way}"
office.save()
print(poster_link(office))
"""
CALENDAR = """
from uuid import UUID
from booking.domain.links import subscription_link
from booking.domain.subscriptions import mail_subscription
print(subscription_link(mail_subscription(UUID("{appointment}"))))
"""


def shell(town: Town, code: str, **values: object) -> str:
    """The last line of what a piece of code prints in the town."""
    said = town.manage("shell", "--verbosity", "0", "-c", code.format(**values))
    return said.splitlines()[-1].strip()


def booked_at(page: Page) -> str:
    return page.locator(".when").first.inner_text()


def test_without_scripts_an_appointment_is_moved_found_again_and_deleted(town, visit, keep, email):
    page = visit(times_url(town, "2026-12-01"), PHONE, java_script_enabled=False)
    start = hold_first_time(page)
    give_details(page, email)
    own, code = page.url, check_in_code(page)
    page.get_by_role("link", name="Andere Zeit wählen").click()
    keep(page, "move")
    page.fill("#from", "2026-12-03")
    page.locator("form.from-day button").click()
    page.locator("a.time").nth(2).click()
    keep(page, "move-ask")
    wanted = datetime.fromisoformat(page.locator("input[name=start]").get_attribute("value"))
    page.get_by_role("button", name="Ja, verlegen").click()
    expect(page.locator("h1")).to_have_text("Ihr Termin hat eine neue Zeit")
    keep(page, "moved")
    assert check_in_code(page) == code
    assert start in free_starts(town, "2026-12-01")
    second = town.wait_for_mails(email, 2)[1]
    assert second["Subject"].strip().startswith("Neue Zeit: ")
    (event,) = calendar_of(second).walk("VEVENT")
    assert (event.decoded("DTSTART"), event["SEQUENCE"]) == (wanted, 1)

    page.goto(f"{town.url}/musterstadt/")
    page.get_by_role("link", name="Termin ansehen, verlegen oder absagen").click()
    page.fill("#id_code", code)
    page.fill("#id_email", email)
    keep(page, "find")
    page.get_by_role("button", name="Link zuschicken").click()
    expect(page.locator("main")).to_contain_text("ist eine E-Mail mit dem Link")
    keep(page, "find-sent")
    page.goto(link_in(town.wait_for_mails(email, 3)[2], "/cancel/"))
    expect(page.locator("h1")).to_have_text("Diesen Termin absagen?")

    page.goto(own)
    page.get_by_role("link", name="Erinnerungen ändern").click()
    page.locator("#mail").uncheck()
    page.get_by_role("button", name="Speichern").click()
    expect(page.locator("main")).to_contain_text("Gespeichert")
    keep(page, "reminders")
    page.goto(own)
    page.get_by_role("link", name="löschen").click()
    keep(page, "delete")
    page.get_by_role("button", name="Ja, absagen und löschen").click()
    expect(page.locator("main")).to_contain_text("Ihre Daten sind gelöscht")
    keep(page, "deleted")
    assert wanted in free_starts(town, "2026-12-03")


@pytest.mark.slow
@pytest.mark.parametrize("language", ["", "/en"])
def test_every_page_of_it_can_be_read_by_everybody(town, visit, examine, email, language):  # noqa: F811
    """From the day before to the ticket: axe, and 320 px."""
    office = citizen_office(town)["id"]
    poster = shell(town, POSTER, office=office, way="poster")
    page = visit(times_url(town, TODAY).replace("/book/", f"{language}/book/"), PHONE)
    hold_first_time(page)
    give_details(page, email)
    own = page.url
    examine(page, "on-the-day")
    for name in ("move", "late", "here", "reminders", "calendar", "delete"):
        page.goto(f"{own}{name}/")
        examine(page, name)
    page.goto(f"{own}move/")
    page.locator("a.time").first.click()
    examine(page, "move-ask")
    page.goto(f"{own}late/")
    page.locator("button[name=minutes]").first.click()
    examine(page, "late-said")
    page.goto(
        shell(town, CALENDAR, appointment=appointment_id(page)).replace(
            "/calendar/", f"{language}/calendar/"
        )
    )
    examine(page, "subscription")
    page.goto(f"{town.url}{language}/musterstadt/find/")
    examine(page, "find")
    page.get_by_role("button").last.click()
    examine(page, "find-with-errors")
    page.goto(f"{own}here/")
    page.goto(poster.replace("/here/", f"{language}/here/"))
    examine(page, "poster")
    page.locator("button[name=known]").click()
    expect(page.locator(".ticket__number")).to_have_text(re.compile(r"[A-Z]\d{3}"))
    examine(page, "ticket")
    page.goto(own)
    examine(page, "checked-in")
    shell(town, POSTER, office=office, way="")
