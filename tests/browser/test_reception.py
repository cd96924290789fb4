"""The front desk by keyboard alone, at the citizen office of the demo town."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from .api import book, draw_tickets
from .citizen import citizen_office
from .conftest import DESK
from .staff import log_in

CALLER = "Jürgen Weiß"


class Hands:
    """Whoever sits at the front desk, with a keyboard and nothing else; counts what is pressed."""

    def __init__(self, page: Page) -> None:
        self.page, self.presses, self.begun = page, 0, time.monotonic()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.presses += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.presses += len(text)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.begun


@pytest.fixture
def at_front_desk(town, visit):
    page = visit(f"{town.url}/reception/{citizen_office(town)['id']}/", DESK)
    log_in(page, "frontdesk")
    expect(page.locator("#desk-live")).to_have_text("Live")
    expect(page.locator("#reception-typed")).to_be_focused()
    return Hands(page)


def book_for_caller(hands: Hands) -> str:
    """Reisepass, tomorrow at about this time; the code that is read aloud."""
    page = hands.page
    hands.press("F4")
    expect(page.locator("#offering-1")).to_be_focused()
    hands.type("rei")
    hands.press("Enter")
    expect(page.locator("[data-time]:focus")).to_be_attached()
    hands.press("ArrowDown", "Enter")
    expect(page.locator("#id_name")).to_be_focused()
    hands.type(CALLER)
    hands.press("Enter")
    code = page.locator(".reception-code__digits")
    expect(code).to_have_text(re.compile(r"^\d{4} \d{4}$"))
    return code.inner_text()


def test_a_caller_has_an_appointment_in_less_than_a_minute_and_ten_keys(at_front_desk, keep):
    hands, page = at_front_desk, at_front_desk.page
    code = book_for_caller(hands)
    keep(page, "booked")
    hands.press("Enter")
    expect(page.locator("#reception-typed")).to_be_focused()
    assert hands.presses - len(CALLER) <= 10
    assert hands.seconds < 60

    # As one hears the name; and once more by the code.
    hands.type("weiss")
    expect(page.locator("#reception-found")).to_contain_text(CALLER)
    hands.press("Escape")
    hands.type(code)
    expect(page.locator("#reception-found tbody tr")).to_have_count(1)
    keep(page, "found")


def test_a_caller_gets_another_time_and_then_none(at_front_desk):
    hands, page = at_front_desk, at_front_desk.page
    code = book_for_caller(hands)
    hands.press("Enter")
    hands.type(code[:4])
    expect(page.locator("#reception-found tbody tr")).to_have_count(1)
    hands.press("Enter")
    expect(page.locator("[data-row]:focus")).to_be_attached()
    hands.press("Enter")
    expect(page.locator("#do-move")).to_be_focused()
    hands.press("Enter")
    expect(page.locator("#reception-day")).to_be_focused()
    hands.press("Enter", "ArrowDown", "ArrowDown", "ArrowRight")
    chosen = page.locator("[data-time]:focus").inner_text()
    hands.press("Enter")
    expect(page.locator(".reception-when")).to_contain_text(f", {chosen}")
    assert page.locator(".reception-code__digits").inner_text() == code
    hands.press("Enter")
    expect(page.locator("#reception-found tbody tr")).to_have_count(1)
    hands.press("Enter")
    expect(page.locator("[data-row]:focus")).to_be_attached()
    hands.press("Enter")
    expect(page.locator("#do-move")).to_be_focused()
    hands.press("Tab", "Enter")
    expect(page.locator("#step-title")).to_contain_text("absagen?")
    hands.press("Enter")
    expect(page.locator("#desk-said")).to_contain_text(f"Abgesagt: {CALLER}")


def test_who_types_on_while_a_dialog_closes_loses_no_letter(at_front_desk):
    hands, page = at_front_desk, at_front_desk.page
    book_for_caller(hands)
    page.evaluate("""() => {
        const dialog = document.getElementById("desk-dialog");
        const field = document.getElementById("reception-typed");
        field.value = "Mu";
        field.dispatchEvent(new Event("input", { bubbles: true }));
        dialog.close();
        field.focus();
    }""")
    hands.type("ster")
    expect(page.locator("#reception-typed")).to_have_value("Muster")
    hands.press("F2")
    expect(page.locator("#offering-1")).to_be_focused()
    hands.press("Escape")
    expect(page.locator("#reception-typed")).to_be_focused()
    hands.type("x")
    expect(page.locator("#reception-typed")).to_have_value("x")


def test_the_search_has_the_caret_as_soon_as_a_dialog_is_closed(at_front_desk):
    """Also before the event of closing, which comes late on a slow machine."""
    hands, page = at_front_desk, at_front_desk.page
    hands.press("F2")
    expect(page.locator("#offering-1")).to_be_focused()
    happened = page.evaluate("""async () => {
        const dialog = document.getElementById("desk-dialog");
        const field = document.getElementById("reception-typed");
        const happened = [];
        document.addEventListener("close", () => happened.push("close"), true);
        for (const name of ["blur", "focus"])
          field.addEventListener(name, () => happened.push(name));
        dialog.close();
        await new Promise((done) => setTimeout(done, 100));
        return happened;
    }""")
    assert happened[: happened.index("close")][-2:] == ["blur", "focus"]


def test_leaving_before_the_name_gives_the_time_back(at_front_desk, town):
    hands, page = at_front_desk, at_front_desk.page
    hands.press("F4")
    expect(page.locator("#offering-1")).to_be_focused()
    hands.press("Enter")
    time_chosen = page.locator("[data-time]:focus")
    expect(time_chosen).to_be_attached()
    start = time_chosen.get_attribute("value")
    hands.press("Enter")
    expect(page.locator("#id_name")).to_be_focused()
    with page.expect_response(re.compile("/release/")) as released:
        hands.press("Escape")
    assert released.value.ok
    expect(page.locator("#reception-typed")).to_be_focused()
    hands.press("F4")
    expect(page.locator(f'[data-time][value="{start}"]')).to_be_visible()


def test_scanning_a_code_checks_in_at_once(at_front_desk, town):
    hands, page = at_front_desk, at_front_desk.page
    today = book(town, "2026-11-24")
    hands.type(today["code"])
    hands.press("Enter")
    expect(page.locator(".reception-done__number")).to_have_text(re.compile(r"^[A-Z]\d{3}$"))
    expect(page.locator("#reception-typed")).to_have_value("")


def test_a_ticket_the_kiosks_end_and_a_transfer_by_keys(at_front_desk, keep):
    hands, page = at_front_desk, at_front_desk.page
    hands.press("F2")
    expect(page.locator("#offering-1")).to_be_focused()
    hands.press("Enter")
    number = page.locator(".reception-done__number")
    expect(number).to_be_visible()
    expect(page.locator("#desk-waiting")).to_contain_text(number.inner_text())
    hands.press("F8")
    expect(page.locator("#desk-dialog button:focus")).to_be_attached()
    hands.press("Enter")
    expect(page.locator(".reception-kiosk--closed")).to_be_visible()
    keep(page, "kiosk-closed")
    hands.press("F8")
    expect(page.locator("#desk-dialog button:focus")).to_be_attached()
    hands.press("Enter")
    expect(page.locator(".reception-kiosk--closed")).to_have_count(0)
    hands.press("F9", "Tab", "Enter")
    expect(page.locator("#desk-dialog")).to_be_visible()
    expect(page.locator("#step-title")).to_contain_text("Wohin")
    hands.press("Escape", "?")
    expect(page.locator("#reception-keys")).to_be_visible()


def test_the_page_follows_the_queue_and_what_is_being_typed_stays(at_front_desk, town):
    hands, page = at_front_desk, at_front_desk.page
    hands.type("muster")
    expect(page.locator("#reception-found caption")).to_have_text("Gefundene Termine")
    (ticket,) = draw_tickets(town, 1)
    expect(page.locator("#desk-waiting")).to_contain_text(ticket["number"])
    expect(page.locator("#reception-typed")).to_have_value("muster")
    expect(page.locator("#reception-typed")).to_be_focused()
    expect(page.locator("#reception-found caption")).to_have_text("Gefundene Termine")
