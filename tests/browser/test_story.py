"""The main job with four browsers: book at home, check in, be called, be served – and cancel."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Error, Page, expect

from .api import free_starts, take_all
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
from .conftest import DESK, KIOSK, PHONE, TV
from .staff import log_in, pair
from .town import MORNING, Town

pytestmark = pytest.mark.slow

# From the clerk's key to the number on the display. A loaded machine gets twice the second.
SECONDS_TO_DISPLAY = 2
MOST_WAITING = 60

# Notes when the page first shows a text, and when a sound begins. Runs before the page's own.
WITNESS = """
window.firstSeen = {};
const look = () => {
  for (const place of document.querySelectorAll(".newest__number, .call__number")) {
    if (!place.hidden && place.textContent) window.firstSeen[place.textContent] ??= Date.now();
  }
};
addEventListener("DOMContentLoaded", () => {
  look();
  new MutationObserver(look).observe(document.body, {
    subtree: true, childList: true, attributes: true, characterData: true,
  });
});
addEventListener("play", () => {
  const { dataset } = document.documentElement;
  dataset.rung = Number(dataset.rung ?? 0) + 1;
}, true);
addEventListener("keydown", () => { window.keyPressedAt = Date.now(); }, true);
"""


def test_a_citizen_books_checks_in_is_called_and_served(any_town: Town, visit, keep, email):
    office = citizen_office(any_town)
    kiosk = visit(f"{any_town.url}/kiosk/", KIOSK)
    display = visit("about:blank", TV)
    display.add_init_script(WITNESS)
    display.goto(f"{any_town.url}/display/")
    pair_both(any_town, visit, keep, kiosk, display, office["id"])

    citizen = visit(any_town.url, PHONE)
    code = book_from_the_start_page(citizen, keep, email)
    the_mail_has_all(any_town, email, code)
    citizen.locator("main a[href*='/ticket/']").click()
    expect(citizen.locator("[data-ticket]")).to_have_attribute("data-state", "expected")
    keep(citizen, "09-ticket-page-before-check-in")

    number = check_in_at_the_kiosk(kiosk, keep, code)
    expect(citizen.locator(".ticket__number")).to_have_text(number)
    keep(citizen, "13-ticket-page-waiting")
    walk_in = draw_a_ticket(kiosk, keep)

    desk = visit("about:blank", DESK)
    desk.add_init_script(WITNESS)
    desk.goto(f"{any_town.url}/desk/")
    sit_down(desk, keep)
    expect(desk.locator("#desk-waiting")).to_contain_text(NAME)
    expect(desk.locator("#desk-waiting")).to_contain_text(walk_in)
    serve_all_before(desk, number)
    # Those were called quicker than anybody is, and each call is owed its seconds on the board.
    display.reload()
    expect(display.locator(".call, .newest__number").first).to_be_visible()
    desk.keyboard.press("n")

    expect(display.locator(".board")).to_contain_text(number)
    seconds = seconds_between(desk, display, number)
    print(f"\nfrom the key to the display: {seconds:.2f} s")
    assert seconds < SECONDS_TO_DISPLAY
    expect(desk.locator(".current__name")).to_have_text(NAME)
    keep(desk, "19-desk-called")
    counter = desk.locator("#current-title small").inner_text()
    expect(citizen.locator("#state")).to_have_text(f"Bitte gehen Sie jetzt zu {counter}")
    keep(citizen, "20-ticket-page-called")
    expect(display.locator(".newest__number")).to_have_text(number)
    expect(display.locator(".newest__counter")).to_contain_text(counter)
    expect(display.locator("html")).to_have_attribute("data-rung", re.compile(r"\d+"))
    keep(display, "21-display-called")

    desk.keyboard.press("b")
    expect(desk.locator("#current-title")).to_contain_text("wird bedient", ignore_case=True)
    expect(citizen.locator("[data-ticket]")).to_have_attribute("data-state", "serving")
    keep(desk, "22-desk-serving")
    keep(citizen, "23-ticket-page-serving")
    desk.keyboard.press("f")
    expect(citizen.locator("[data-ticket]")).to_have_attribute("data-state", "done")
    keep(citizen, "24-ticket-page-done")
    expect(display.locator(".board")).not_to_contain_text(number)
    keep(display, "25-display-afterwards")
    desk.locator("#do-close").click()
    expect(desk.locator("#choose-counter")).to_be_visible()

    # Names are for the desk alone.
    for page in (display, kiosk, citizen):
        assert NAME not in source_of(page)


def pair_both(
    town: Town, visit: Callable[..., Page], keep: Callable, kiosk: Page, display: Page, office: str
) -> None:
    keep(kiosk, "01-kiosk-unpaired")
    keep(display, "01-display-unpaired")
    lead = visit(f"{town.url}/staff/pair/", DESK)
    log_in(lead, "lead")
    pair(lead, kiosk, "kiosk", office)
    pair(lead, display, "display", office)
    keep(lead, "02-lead-paired")
    expect(kiosk.locator(".tile")).to_have_count(2)
    expect(display.locator(".call, .newest__number").first).to_be_attached()
    keep(display, "02-display-paired")


def book_from_the_start_page(page: Page, keep: Callable, email: str) -> str:
    """Two identity cards, today, within the hour. The check-in code."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Termin buchen")
    keep(page, "03-start")
    page.get_by_role("searchbox").fill("Perso")
    page.get_by_role("search").get_by_role("button").click()
    keep(page, "04-found")
    page.get_by_role("link", name="Personalausweis beantragen").first.click()
    expect(page.get_by_role("checkbox", name="Personalausweis beantragen").first).to_be_checked()
    page.locator(".service:has(input:checked) select").select_option("2")
    keep(page, "05-choose")
    page.get_by_role("button", name="Freie Zeiten").click()
    today = MORNING.partition("T")[0]
    page.locator(f"a.day[href*='day={today}']").click()
    expect(page.locator("#times")).to_be_in_viewport()
    keep(page, "06-times")
    start = hold_first_time(page)
    assert start.replace(tzinfo=None) - datetime.fromisoformat(MORNING) <= timedelta(hours=1)
    keep(page, "07-details")
    give_details(page, email)
    keep(page, "08-booked")
    return check_in_code(page)


def the_mail_has_all(town: Town, email: str, code: str) -> None:
    mail = town.wait_for_mails(email, 1)[0]
    assert f"{code[:4]} {code[4:]}" in mail.get_body(("plain",)).get_content()
    calendar = calendar_of(mail)
    (event,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "REQUEST"
    assert event.decoded("DTSTART").date().isoformat() == MORNING.partition("T")[0]
    assert event.decoded("DTEND") - event.decoded("DTSTART") == timedelta(minutes=20)


def source_of(page: Page) -> str:
    """All of a page; where it goes on to another this very moment, of that one."""
    with suppress(Error):
        return page.content()
    page.wait_for_load_state()
    return page.content()


def check_in_at_the_kiosk(page: Page, keep: Callable, code: str) -> str:
    """Type the code on the keypad. The number."""
    keep(page, "10-kiosk-start")
    page.locator(".tile").first.click()
    for digit in code:
        page.locator(f"[data-key='{digit}']").click()
    keep(page, "11-kiosk-code")
    page.locator(".pad__key--go").click()
    number = page.locator(".issued__number").inner_text()
    assert NAME not in source_of(page)
    keep(page, "12-kiosk-checked-in")
    return number


def draw_a_ticket(page: Page, keep: Callable) -> str:
    """The next visitor has no appointment. The number."""
    page.locator(".closing a").click()
    page.locator(".tile").nth(1).click()
    keep(page, "14-kiosk-services")
    page.get_by_role("link", name="Personalausweis beantragen").first.click()
    keep(page, "15-kiosk-persons")
    page.locator("button[name=quantity]").first.click()
    number = page.locator(".issued__number").inner_text()
    keep(page, "16-kiosk-ticket")
    return number


def sit_down(page: Page, keep: Callable) -> None:
    log_in(page, "clerk1")
    keep(page, "17-desk-counters")
    page.locator("form .choice").first.click()
    expect(page.locator("#current-title")).to_be_visible()
    keep(page, "18-desk-queue")


def serve_all_before(page: Page, number: str) -> None:
    """Call one after the other, in the order of the queue, until ``number`` is next."""
    for _person in range(MOST_WAITING):
        following = page.locator(".queue__row--next .queue__number").inner_text()
        if following == number:
            return
        page.keyboard.press("n")
        expect(page.locator(".current__number")).to_have_text(following)
        page.keyboard.press("b")
        expect(page.locator(".current--serving")).to_be_visible()
    raise AssertionError(f"{number} was never called")


def seconds_between(desk: Page, display: Page, number: str) -> float:
    """From the desk's last key to the number on the display; both browsers share a clock."""
    pressed = desk.evaluate("window.keyPressedAt")
    return (display.evaluate("number => window.firstSeen[number]", number) - pressed) / 1000


def test_a_cancelled_time_is_free_again(any_town: Town, visit, keep, email):
    day = "2026-12-01"
    page = visit(times_url(any_town, day), PHONE)
    start = hold_first_time(page)
    give_details(page, email)
    take_all(any_town, start.isoformat())
    assert start not in free_starts(any_town, day)

    (mail,) = any_town.wait_for_mails(email, 1)
    at_home = visit(link_in(mail, "/appointment/"), PHONE)
    at_home.get_by_role("link", name="Termin absagen").click()
    keep(at_home, "sure")
    at_home.locator("main form button").click()
    expect(at_home.locator(".kern-alert--success")).to_contain_text("abgesagt")
    keep(at_home, "cancelled")

    assert start in free_starts(any_town, day)
    calendar = calendar_of(any_town.wait_for_mails(email, 2)[1])
    first = calendar_of(mail)
    assert calendar["METHOD"] == "CANCEL"
    (event,), (before,) = calendar.walk("VEVENT"), first.walk("VEVENT")
    assert (event["UID"], event["STATUS"]) == (before["UID"], "CANCELLED")
    assert event["SEQUENCE"] > before["SEQUENCE"]
