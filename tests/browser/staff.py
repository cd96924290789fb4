"""What staff and the lead do in a browser, for tests that need it done."""

from playwright.sync_api import Page, expect

PASSWORD = "schalter-demo"


def log_in(page: Page, username: str) -> None:
    """On the page of signing in, to which every page of staff leads."""
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.locator("main form button").click()
    page.wait_for_url(lambda url: "/login/" not in url)


def pair(lead: Page, device: Page, kind: str, office: str) -> None:
    """Fetch a code on the device, type it in as the lead, see the device start by itself."""
    device.locator("main form button").click()
    code = device.locator("[data-pairing=waiting]").get_attribute("aria-label")
    lead.fill("#id_code", code)
    lead.select_option("#id_kind", kind)
    lead.select_option("#id_office", office)
    lead.locator("main form button").click()
    expect(lead.locator(".kern-alert--success")).to_be_visible()
    device.wait_for_url(f"**/{kind}/", timeout=20_000)
