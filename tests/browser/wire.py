"""What a page costs on a first visit: bytes over the wire, layout shifts, and what scripts add."""

from dataclasses import dataclass

from playwright.sync_api import Browser, Cookie, Page

# Kept from before the first element: shifts are told only to who listens.
LISTEN = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts.push(entry.value);
}).observe({ type: "layout-shift", buffered: true });
"""


@dataclass(frozen=True)
class FirstVisit:
    """``wire`` is in bytes, headers included; ``shift`` is the cumulative layout shift."""

    wire: int
    shift: float
    text: str
    controls: int


def first_visit(
    browser: Browser,
    url: str,
    viewport: dict[str, int],
    *,
    cookies: list[Cookie] | None = None,
    scripts: bool = True,
) -> FirstVisit:
    """Open the address with nothing kept, wait until it rests, and scroll to its end."""
    context = browser.new_context(
        viewport=viewport, locale="de-DE", java_script_enabled=scripts, timezone_id="Europe/Berlin"
    )
    try:
        context.add_cookies(cookies or [])
        page = context.new_page()
        wire = _count(page)
        if scripts:
            context.add_init_script(LISTEN)
        page.goto(url, wait_until="networkidle")
        page.keyboard.press("End")
        page.wait_for_load_state("networkidle")
        shift = page.evaluate("window.shifts.reduce((a, b) => a + b, 0)") if scripts else 0.0
        main = page.locator("main")
        return FirstVisit(
            wire=sum(wire.values()),
            shift=shift,
            text=main.inner_text(),
            controls=main.locator("a, button, input, select").count(),
        )
    finally:
        context.close()


def _count(page: Page) -> dict[str, int]:
    """Bytes by request, as they come."""
    wire: dict[str, int] = {}
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on(
        "Network.loadingFinished",
        lambda event: wire.__setitem__(event["requestId"], int(event["encodedDataLength"])),
    )
    return wire
