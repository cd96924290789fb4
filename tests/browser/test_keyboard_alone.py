"""Without a mouse: Tab, Enter, Space, typing; and one always sees where one is."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from .api import draw_tickets
from .citizen import NAME, check_in_code
from .conftest import DESK
from .staff import PASSWORD

MOST_TABS = 120

# Whether the element in focus, or the box drawn in its place, looks otherwise than without focus.
FOCUS_IS_SEEN = """() => {
  const element = document.activeElement;
  const look = (one, part) => {
    const { outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor, backgroundColor } =
      getComputedStyle(one, part);
    const outline = outlineStyle === "none" ? "" : outlineWidth + outlineColor;
    return [outline, boxShadow, borderColor, backgroundColor].join();
  };
  const all = () => [element, ...(element.labels ?? []), element.parentElement]
    .flatMap((one) => ["", "::before", "::after"].map((part) => look(one, part))).join();
  // After the last element it is the address bar's turn.
  if (element === document.body) return true;
  if (!element.matches(":focus-visible")) return false;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("* { transition: none !important; }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const focused = all();
  element.blur();
  const plain = all();
  element.focus({ focusVisible: true, preventScroll: true });
  document.adoptedStyleSheets = document.adoptedStyleSheets.slice(0, -1);
  return focused !== plain;
}"""


@dataclass
class Keys:
    """Somebody who only has a keyboard."""

    page: Page

    def go_to(self, goal: Locator) -> None:
        """Tab until the goal has the focus; on the way the focus is always to be seen."""
        expect(goal).to_be_attached()
        for _tab in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            where = self.page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
            assert self.page.evaluate(FOCUS_IS_SEEN), f"no focus to be seen at {where}"
            if goal.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError(f"the Tab key never gets to {goal}")

    def press(self, goal: Locator, key: str = "Enter") -> None:
        self.go_to(goal)
        self.page.keyboard.press(key)

    def type(self, goal: Locator, text: str) -> None:
        self.go_to(goal)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)


def test_a_citizen_books_and_cancels(town, visit, keep, email):
    page = visit(town.url, DESK)
    keys = Keys(page)
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    expect(page.locator(".skip-link")).to_be_in_viewport()
    keep(page, "skip-link")
    page.keyboard.press("Enter")
    keys.type(page.locator("#q"), "Perso")
    page.keyboard.press("Enter")
    keys.press(page.get_by_role("link", name="Personalausweis beantragen").first)

    chosen = page.locator(".service input:checked").first
    expect(chosen).to_be_visible()
    passport = page.get_by_role("checkbox", name="Reisepass beantragen")
    keys.press(passport, "Space")
    expect(passport).to_be_checked()
    keep(page, "choose")
    persons = page.get_by_role("combobox", name="Personen für Reisepass beantragen")
    keys.press(persons, "ArrowDown")
    expect(persons).to_have_value("2")
    keys.press(page.locator("button[name=next]"))
    expect(page.locator("aside.summary")).to_contain_text("2 × Reisepass")

    keys.press(page.locator("a.day").nth(3))
    expect(page.locator("a.day[aria-current=true]")).to_be_attached()
    keys.go_to(page.locator("button.time").nth(2))
    keep(page, "times")
    page.keyboard.press("Enter")

    keys.type(page.locator("#id_name"), NAME)
    keys.type(page.locator("#id_email"), "keyboard")
    keys.press(page.locator("#details button.kern-btn--primary"))
    # The summary has the focus; from there a link leads to the field.
    expect(page.locator("[data-error-summary]")).to_be_focused()
    keys.press(page.locator("[data-error-summary] a"))
    expect(page.locator("#id_email")).to_be_focused()
    keep(page, "error")
    page.keyboard.press("Control+a")
    page.keyboard.type(email)
    page.keyboard.press("Enter")
    check_in_code(page)
    keep(page, "booked")

    keys.press(page.get_by_role("link", name="Termin absagen"))
    keys.press(page.locator("main form button"))
    expect(page.locator("h1")).to_contain_text("abgesagt")


def test_a_clerks_morning(town, visit, keep):
    draw_tickets(town, 4)
    page = visit(f"{town.url}/desk/", DESK)
    keys = Keys(page)
    keys.type(page.locator("[name=username]"), "clerk1")
    keys.type(page.locator("[name=password]"), PASSWORD)
    page.keyboard.press("Enter")
    keys.press(page.locator("form .choice").first)

    title, number = page.locator("#current-title"), page.locator(".current__number")
    for _person in range(2):
        first = page.locator(".queue__row--next .queue__number").inner_text()
        page.keyboard.press("n")
        expect(number).to_have_text(first)
        page.keyboard.press("b")
        expect(title).to_contain_text("Wird bedient")
    page.keyboard.press("f")
    expect(title).to_contain_text("Niemand an Ihrem Schalter")

    # Somebody further down is called with the arrows, and put back.
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(FOCUS_IS_SEEN)
    page.keyboard.press("Enter")
    expect(number).to_be_visible()
    chosen = number.inner_text()
    page.keyboard.press("u")
    expect(title).to_contain_text("Niemand an Ihrem Schalter")
    expect(page.locator("#desk-waiting")).to_contain_text(chosen)

    page.keyboard.press("z")
    expect(page.locator("#desk-dialog")).to_be_visible()
    page.keyboard.press("Enter")
    expect(title).to_contain_text("kurze Pause")
    page.keyboard.press("z")
    expect(title).to_contain_text("Niemand an Ihrem Schalter")
    page.keyboard.press("?")
    expect(page.locator("#desk-keys")).to_be_visible()
    keep(page, "keys")
    page.keyboard.press("Escape")
    expect(page.locator("#desk-keys")).to_be_hidden()
    keys.press(page.locator("#do-close"))
    expect(page.locator("#choose-counter")).to_be_visible()
