"""The whole path of a citizen, by what is heard of it: roles, names, announcements."""
# ruff: noqa: F401, F811 - a fixture of another file

from collections.abc import Callable

import pytest
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import Locator, Page, expect

from .citizen import NAME, citizen_office, hold_first_time, link_in, times_url
from .conftest import DESK, PHONE
from .ear import EAR
from .sight import restless
from .staff import log_in
from .test_keeping import POSTER, TODAY, shell
from .test_wishes import give_back, only_place
from .town import Town
from .tree import findings

pytestmark = pytest.mark.slow

SEARCHED = "Perso"
# Where nothing else is booked.
DAY = "2026-12-08"


class Listener:
    """Somebody who gets from page to page by what is heard, and notes what is wrong."""

    def __init__(self, page: Page, keep: Callable, names: list[str]) -> None:
        self.page, self.keep, self.names = page, keep, names
        self.titles: set[str] = set()
        self.found: list[str] = []
        page.add_init_script(EAR)

    def hear(self, name: str, title: str, *, again: bool = False) -> None:
        """Look for faults; the title begins with what the page is, and no other has it."""
        self.keep(self.page, name)
        told = self.page.title()
        found = findings(self.page, gettext("optional"), self.names)
        if not told.startswith(title):
            found.append(f"is called “{told}” instead of “{title}”")
        if told in self.titles and not again:
            found.append(f"is called as another page: “{told}”")
        self.titles.add(told)
        self.found += [f"{name}: {one}" for one in found]

    def get(self, role: str, name: str, **options: object) -> Locator:
        return self.page.get_by_role(role, name=gettext(name), **options).first

    def press(self, role: str, name: str, **options: object) -> None:
        self.get(role, name, **options).click()

    def main(self, role: str, **options: object) -> Locator:
        return self.page.get_by_role("main").get_by_role(role, **options)

    def announced(self) -> list[str]:
        """What was said by itself since the page was loaded."""
        return self.page.evaluate("window.heard")

    def wait_for(self, words: str) -> None:
        """Until this is said by itself."""
        self.page.wait_for_function("words => heard.some((one) => one.includes(words))", arg=words)


def names_of(town: Town) -> list[str]:
    """What is called the same in every language."""
    offices = town.get("/api/v1/authorities/musterstadt/offices")
    searched = [SEARCHED, "Ausweis", "Umzug", "Kita"]
    return [
        NAME,
        *searched,
        "Musterstadt",
        *(one[key] for one in offices for key in ("name", "address")),
    ]


@pytest.mark.parametrize("language", ["de", "ar"])
def test_a_citizen_who_hears_the_page(town, visit, keep, email, language):
    ear = Listener(visit("about:blank", DESK), keep, names_of(town))
    with translation.override(language):
        ear.page.goto(f"{town.url}{'' if language == 'de' else '/ar'}/musterstadt/")
        finds_and_chooses(ear)
        finds_a_time(ear)
        gives_details(ear, email)
        moves_and_cancels(ear)
    assert not ear.found, "\n".join(ear.found)


def finds_and_chooses(ear: Listener) -> None:
    ear.hear("start", gettext("Book an appointment"))
    search = ear.page.get_by_role("search").get_by_role("searchbox")
    search.fill(SEARCHED)
    search.press("Enter")
    found = ear.main("region").filter(has_text=SEARCHED)
    expect(found).to_be_visible()
    ear.hear("found", found.get_by_role("heading").inner_text())
    found.get_by_role("listitem").get_by_role("link").first.click()
    ear.main("group").filter(has_text=gettext("What to bring")).last.locator("summary").click()
    ear.hear("services", gettext("Choose a service"))
    before = len(ear.announced())
    ear.main("checkbox", checked=False).first.check()
    assert len(ear.announced()) == before + 1
    ear.press("button", "See free times")


def finds_a_time(ear: Listener) -> None:
    ear.hear("times", gettext("Day and time"))
    soonest = ear.get("region", "The next free times").get_by_role("listitem")
    expect(soonest).to_have_count(3)
    ear.page.get_by_text(gettext("Only times that suit you")).click()
    days = ear.get("group", "Weekday").get_by_role("checkbox")
    days.nth(0).check()
    days.nth(1).check()
    ear.press("button", "Show")
    ear.hear("times-that-suit", gettext("Day and time"), again=True)
    ear.press("link", "All times again")
    ear.page.get_by_role("table").get_by_role("link").nth(3).click()
    heading = ear.page.locator(":focus")
    expect(heading).to_have_role("heading")
    ear.hear("times-of-a-day", gettext("Day and time"), again=True)
    day = ear.page.get_by_role("region", name=heading.inner_text(), exact=True)
    day.get_by_role("listitem").get_by_role("button").first.click()


def gives_details(ear: Listener, email: str) -> None:
    ear.hear("details", gettext("Your details"))
    ear.press("button", "Book the appointment")
    alert = ear.page.get_by_role("alert")
    expect(alert).to_be_focused()
    ear.hear("details-with-errors", gettext("Please check"))
    name, mail = ear.get("textbox", "First and last name"), ear.get("textbox", "E-mail address")
    for field in (name, mail):
        expect(field).to_have_attribute("aria-invalid", "true")
    alert.get_by_role("link").first.click()
    expect(name).to_be_focused()
    name.fill(NAME)
    mail.fill(email)
    mail.press("Enter")
    expect(ear.main("heading", level=1)).to_have_text(gettext("Your appointment is booked"))


def moves_and_cancels(ear: Listener) -> None:
    ear.hear("booked", gettext("Appointment booked"))
    expect(ear.get("img", "QR code for checking in at the kiosk")).to_be_visible()
    ear.press("link", "Choose another time")
    ear.hear("move", gettext("Choose another time"))
    ear.main("region").get_by_role("listitem").get_by_role("link").first.click()
    ear.hear("move-ask", gettext("Move the appointment"))
    ear.press("button", "Yes, move it")
    ear.hear("moved", gettext("Your appointment has a new time"))
    ear.press("link", "Cancel the appointment")
    ear.hear("cancel", gettext("Cancel the appointment"))
    ear.press("button", "Yes, cancel")
    ear.hear("cancelled", gettext("Appointment cancelled"))


def test_the_time_that_is_kept_is_not_told_each_second(town, visit):
    page = visit(times_url(town, DAY), DESK)
    page.add_init_script(EAR)
    page.clock.install()
    hold_first_time(page)
    page.clock.run_for(60_000)
    expect(page.get_by_role("main").get_by_text("Wir halten diese Zeit")).to_be_visible()
    assert page.evaluate("heard") == []
    page.clock.run_for(900_000)
    (over,) = page.evaluate("heard")
    assert over.startswith("Die Reservierung ist abgelaufen")


def test_a_visitor_hears_the_call(town, visit, keep, email):
    shell(town, POSTER, office=citizen_office(town)["id"], way="page")
    ear = Listener(visit("about:blank", PHONE), keep, names_of(town))
    ear.page.goto(times_url(town, TODAY))
    hold_first_time(ear.page)
    ear.get("textbox", "First and last name").fill(NAME)
    ear.get("textbox", "E-mail address").fill(email)
    ear.press("button", "Book the appointment")
    ear.press("link", "I am here: check in")
    ear.hear("here", gettext("Check in"))
    ear.press("button", "Yes, check in")
    expect(ear.main("heading", level=1)).to_be_visible()
    number = ear.page.locator(".ticket__number").inner_text()
    ear.hear("waiting", number)
    ear.press("button", "Turn on sound")
    expect(ear.page.locator(":focus")).to_have_text(
        gettext("Sound is on. Please keep this page open.")
    )

    desk = visit(f"{town.url}/desk/", DESK)
    log_in(desk, "clerk1")
    desk.locator("form .choice").first.click()
    desk.get_by_role("button", name=number).first.click()
    ear.wait_for("Bitte gehen Sie jetzt zu")
    ear.hear("called", desk.locator("#current-title small").inner_text())
    assert restless(ear.page) == []
    for key, state in (("b", "Sie sind an der Reihe"), ("f", "Fertig")):
        desk.keyboard.press(key)
        ear.wait_for(state)
        ear.hear(state, number, again=True)
    desk.locator("#do-close").click()
    expect(desk.locator("#choose-counter")).to_be_visible()
    shell(town, POSTER, office=citizen_office(town)["id"], way="")
    assert not ear.found, "\n".join(ear.found)


def test_a_wish_is_heard_until_it_comes_true(town, visit, keep, only_place, email):
    ear = Listener(visit("about:blank", PHONE), keep, names_of(town))
    offering = f"offering={only_place['offering']}:1"
    ear.page.goto(f"{town.url}/book/{only_place['office']}/times/?{offering}")
    ear.hear("full", gettext("Day and time"))
    ear.press("link", "Put me on the waiting list")
    ear.hear("wish", gettext("Waiting list"))
    for box in ear.get("group", "On which days?").get_by_role("checkbox").all():
        box.uncheck()
    ear.press("button", "Put me on the waiting list")
    ear.hear("wish-with-errors", gettext("Please check"))
    ear.page.get_by_role("alert").get_by_role("link").first.click()
    expect(ear.get("group", "On which days?")).to_be_focused()
    for box in ear.get("group", "On which days?").get_by_role("checkbox").all():
        box.check()
    ear.get("textbox", "E-mail address").fill(email)
    ear.press("button", "Put me on the waiting list")
    ear.hear("wish-sent", gettext("Please look into your mail"))
    ear.page.goto(link_in(town.wait_for_mails(email, 1)[0], "/wish/"))
    ear.hear("confirm", gettext("Do you confirm this wish?"))
    ear.press("button", "Yes, put me on the waiting list")
    ear.hear("on-the-list", gettext("You are on the waiting list"))
    give_back(town, only_place)
    ear.page.goto(link_in(town.wait_for_mails(email, 2)[1], "/offer/"))
    ear.hear("offer", gettext("A time for you"))
    ear.press("button", "Take this time")
    ear.hear("offer-with-errors", gettext("Please check"))
    ear.get("textbox", "First and last name").fill(NAME)
    ear.press("button", "Take this time")
    ear.hear("taken", gettext("Appointment booked"))
    assert not ear.found, "\n".join(ear.found)
