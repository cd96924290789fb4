"""A real browser at every surface where scripts make the page: nothing stored is ever run."""

import threading

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from booking.domain.visits import call_next
from tests.hostile.towns import Person, Town

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]

# Run, it would tell; merely an element, it would be found.
ALARM = "\"'></title></script><img src=x onerror=alert(1)><zzz>"
SHORT_ALARM = "<zzz>'\"><b>"


@pytest.fixture
def hostile(db) -> Town:
    town = Town("musterstadt", ALARM, label=SHORT_ALARM)
    call_next(town.counter.pk, staff=town.clerk)
    return town


@pytest.fixture
def visit(chromium, live_server):
    """Open a page as somebody; at the end nothing may have been run on any of them."""
    contexts: list[tuple[BrowserContext, list[str]]] = []

    def open_page(person: Person, path: str) -> Page:
        context = chromium.new_context(base_url=live_server.url, locale="de-DE")
        context.set_default_timeout(10_000)
        run: list[str] = []
        context.on("dialog", lambda dialog: (run.append(dialog.message), dialog.dismiss()))
        contexts.append((context, run))
        cookies = person.client().cookies.values()
        context.add_cookies(
            [{"name": one.key, "value": one.value, "url": live_server.url} for one in cookies]
        )
        page = context.new_page()
        page.goto(path)
        return page

    yield open_page
    for context, run in contexts:
        for page in context.pages:
            assert page.locator("zzz, img[src=x], [onerror]").count() == 0, page.url
        context.close()
        assert run == []
    let_the_server_finish()


def let_the_server_finish() -> None:
    """Pages may still have been asking: the database is emptied once nobody uses it."""
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(timeout=10)
            assert not thread.is_alive()


def test_the_display_shows_texts_as_texts(hostile, visit):
    page = visit(hostile.at_display, reverse("display"))
    expect(page.locator(".newest__number")).to_have_text(hostile.counter.visits.get().number)
    expect(page.locator("body")).to_contain_text("<img src=x onerror=alert(1)>")
    expect(page.locator("body")).to_contain_text(SHORT_ALARM)


def test_the_desk_shows_texts_as_texts_also_when_it_is_fetched_again(hostile, visit):
    page = visit(hostile.desk, reverse("desk_office", args=[hostile.office.pk]))
    expect(page.locator("#desk")).to_contain_text("<img src=x onerror=alert(1)>")
    page.keyboard.press("b")
    expect(page.locator("#desk form[action*='/finish/'] button").first).to_be_enabled()
    expect(page.locator("#desk")).to_contain_text("<img src=x onerror=alert(1)>")


def test_kiosk_ticket_and_slip_show_texts_as_texts(hostile, visit):
    for name in ("kiosk", "kiosk_services", "kiosk_several", "kiosk_check_in"):
        expect(visit(hostile.at_kiosk, reverse(name)).locator("body")).to_be_visible()
    for name in ("kiosk_ticket", "kiosk_slip"):
        page = visit(hostile.at_kiosk, reverse(name, args=[hostile.visit.pk]))
        expect(page.locator("body")).to_contain_text("<img src=x onerror=alert(1)>")
    called = hostile.counter.visits.get()
    page = visit(Person(), reverse("ticket", args=[called.pk]))
    expect(page.locator("body")).to_contain_text(SHORT_ALARM)


def test_the_setup_shows_texts_as_texts(hostile, visit):
    path = reverse("admin:booking_office_change", args=[hostile.office.pk])
    page = visit(hostile.setup, path)
    expect(page.locator("#id_name_de")).to_have_value(hostile.office.name)
    for model in ("office", "user", "device", "counter", "closure"):
        visit(hostile.setup, reverse(f"admin:booking_{model}_changelist"))
