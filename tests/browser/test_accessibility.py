"""Axe finds nothing on any page of any surface, and nothing has to be scrolled sideways."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from .api import (
    appointment_id,
    book,
    draw_tickets,
    lapse,
    make_closed_office,
    take_all,
)
from .citizen import (
    NAME,
    citizen_office,
    give_details,
    hold_first_time,
    offering_of,
    times_url,
)
from .conftest import DESK, KIOSK, PHONE, TV
from .staff import log_in
from .town import ROOT

pytestmark = pytest.mark.slow

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
# A phone held upright, and a screen of 1280 px at 400 %.
NARROW = {"width": 320, "height": 640}
OVERFLOW = "document.documentElement.scrollWidth - innerWidth"

# What Django's tables and search box do against good practice, though not against WCAG.
DJANGOS_OWN = ("empty-table-header", "label-title-only")

Examine = Callable[..., None]


@pytest.fixture
def examine(keep) -> Iterator[Examine]:
    """Look at a page as it is now; what was found on all of them is said at the end."""
    found: list[str] = []

    def look(page: Page, name: str, ignored: tuple[str, ...] = ()) -> None:
        keep(page, name)
        page.evaluate(AXE)
        rules = {rule: {"enabled": False} for rule in ignored}
        for violation in page.evaluate("rules => axe.run({ rules })", rules)["violations"]:
            for node in violation["nodes"]:
                found.append(f"{name}: {violation['id']}: {node['html'][:200]}")
        viewport = page.viewport_size
        sizes = [viewport, NARROW] if viewport == PHONE else [viewport]
        for size in sizes:
            page.set_viewport_size(size)
            if page.evaluate(OVERFLOW) > 0:
                found.append(f"{name}: wider than {size['width']} px")
        page.set_viewport_size(viewport)

    yield look
    assert found == []


@pytest.mark.parametrize("language", ["", "/ar"])
def test_citizen_choosing(town, visit, examine, language):
    start = f"{town.url}{language}/musterstadt/"
    office = citizen_office(town)
    choose = f"{town.url}{language}/book/{office['id']}/"
    page = visit(start, PHONE)
    examine(page, "start")
    for name, url in (
        ("found", f"{start}?q=Perso"),
        ("found-nothing", f"{start}?q=xyzzy"),
        ("privacy", f"{start}privacy/"),
        ("accessibility", f"{start}accessibility/"),
        ("services", f"{start}services/?situation=umzug"),
        ("all-times", f"{start}times/?service=personalausweis:2"),
        ("all-times-filtered", f"{start}times/?service=personalausweis&weekday=6"),
        ("choose", choose),
        ("choose-nothing", f"{choose}?next=1"),
        ("not-found", f"{town.url}{language}/no-such-town/"),
    ):
        page.goto(url)
        examine(page, name)


@pytest.mark.parametrize("language", ["", "/ar"])
def test_citizen_booking(town, visit, examine, email, language):
    url = times_url(town, "2026-12-10", persons=2).replace("/book/", f"{language}/book/")
    page = visit(url, PHONE)
    examine(page, "times")
    page.locator(".month-nav a").last.click()
    examine(page, "times-of-another-month")
    page.goto(url)
    hold_first_time(page)
    examine(page, "details")
    page.locator("#details button.kern-btn--primary").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    examine(page, "details-with-errors")
    details = page.url
    page.goto(url)
    examine(page, "times-while-holding")
    page.goto(details)
    give_details(page, email)
    examine(page, "booked")
    page.locator("main a[href*='/ticket/']").click()
    examine(page, "ticket-before-check-in")
    page.go_back()
    page.locator("a[href$='/cancel/']").click()
    examine(page, "cancel")
    page.locator("main form button").click()
    expect(page.locator(".kern-alert--success")).to_be_visible()
    examine(page, "cancelled")


def test_citizen_too_late(town, visit, examine):
    page = visit(times_url(town, "2026-12-11"), PHONE)
    taken = page.locator("button.time").first
    take_all(town, taken.get_attribute("value"))
    taken.click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    examine(page, "taken")
    start = hold_first_time(page)
    lapse(town, appointment_id(page))
    page.reload()
    examine(page, "hold-lapsed")
    take_all(town, start.isoformat())
    page.fill("#id_name", NAME)
    page.fill("#id_email", "kim@example.org")
    page.locator("#details button.kern-btn--primary").click()
    expect(page.locator(".alternatives")).to_be_visible()
    examine(page, "gone")


def test_kiosk(town, visit, examine):
    office = citizen_office(town)
    page = visit(f"{town.url}/kiosk/", KIOSK)
    examine(page, "unpaired")
    page.locator("main form button").click()
    expect(page.locator("[data-pairing=waiting]")).to_be_visible()
    examine(page, "pairing")
    _pair(town, page, "kiosk", office["id"])
    for language in ("", "/ar"):
        for path in ("", "check-in/", "services/", f"services/{offering_of(office)}/"):
            page.goto(f"{town.url}{language}/kiosk/{path}")
            examine(page, f"{language[1:]}{path.partition('/')[0] or 'start'}-{len(path)}")
    booked, cancelled = book(town, "2026-11-24"), book(town, "2026-11-25", cancel=True)
    for name, code in (
        ("unknown", "00000000"),
        ("cancelled", cancelled["code"]),
        ("ticket", booked["code"]),
        ("checked-in-before", booked["code"]),
    ):
        page.goto(f"{town.url}/kiosk/check-in/")
        page.locator("#code").fill(code)
        with page.expect_navigation():
            page.locator(".pad__key--go").click()
        examine(page, name)
    _pair(town, page, "kiosk", make_closed_office(town))
    page.goto(f"{town.url}/kiosk/")
    examine(page, "closed")


def test_display(town, visit, examine):
    page = visit(f"{town.url}/display/", TV)
    examine(page, "unpaired")
    page.locator("main form button").click()
    expect(page.locator("[data-pairing=waiting]")).to_be_visible()
    examine(page, "pairing")
    _pair(town, page, "display", citizen_office(town)["id"])
    for language in ("", "/en"):
        page.goto(f"{town.url}{language}/display/")
        expect(page.locator("[data-clock]")).to_have_text(re.compile(r"\d\d:\d\d"))
        examine(page, f"board{language.replace('/', '-')}")
    _pair(town, page, "display", make_closed_office(town))
    page.goto(f"{town.url}/display/")
    examine(page, "empty")


def test_desk_and_ticket_page(town, visit, examine):
    (ticket,) = draw_tickets(town, 1)
    phone = visit(f"{town.url}/ticket/{ticket['id']}/", PHONE)
    examine(phone, "ticket-waiting")
    page = visit(f"{town.url}/desk/", DESK)
    examine(page, "sign-in")
    page.locator("main form button").click()
    examine(page, "sign-in-empty")
    page.fill("[name=username]", "clerk1")
    page.fill("[name=password]", "wrong")
    page.locator("main form button").click()
    expect(page.locator(".kern-alert--danger")).to_be_visible()
    examine(page, "sign-in-refused")
    log_in(page, "clerk1")
    examine(page, "desk-without-counter")
    page.locator(".choice--taken").first.click()
    expect(page.locator("#desk-dialog")).to_be_visible()
    examine(page, "take-over")
    page.keyboard.press("Escape")
    page.locator("form .choice").first.click()
    page.locator(f"#call-{ticket['id']}").click()
    expect(page.locator(".current__number")).to_have_text(ticket["number"])
    examine(page, "desk")
    expect(phone.locator("[data-ticket]")).to_have_attribute("data-state", "called")
    examine(phone, "ticket-called")
    page.locator("#do-transfer").click()
    expect(page.locator("#desk-dialog")).to_be_visible()
    examine(page, "transfer")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#desk-keys")).to_be_visible()
    examine(page, "keys")
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    expect(phone.locator("[data-ticket]")).to_have_attribute("data-state", "serving")
    examine(phone, "ticket-serving")
    page.keyboard.press("f")
    expect(phone.locator("[data-ticket]")).to_have_attribute("data-state", "done")
    examine(phone, "ticket-done")
    page.goto(page.url.replace("/desk/", "/en/desk/"))
    examine(page, "desk-en")
    page.locator("#do-close").click()
    expect(page.locator("#choose-counter")).to_be_visible()


def test_front_desk(town, visit, examine):
    page = visit(f"{town.url}/reception/{citizen_office(town)['id']}/", DESK)
    log_in(page, "frontdesk")
    expect(page.locator("#desk-live")).to_have_text("Live")
    examine(page, "front-desk")
    for key, name in (("F2", "ticket"), ("F8", "kiosk"), ("F4", "times")):
        page.keyboard.press(key)
        expect(page.locator("#step-title")).to_be_visible()
        examine(page, name)
        if key != "F4":
            page.keyboard.press("Escape")
    page.locator("[data-time]").first.click()
    expect(page.locator("#id_name")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#desk-step .kern-form-input--error").first).to_be_visible()
    examine(page, "who-with-errors")
    page.keyboard.type("Kim Muster")
    page.keyboard.press("Enter")
    expect(page.locator(".reception-code__digits")).to_be_visible()
    examine(page, "told")
    page.keyboard.press("Escape")
    page.set_viewport_size(PHONE)
    examine(page, "front-desk-on-a-phone")


def test_pairing_and_set_up(town, visit, examine):
    page = visit(f"{town.url}/staff/pair/", DESK)
    log_in(page, "lead")
    examine(page, "pair")
    page.locator("main form button").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    examine(page, "pair-with-errors")
    page.goto(f"{town.url}/setup/")
    examine(page, "set-up")
    links = {link.get_attribute("href") for link in page.locator("main a").all()}
    lists = sorted(link for link in links if re.fullmatch(r"/setup/booking/\w+/", link))
    assert len(lists) >= 10
    office = f"/setup/booking/office/{citizen_office(town)['id']}"
    for path in (*lists, f"{office}/change/", f"{office}/delete/", "/setup/booking/user/add/"):
        page.goto(town.url + path)
        examine(page, path.removeprefix("/setup/booking/").replace("/", "-"), DJANGOS_OWN)
    figures = f"/setup/figures/{citizen_office(town)['id']}/"
    for name, address in (
        ("figures-choose", "/setup/figures/"),
        ("figures-today", f"{figures}?period=day"),
        ("figures-empty", f"{figures}?period=day&on=2026-11-22"),
        ("figures-errors", f"{figures}?period=range&first=2026-11-24&last=2026-11-23"),
    ):
        page.goto(town.url + address)
        examine(page, name, DJANGOS_OWN)


def test_reference_of_the_api(town, visit, examine):
    page = visit(f"{town.url}/api/v1/docs", DESK)
    examine(page, "reference")


def _pair(town, page: Page, kind: str, office: str) -> None:
    """Give the browser the token of a paired device."""
    token = town.manage("pair_device", "--office", office, "--kind", kind)
    page.context.add_cookies([{"name": f"schalter_{kind}", "value": token, "url": town.url}])
