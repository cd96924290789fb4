"""The citizen's part where scripts are switched off, with everything that can go wrong."""

import re

import pytest
from playwright.sync_api import Page, expect

from .api import appointment_id, free_starts, hold, lapse, take_all
from .citizen import (
    NAME,
    calendar_of,
    check_in_code,
    citizen_office,
    give_details,
    hold_first_time,
    link_in,
    times_url,
)
from .conftest import PHONE


@pytest.fixture
def plain(visit):
    """Open a browser without JavaScript."""
    return lambda url: visit(url, PHONE, java_script_enabled=False)


def test_from_the_start_page_to_the_cancelled_appointment(town, plain, keep, email):
    page = plain(town.url)
    page.fill("#q", "Perso")
    page.locator("form[role=search] button").click()
    page.get_by_role("link", name="Personalausweis beantragen").first.click()
    page.locator(".service:has(input:checked) select").select_option("3")
    page.locator("button[name=next]").click()
    expect(page.locator("aside.summary")).to_contain_text("3 × Personalausweis")
    page.get_by_role("navigation", name="Monate").get_by_role("link").last.click()
    page.locator("a.day").nth(1).click()
    keep(page, "times")
    start = hold_first_time(page)
    expect(page.locator("[data-countdown]")).to_contain_text(re.compile(r"1[45] Minuten"))

    # A wrong address is said at its field, and nothing typed is lost.
    page.fill("#id_name", NAME)
    page.fill("#id_email", "kim.example.org")
    page.locator("#details button.kern-btn--primary").click()
    expect(page.locator("[data-error-summary] a")).to_have_attribute("href", "#id_email")
    expect(page.locator("#id_email")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#id_email_error")).to_be_visible()
    expect(page.locator("#id_email")).to_have_value("kim.example.org")
    expect(page.locator("#id_name")).to_have_value(NAME)
    keep(page, "wrong-address")

    give_details(page, email)
    check_in_code(page)
    keep(page, "booked")
    page.reload()
    (mail,) = town.wait_for_mails(email, 1)
    (event,) = calendar_of(mail).walk("VEVENT")
    assert event.decoded("DTSTART") == start

    page.goto(link_in(mail, "/appointment/"))
    page.get_by_role("link", name="Termin absagen").click()
    page.locator("main form button").click()
    expect(page.locator("h1")).to_contain_text("abgesagt")
    keep(page, "cancelled")
    assert start in free_starts(town, start.date().isoformat(), persons=3)
    assert calendar_of(town.wait_for_mails(email, 2)[1])["METHOD"] == "CANCEL"


def test_without_a_choice_the_page_asks_for_one(town, plain):
    page = plain(f"{town.url}/book/{citizen_office(town)['id']}/")
    page.locator("button[name=next]").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    page.get_by_role("checkbox", name="Reisepass").check()
    page.locator("button[name=next]").click()
    expect(page.locator("button.time").first).to_be_visible()


def test_a_time_taken_before_the_click_leads_to_the_nearest(town, plain, keep):
    page = plain(times_url(town, "2026-12-03"))
    first = page.locator("button.time").first
    taken = first.get_attribute("value")
    take_all(town, taken)
    first.click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    keep(page, "taken")
    another = page.locator("[data-error-summary] .alternatives button").first
    assert another.get_attribute("value") != taken
    another.click()
    expect(page.locator("#id_email")).to_be_visible()


def test_a_time_lost_while_typing_keeps_what_was_typed(town, plain, keep, email):
    page = plain(times_url(town, "2026-12-04"))
    start = hold_first_time(page)
    page.fill("#id_name", NAME)
    page.fill("#id_email", email)
    lapse(town, appointment_id(page))
    take_all(town, start.isoformat())
    page.locator("#details button.kern-btn--primary").click()
    expect(page.locator("h1")).to_have_text("Diese Zeit ist nicht mehr frei")
    keep(page, "gone")
    page.locator(".alternatives button").first.click()
    expect(page.locator("#id_name")).to_have_value(NAME)
    expect(page.locator("#id_email")).to_have_value(email)
    page.locator("#details button.kern-btn--primary").click()
    check_in_code(page)
    assert len(town.wait_for_mails(email, 1)) == 1


def test_two_tabs_and_the_back_button_make_one_booking(town, plain, email):
    page = plain(times_url(town, "2026-12-08"))
    hold_first_time(page)
    page.go_back()
    page.locator("button.time").nth(3).click()
    give_details(page, email)
    booked = page.url
    page.go_back()
    _book_again(page)
    assert page.url.partition("?")[0] == booked.partition("?")[0]
    assert len(town.wait_for_mails(email, 1)) == 1


def _book_again(page: Page) -> None:
    """Press the button once more, if the browser still shows it."""
    button = page.locator("#details button.kern-btn--primary")
    if button.count():
        button.click()
        expect(page.locator(".code")).to_be_visible()


def test_the_api_and_the_page_share_the_places(town, plain):
    page = plain(times_url(town, "2026-12-09"))
    value = page.locator("button.time").first.get_attribute("value")
    assert hold(town, value)["state"] == "held"
    take_all(town, value)
    page.reload()
    assert page.locator(f"button.time[value='{value}']").count() == 0
