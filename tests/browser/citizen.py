"""The citizen's way through the pages, for tests that need a booking; and their mails."""

import re
from datetime import datetime
from email.message import EmailMessage

from icalendar import Calendar
from playwright.sync_api import Page, expect

from .town import Town

NAME = "Kim Muster"
SERVICE = "personalausweis"


def citizen_office(town: Town) -> dict:
    """The office at which all of these tests book, as the API describes it."""
    return next(
        office
        for office in town.get("/api/v1/authorities/musterstadt/offices")
        if any(offering["service"] == SERVICE for offering in office["offerings"])
    )


def offering_of(office: dict, service: str = SERVICE) -> str:
    return next(one["id"] for one in office["offerings"] if one["service"] == service)


def times_url(town: Town, day: str, persons: int = 1) -> str:
    """The page of times at a day such as ``2026-11-24``."""
    office = citizen_office(town)
    chosen = f"offering={offering_of(office)}:{persons}"
    return f"{town.url}/book/{office['id']}/times/?{chosen}&day={day}"


def hold_first_time(page: Page) -> datetime:
    """On the page of times: take the first of the day shown; its start."""
    first = page.locator("button.time").first
    start = datetime.fromisoformat(first.get_attribute("value"))
    first.click()
    expect(page.locator("#id_email")).to_be_visible()
    return start


def give_details(page: Page, email: str) -> None:
    """On the page of details: fill it in and book."""
    page.fill("#id_name", NAME)
    page.fill("#id_email", email)
    page.locator("#details button.kern-btn--primary").click()
    expect(page.locator(".code")).to_be_visible()


def check_in_code(page: Page) -> str:
    """On the page of a booking: its eight digits."""
    code = re.sub(r"\D", "", page.locator(".code").inner_text())
    assert len(code) == 8
    return code


def calendar_of(mail: EmailMessage) -> Calendar:
    """The ``.ics`` that came with a mail."""
    part = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
    return Calendar.from_ical(part.get_payload(decode=True))


def link_in(mail: EmailMessage, word: str) -> str:
    """The first address in a mail's text that contains ``word``."""
    text = mail.get_body(("plain",)).get_content()
    return next(link for link in re.findall(r"https?://\S+", text) if word in link)
