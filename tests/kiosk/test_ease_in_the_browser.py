"""Within reach, by keys alone, heard, and quicker than any person: the kiosk in a real browser."""

from datetime import timedelta
from time import monotonic

import pytest
from playwright.sync_api import Page, expect

from booking.domain.forecast import Wait
from booking.domain.links import ticket_link
from booking.models import Visit
from kiosk.reach import reached_percent
from tests import factories
from tests.conftest import TUESDAY
from tests.kiosk.browser import prints, require_sound

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Controls that begin above the band, each scrolled to where it would be tapped.
ABOVE = """(percent) => [...document.querySelectorAll("a[href], button, input, select")]
    .filter((one) => one.checkVisibility() && !one.matches(".skip-link, .demo-bar *"))
    .filter((one) => {
        one.scrollIntoView({ block: "center" });
        return one.getBoundingClientRect().top < innerHeight * (1 - percent / 100) - 1;
    })
    .map((one) => one.outerHTML)"""
CUT_OFF = """() => [...document.querySelectorAll(".kiosk-say > *")]
    .filter((one) => one.getBoundingClientRect().bottom
        > document.querySelector(".kiosk-do").getBoundingClientRect().top)
    .map((one) => one.outerHTML)"""


@pytest.mark.parametrize("top", [145, 169])
@pytest.mark.parametrize("aid", ["", "large"])
def test_whatever_is_tapped_is_in_reach_and_no_word_is_cut_off(
    page, office, device, offering, book, top, aid
):
    device.screen_top_cm = top
    device.save()
    percent = reached_percent(device)
    factories.OfferingFactory.create_batch(12, office=office)
    factories.make_forecast(office, tickets={offering.pk: Wait(40, 55, 80)})
    code = book().code
    if aid:
        with page.expect_navigation():
            page.locator(f".aid[value={aid}]").click()

    def require_reach() -> None:
        where = (page.url, aid, top)
        assert (where, page.evaluate(ABOVE, percent)) == (where, [])
        assert (where, page.evaluate(CUT_OFF)) == (where, [])

    paths = ["", "check-in/", "services/", "services/several/", f"services/{offering.pk}/"]
    for path in [*paths, "times/", f"times/{offering.pk}/"]:
        page.goto(f"/kiosk/{path}")
        require_reach()
        tools = page.locator("[popovertarget=tools]").first
        if tools.count():
            tools.click()
            require_reach()
    for typed in ("12345678", code, code):
        page.goto("/kiosk/check-in/")
        page.fill("#code", typed)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        require_reach()


@pytest.mark.parametrize("aid", ["large", "contrast"])
def test_with_an_aid_every_page_is_accessible(page, office, offering, book, aid):
    factories.OfferingFactory.create_batch(3, office=office)
    with page.expect_navigation():
        page.locator(f".aid[value={aid}]").click()
    for path in ("", "check-in/", "services/", "services/several/", f"times/{offering.pk}/"):
        page.goto(f"/kiosk/{path}")
        require_sound(page)
    page.goto("/kiosk/check-in/")
    page.fill("#code", book().code)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    require_sound(page)


# What the page would say; the browser of the tests has no voice.
LISTEN = """
window.heard = [];
document.addEventListener("kiosk:say", (event) => heard.push(event.detail));
"""


def wait_until_heard(page: Page, words: str) -> None:
    deadline = monotonic() + 20
    while monotonic() < deadline:
        if any(words in one for one in page.evaluate("heard")):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"{words} was not said, but {page.evaluate('heard')}")


def test_a_ticket_is_drawn_by_keys_and_ears_alone(page, offering):
    page.add_init_script(LISTEN)
    with page.expect_navigation():
        page.keyboard.press("F1")
    wait_until_heard(page, "Ich habe keinen Termin")
    assert "Willkommen" in page.evaluate("heard[0]")

    page.keyboard.press("ArrowDown")
    assert page.evaluate("heard.at(-1)").startswith("Ich habe einen Termin")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("heard.at(-1)").startswith("Ich habe keinen Termin")
    page.keyboard.press("Enter")
    page.wait_for_url("**/services/")
    page.keyboard.press("ArrowDown")
    assert offering.service.name in page.evaluate("heard.at(-1)")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{offering.pk}/")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("heard.at(-1)") == "1 Person"
    page.keyboard.press("Enter")
    page.wait_for_url("**/ticket/**")
    wait_until_heard(page, "A001")
    assert Visit.objects.get().number == "A001"


def test_the_screen_reader_finds_every_choice_by_its_name(page, offering):
    page.goto(f"/en/kiosk/services/{offering.pk}/")
    names = page.locator("main").aria_snapshot()
    assert 'heading "For how many persons?" [level=1]' in names
    assert 'button "1 person"' in names
    page.goto("/en/kiosk/check-in/")
    names = page.locator("body").aria_snapshot()
    for name in ('textbox "Code, eight digits"', 'group "Keypad"', 'button "Language and help"'):
        assert name in names


# All within a millisecond.
SCAN_ALL = """(links) => {
    for (const link of links) {
        for (const key of [...link, "Enter"]) {
            document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
        }
    }
}"""


def test_scans_quicker_than_the_pages_are_all_checked_in_and_printed(page, office, book):
    starts = [TUESDAY + timedelta(minutes=10 * index) for index in range(1, 6)]
    links = [ticket_link(book(start).pk) for start in starts]
    printed = []
    page.expose_function("printedOne", lambda: printed.append(1))
    page.add_init_script("addEventListener('message', (e) => e.data === 'printed' && printedOne())")
    page.goto("/kiosk/")
    page.evaluate(SCAN_ALL, links)
    deadline = monotonic() + 30
    while len(printed) < len(links) and monotonic() < deadline:
        page.wait_for_timeout(50)
    assert Visit.objects.count() == len(links)
    assert len(printed) == len(links)


def test_digits_typed_before_their_page_stands_are_not_lost(page, book):
    code = book().code
    page.keyboard.type(code[:3])
    page.goto("/kiosk/check-in/")
    expect(page.locator("#code")).to_have_value(code[:3])
    page.keyboard.type(code[3:])
    page.keyboard.press("Enter")
    page.wait_for_url("**/ticket/**")
    assert Visit.objects.count() == 1


def test_who_ticks_the_assistance_may_scan(page, office, book):
    office.kiosk_asks_assistance = True
    office.save()
    link = ticket_link(book().pk)
    page.goto("/kiosk/check-in/")
    page.get_by_role("checkbox").check()
    page.keyboard.type(link)
    page.keyboard.press("Enter")
    page.wait_for_url("**/ticket/**")
    assert Visit.objects.get().priority == Visit.Priority.ASSISTED


def test_taps_quicker_than_the_pages_draw_one_ticket(page: Page):
    page.goto("/kiosk/services/")
    page.locator(".tiles .tile").first.click()
    page.evaluate("""() => {
        const tile = document.querySelector("button[name=quantity]");
        for (let tap = 0; tap < 30; tap += 1) tile.click();
    }""")
    page.wait_for_url("**/ticket/**")
    page.locator("[data-print=done]").wait_for(state="visible")
    assert (Visit.objects.count(), prints(page)) == (1, 1)
