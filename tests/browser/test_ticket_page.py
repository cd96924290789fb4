"""The visitor's own page keeps the wait up to date."""

import json

from playwright.sync_api import WebSocketRoute, expect

from .api import draw_tickets
from .conftest import PHONE


def test_a_new_wait_is_shown_without_loading_the_page_again(town, visit, keep):
    (ticket,) = draw_tickets(town, 1)
    page = visit("about:blank", PHONE)
    sockets: list[WebSocketRoute] = []
    page.route_web_socket("**/ws/ticket/**", lambda socket: sockets.append(socket))
    page.goto(f"{town.url}/ticket/{ticket['id']}/")
    expect(page.locator("[data-live]")).to_be_visible()
    (socket,) = sockets
    assert socket.url.endswith("?language=de")
    ahead = int(page.locator("[data-ticket]").get_attribute("data-people-ahead"))
    loads: list[str] = []
    page.on("request", lambda request: loads.append(request.url))
    for version, wait in enumerate(("etwa 10–20 Minuten", "weniger als 5 Minuten")):
        state = {"state": "waiting", "number": ticket["number"], "counter": "", "called_at": None}
        message = {"type": "ticket", "version": version, "people_ahead": ahead, "wait": wait}
        socket.send(json.dumps(state | message))
        expect(page.locator("[data-wait]")).to_have_text(wait)
    assert loads == []
    keep(page, "wait")
