"""What the kiosk's scripts do: scanning, printing once, going back to the start."""

import pytest

from booking.domain.links import ticket_link
from booking.models import Visit
from tests import factories
from tests.kiosk.browser import draw, prints, require_sound, scan

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]


@pytest.mark.parametrize("path", ["", "services/", "check-in/"])
def test_a_scan_checks_in_from_every_page(page, book, path):
    appointment = book()
    page.goto(f"/kiosk/{path}")
    scan(page, ticket_link(appointment.pk))
    page.wait_for_url("**/ticket/**")
    assert Visit.objects.get().appointment == appointment


def test_a_scan_checks_in_while_a_button_has_the_focus(page, book):
    appointment = book()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    scan(page, ticket_link(appointment.pk))
    page.wait_for_url("**/ticket/**")
    assert Visit.objects.get().appointment == appointment


def test_the_front_desk_types_the_code_right_on_the_start_page(page, book):
    appointment = book()
    scan(page, appointment.code)
    page.wait_for_url("**/ticket/**")
    assert Visit.objects.get().appointment == appointment


def test_a_scan_that_the_way_home_interrupts_is_not_lost(page, book):
    appointment = book()
    link = ticket_link(appointment.pk)
    page.goto("/kiosk/services/")
    page.keyboard.type(link[:30])
    page.goto("/kiosk/")
    scan(page, link[30:])
    page.wait_for_url("**/ticket/**")
    assert Visit.objects.get().appointment == appointment


def test_the_keypad_types_the_code(page, book):
    code = book().code
    page.get_by_role("link", name="Ich habe einen Termin").or_(
        page.get_by_role("link", name="I have an appointment")
    ).click()
    page.locator("[data-key='9']").click()
    page.locator("[data-erase]").click()
    for digit in code:
        page.locator(f"[data-key='{digit}']").click()
    assert page.locator("#code").input_value() == f"{code[:4]} {code[4:]}"
    page.keyboard.press("Enter")
    page.wait_for_url("**/ticket/**")
    assert Visit.objects.count() == 1


def test_the_code_works_without_script(chromium, live_server, page, paired, book):
    code = book().code
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies([{"name": "schalter_kiosk", "value": paired[1], "url": live_server.url}])
    plain = context.new_page()
    plain.goto("/kiosk/check-in/")
    plain.fill("#code", code)
    plain.locator("[data-without-keypad]").click()
    assert "/ticket/" in plain.url
    assert plain.locator("noscript button").count() == 1
    context.close()


def test_a_double_tap_prints_one_ticket_and_a_reload_none(page):
    draw(page)
    page.locator("[data-print=done]").wait_for(state="visible")
    assert (Visit.objects.count(), prints(page)) == (1, 1)
    page.reload()
    page.locator("[data-print=done]").wait_for(state="visible")
    assert prints(page) == 0


def test_a_print_the_browser_does_not_report_is_not_claimed(page):
    page.route("**/slip/", lambda route: route.abort())
    draw(page)
    page.locator("[data-print=printing]").wait_for(state="visible")
    page.clock.run_for(7_000)
    page.locator("[data-print=unsure]").wait_for(state="visible")


def test_the_ticket_closes_by_itself_and_in_german(page):
    page.goto("/en/kiosk/services/")
    draw(page)
    page.goto("/en" + page.evaluate("location.pathname"))
    page.clock.run_for(10_000)
    assert page.locator("[data-closing] [data-seconds]").inner_text() == "10"
    page.clock.run_for(11_000)
    page.wait_for_url("**/kiosk/")
    assert "/en/" not in page.url


def test_more_time_is_given_on_request(page):
    draw(page)
    page.locator("[data-more-time]").click()
    page.clock.run_for(30_000)
    assert "/ticket/" in page.url


def test_nobody_there_is_asked_and_then_sent_home(page):
    page.goto("/en/kiosk/services/")
    page.clock.run_for(76_000)
    page.locator("#still-there").wait_for(state="visible")
    page.get_by_role("button", name="Yes, continue").click()
    page.locator("#still-there").wait_for(state="hidden")
    page.clock.run_for(60_000)
    assert page.url.endswith("/en/kiosk/services/")
    page.clock.run_for(20_000)
    page.locator("#still-there").wait_for(state="visible")
    page.clock.run_for(21_000)
    page.wait_for_url("**/kiosk/")
    assert "/en/" not in page.url


def test_the_language_goes_home_too(page):
    page.goto("/en/kiosk/")
    page.clock.run_for(76_000)
    page.locator("#still-there").wait_for(state="visible")
    page.clock.run_for(21_000)
    page.wait_for_url(lambda url: "/en/" not in url)


def test_without_network_the_page_stays_and_says_so(page):
    draw(page)
    page.context.set_offline(True)
    page.clock.run_for(21_000)
    page.locator("#offline").wait_for(state="visible")
    assert "/ticket/" in page.url
    page.context.set_offline(False)
    page.clock.run_for(6_000)
    page.wait_for_url("**/kiosk/")


@pytest.mark.parametrize("size", [(1080, 1920), (1440, 900)])
def test_every_page_is_accessible_and_fits_the_screen(page, office, book, size):
    # Names of the same length, whatever has run before.
    factories.ServiceFactory.reset_sequence(1000, force=True)
    factories.OfferingFactory.create_batch(12, office=office)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    appointment = book()
    quantity = f"services/{appointment.items.get().offering_id}/"
    for step in ("", "check-in/", "services/", "services/several/", quantity):
        page.goto(f"/kiosk/{step}")
        require_sound(page)
    for code in ("12345678", appointment.code, appointment.code):
        page.goto("/kiosk/check-in/")
        page.fill("#code", code)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        require_sound(page)


def test_the_pairing_pages_are_accessible(page):
    page.context.clear_cookies()
    for kind in ("kiosk", "display"):
        page.goto(f"/{kind}/pair/")
        require_sound(page)
        page.locator("main form button").click()
        page.locator("[data-pairing]").wait_for()
        require_sound(page)
