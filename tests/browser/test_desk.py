"""The desk with its keys, at the Kita of the demo town: one clerk, and everybody else by API."""

import json
import re
import time
import urllib.request

import pytest
from playwright.sync_api import Page, expect

from .conftest import DESK

PASSWORD = "schalter-demo"
KITA = "Kindertageseinrichtungen"


class Kita:
    """The office of these tests, as another program sees it."""

    def __init__(self, town) -> None:
        self.town = town
        self.token = town.manage("staff_token", "kita1")
        offices = town.get("/api/v1/authorities/musterstadt/offices")
        self.office = next(office for office in offices if office["name"] == KITA)
        self.path = f"/api/v1/offices/{self.office['id']}"

    def arrive(self) -> str:
        """Draw a ticket; its number."""
        offering = next(one["id"] for one in self.office["offerings"] if one["walk_in"])
        return self.post(f"{self.path}/visits", {"offerings": [{"id": offering}]})["number"]

    def post(self, path: str, body: object = None) -> dict[str, object]:
        request = urllib.request.Request(
            self.town.url + path,
            json.dumps(body or {}).encode(),
            {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)


@pytest.fixture(scope="module")
def kita(town):
    return Kita(town)


@pytest.fixture
def desk(visit, kita):
    """The clerk's browser at a free counter of her own, with three people waiting."""
    return lambda **options: _desk(visit, kita, **options)


def _desk(visit, kita, **options) -> Page:
    page = visit(f"{kita.town.url}/en/staff/login/", DESK, **options)
    page.fill("[name=username]", "kita1")
    page.fill("[name=password]", PASSWORD)
    page.click("main form button")
    if page.locator("form .choice").count():
        page.locator("form .choice").first.click()
    title = page.locator("#current-title")
    # Whoever a former test has left here.
    for action, then in (("begin", "Being served"), ("finish", "Nobody at your counter")):
        if page.locator(f"#do-{action}:enabled").count():
            page.click(f"#do-{action}")
            expect(title).to_contain_text(then)
    expect(title).to_contain_text("Nobody at your counter")
    while page.locator("#desk-waiting tbody tr").count() < 3:
        kita.arrive()
        page.reload()
    if options.get("java_script_enabled", True):
        # Shown by the script of the keys: from now on it hears them.
        expect(page.locator("#keys-open")).to_be_visible()
    return page


def posts(page: Page) -> list[str]:
    """Collects what the page sends from now on."""
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)
    return sent


def numbers(page: Page) -> list[str]:
    return page.locator("#desk-waiting .queue__number").all_inner_texts()


def current(page: Page):
    return page.locator(".current__number")


def test_one_key_each_leads_people_through(desk, keep):
    page = desk()
    first, second, third, *_others = numbers(page)
    title = page.locator("#current-title")
    page.keyboard.press("n")
    expect(current(page)).to_have_text(first)
    page.keyboard.press("r")
    expect(title).to_contain_text("Called again")
    keep(page, "called")
    page.keyboard.press("b")
    expect(title).to_contain_text("Being served")
    page.keyboard.press("n")
    expect(current(page)).to_have_text(second)
    page.keyboard.press("m")
    expect(page.locator("section:has(#missed-title)")).to_contain_text(second)
    page.keyboard.press("n")
    expect(current(page)).to_have_text(third)
    page.keyboard.press("p")
    expect(page.locator("section:has(#parked-title)")).to_contain_text(third)
    page.keyboard.press("z")
    expect(page.locator("#desk-dialog")).to_be_visible()
    page.keyboard.press("Enter")
    expect(title).to_contain_text("Paused: break")
    page.keyboard.press("z")
    expect(title).to_contain_text("Nobody at your counter")


def test_the_last_action_is_undone_with_a_key_and_the_offer_ends_by_itself(desk):
    page = desk()
    first = numbers(page)[0]
    title, undo = page.locator("#current-title"), page.locator("#do-undo")
    for key in ("w", "Control+z"):
        page.keyboard.press("n")
        expect(current(page)).to_have_text(first)
        page.keyboard.press(key)
        expect(title).to_contain_text("Nobody at your counter")
        expect(undo).to_be_disabled()
    assert numbers(page)[0] == first
    page.keyboard.press("n")
    expect(undo).to_be_enabled()
    expect(undo).to_be_disabled(timeout=15_000)


def test_a_note_is_written_with_the_keyboard_and_nothing_typed_is_a_command(desk):
    page = desk()
    page.keyboard.press("n")
    expect(page.locator("#do-note")).to_be_visible()
    page.keyboard.press("o")
    expect(page.locator("#visit-note")).to_be_focused()
    page.keyboard.type("bring the form back")
    page.locator("#desk-dialog button").click()
    expect(page.locator("#desk-current .note")).to_have_text("bring the form back")


def test_a_chosen_person_is_called_with_arrow_and_enter_and_put_back_with_u(desk):
    page = desk()
    chosen = numbers(page)[1]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(current(page)).to_have_text(chosen)
    page.keyboard.press("u")
    expect(page.locator("#current-title")).to_contain_text("Nobody at your counter")
    assert chosen in numbers(page)


def test_a_held_or_doubled_key_acts_once(desk):
    page = desk()
    first = numbers(page)[0]
    sent = posts(page)
    page.keyboard.down("n")
    for _ in range(5):
        page.keyboard.down("n")  # now with event.repeat
    page.keyboard.up("n")
    page.keyboard.press("n")
    expect(current(page)).to_have_text(first)
    page.keyboard.press("n")
    page.wait_for_timeout(300)
    assert [url.rpartition("/desk/")[2].split("/")[2] for url in sent] == ["next"]


@pytest.mark.parametrize("keys", ["Control+n", "Alt+n", "Meta+n", "f", "b", "x"])
def test_keys_that_are_not_meant_or_not_possible_do_nothing(desk, keys):
    page = desk()
    sent = posts(page)
    page.keyboard.press(keys)
    page.wait_for_timeout(200)
    assert sent == []


def test_no_key_acts_while_one_types_or_reads_a_dialog(desk):
    page = desk()
    page.keyboard.press("n")
    expect(page.locator("#do-begin")).to_be_enabled()
    page.keyboard.press("t")
    expect(page.locator("#desk-dialog")).to_be_visible()
    sent = posts(page)
    for key in "bmr":
        page.keyboard.press(key)
    page.focus("#transfer-quantity")
    for key in "bmr":
        page.keyboard.press(key)
    page.keyboard.press("Escape")
    expect(page.locator("#desk-dialog")).to_be_hidden()
    assert sent == []


def test_a_key_right_after_a_dialog_closed_acts(desk):
    """The browser leaves the focus in a closed dialog until it draws again; typing is quicker."""
    page = desk()
    page.keyboard.press("n")
    expect(page.locator("#do-begin")).to_be_enabled()
    page.keyboard.press("?")
    page.keyboard.press("Escape")
    page.locator("#desk-keys-on").dispatch_event("keydown", {"key": "b", "bubbles": True})
    expect(page.locator("#do-begin")).to_be_disabled()


def test_single_keys_can_be_switched_off(desk):
    page = desk()
    page.keyboard.press("?")
    page.uncheck("#desk-keys-on")
    page.keyboard.press("Escape")
    sent = posts(page)
    page.keyboard.press("n")
    page.wait_for_timeout(200)
    assert sent == []
    page.reload()
    assert not page.is_checked("#desk-keys-on")


def test_a_transfer_with_the_keyboard_alone(desk):
    page = desk()
    number = numbers(page)[0]
    page.keyboard.press("n")
    expect(current(page)).to_have_text(number)
    page.keyboard.press("t")
    expect(page.locator("#desk-dialog input:focus")).to_have_attribute("name", "target")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator("#desk-said")).to_contain_text(f"{number} now waits at")
    expect(page.locator("#desk-dialog")).to_be_hidden()


def test_what_others_do_is_seen_within_a_second_and_the_focus_stays(desk, kita):
    page = desk()
    expect(page.locator("#desk-live")).to_have_text("Live")
    page.keyboard.press("ArrowDown")
    focused = page.evaluate("document.activeElement.id")
    assert focused.startswith("call-")
    number = kita.arrive()
    begun = time.monotonic()
    expect(page.locator("#desk-waiting tbody")).to_contain_text(number)
    assert time.monotonic() - begun < 1
    assert page.evaluate("document.activeElement.id") == focused


def test_with_sockets_blocked_the_page_asks_every_ten_seconds_and_says_so(visit, kita):
    page = visit("about:blank", DESK)
    page.route_web_socket(re.compile("/ws/"), lambda socket: socket.close())
    page.goto(f"{kita.town.url}/en/staff/login/")
    page.fill("[name=username]", "kita1")
    page.fill("[name=password]", PASSWORD)
    page.click("main form button")
    expect(page.locator("#desk-live")).to_have_text("Updated every ten seconds")
    number = kita.arrive()
    expect(page.locator("#desk-waiting tbody")).to_contain_text(number, timeout=12_000)
    assert page.is_hidden("#desk-stale")


def test_without_javascript_every_button_still_works(desk):
    page = desk(java_script_enabled=False)
    first, second, *_others = numbers(page)
    page.click("#do-next")
    assert current(page).inner_text() == first
    page.click("#do-begin")
    page.click("#do-next")
    assert current(page).inner_text() == second
    page.click("#do-transfer")
    page.locator("input[name=target]").first.check()
    page.click("main form button")
    assert f"{second} now waits" in page.locator("#desk-said").inner_text()
    page.click("#do-close")
    assert "Which counter are you at?" in page.locator("main").inner_text()
