"""Each rule of ``tree`` and ``sight`` finds what it is there for, and nothing on a sound page."""

import pytest
from playwright.sync_api import Page

from .conftest import DESK
from .ear import EAR
from .sight import ENLARGED, colourless, enlarged, restless
from .tree import findings

FRAME = """<!doctype html><html lang="de" dir="ltr"><head><title>Termin</title><style>
a, button, input {{ border: 1px solid; }}</style></head><body>{}</body></html>"""
SOUND = """
<nav aria-label="Fortschritt"><ol><li><a href="https://x.example/1">Dienst</a></li></ol></nav>
<main><h1>Wann?</h1><p lang="uk">Українська</p>
<section aria-labelledby="day"><h2 id="day">1. Dezember</h2><button>08:00</button>
<a href="https://x.example/3">09:00</a></section>
<section aria-labelledby="next"><h2 id="next">2. Dezember</h2><a href="https://x.example/4">09:00</a></section>
<label>Name <input aria-required="true"></label><label>Telefon – freiwillig <input></label>
<table><caption>Mai</caption><tr><th scope="col">Mo</th></tr><tr><td>1</td></tr></table>
<div role="status"></div></main>"""
SECOND = "<main><h1>Wann?</h1>{}</main>"


@pytest.fixture(scope="module")
def sheet(chromium) -> Page:
    """One page for all of them."""
    context = chromium.new_context(viewport=DESK)
    yield context.new_page()
    context.close()


def test_a_sound_page(sheet):
    sheet.set_content(FRAME.format(SOUND))
    assert findings(sheet, "freiwillig") == []
    assert enlarged(sheet) == []
    assert restless(sheet) == []
    assert colourless(sheet, "light", set()) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (SOUND.replace("</nav>", "</nav><main>x</main>"), "2 main parts"),
        (SOUND.replace("h1", "h3"), "0 headings of level 1"),
        (SOUND.replace("</h1>", "</h1><h3>Tag</h3>"), "level 3 after level 1"),
        ("<h2>Vorher</h2>" + SOUND, "before that of level 1"),
        (SOUND + "<nav aria-label='Fortschritt'>x</nav>", "twice: navigation"),
        (SOUND.replace(' aria-label="Fortschritt"', ""), "without a name: navigation"),
        (SOUND.replace("08:00", ""), "without a name: button"),
        (
            SOUND + "<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw=' width=9 height=9>",
            "image",
        ),
        (SOUND.replace("09:00", "Hier"), "leads to different places"),
        (SECOND.format("<button>08:00</button>"), "a time without its day"),
        (SOUND.replace(' aria-required="true"', ""), "neither required nor optional"),
        (SOUND.replace("<input>", "<input aria-invalid=true>"), "does not say what is wrong"),
        (SECOND.format("<div role=list><p>eins</p></div>"), "something else than items"),
        (SOUND.replace("th", "td"), "a table without headers"),
        (SOUND.replace(' lang="uk"', ""), "in another language than de: Українська"),
        (
            SECOND.format("<div data-error-summary><a href=#a>!</a></div><p id=a>"),
            "leads to no field",
        ),
        (SECOND.format("<div data-error-summary>!</div>"), "have not got the focus"),
        (SOUND.replace('role="status"', "role=status hidden"), "while it is hidden"),
    ],
)
def test_what_a_screen_reader_would_stumble_over(sheet, body, said):
    sheet.set_content(FRAME.format(body))
    found = findings(sheet, "freiwillig")
    assert any(said in one for one in found), found


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("<html dir=ltr><title>T</title>", "no language"),
        ("<html lang=ar dir=ltr><title>T</title>", "ar runs ltr"),
        ("<html lang=de dir=ltr><title> – </title>", "no title"),
    ],
)
def test_a_document_without_what_a_screen_reader_needs_first(sheet, head, said):
    sheet.set_content(f"<!doctype html>{head}<body>{SOUND}")
    found = findings(sheet, "freiwillig")
    assert any(said in one for one in found), found


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<div style='width:400px'>breit</div>", "px too wide"),
        ("<p style='overflow:hidden;height:1em'>eins<br>zwei</p>", "text is cut"),
        ("<button style='width:2em;white-space:nowrap'>Donaudampfschiff</button>", "text is cut"),
        (
            "<p style='overflow:hidden;height:1.2em;line-height:1.2'>eins</p>",
            "with more space, text",
        ),
        (
            "<div style='position:fixed;inset:0;background:#fff'></div><a href=#x>Weiter</a>",
            "lies over the focus",
        ),
    ],
)
def test_what_does_not_fit_at_four_times_the_size(sheet, body, said):
    sheet.set_viewport_size(ENLARGED)
    sheet.set_content(FRAME.format(SECOND.format(body)))
    found = enlarged(sheet)
    assert any(said in one for one in found), found


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            "<i class=kern-icon style='display:block;width:20px;height:20px;background:red'></i>",
            "not to be seen",
        ),
        (
            "<a class=day aria-current=true href=#a style='background:blue'>1</a>"
            "<p><a class=day href=#b>1</a>",
            "looks like what it is not",
        ),
        ("<style>:focus { outline: 0; background: red }</style><a href=#a>1</a>", "no focus"),
    ],
)
def test_what_is_told_by_a_colour_alone(sheet, body, said):
    sheet.set_content(FRAME.format(SECOND.format(body)))
    found = colourless(sheet, "light", set())
    assert any(said in one for one in found), found


@pytest.mark.parametrize(
    ("style", "said"),
    [
        ("h1 { transition: color 0.2s }", "would move"),
        ("@keyframes x { to { opacity: 0 } } h1 { animation: x 1s infinite }", "moves"),
        ("html { scroll-behavior: smooth }", "scrolls slowly"),
    ],
)
def test_what_moves(sheet, style, said):
    sheet.set_content(FRAME.format(f"<style>{style}</style>{SOUND}"))
    found = restless(sheet)
    assert any(said in one for one in found), found


def test_what_is_said_by_itself(chromium):
    context = chromium.new_context()
    page = context.new_page()
    page.add_init_script(EAR)
    regions = "<p role=status id=there></p><p role=status id=late hidden></p><p id=mute></p>"
    page.goto(f"data:text/html,{regions}")
    page.evaluate("late.hidden = false; late.textContent = 'zu spät'")
    page.evaluate("mute.textContent = 'stumm'; there.textContent = 'gehört'")
    page.wait_for_function("heard.length > 0")
    page.evaluate("late.textContent = 'jetzt'")
    assert page.evaluate("heard") == ["gehört", "jetzt"]
    context.close()
