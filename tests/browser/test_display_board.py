"""What a waiting room sees and hears, second by second."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .board import Board, call, set_display
from .citizen import citizen_office
from .conftest import KIOSK, TV
from .town import Town

FOUR_K = {"width": 3840, "height": 2160}
SECONDS = 6
SILENT = {"gong_volume": 0, "voice_volume": 0}

Open = Callable[..., Board]


@pytest.fixture
def open_board(town: Town, visit: Callable[..., Page]) -> Open:
    def open_page(viewport: dict[str, int] = TV, also_shows: str = "", **settings: Any) -> Board:
        office = citizen_office(town)["id"]
        token = town.manage("pair_device", "--office", office, "--kind", "display")
        set_display(town, token, also_shows, **(SILENT | settings))
        board = Board(visit, town, token, viewport)
        # Who is called in the demo is called no more, and was seen for long enough.
        for _ in range(3):
            for number in range(len(board.offices)):
                board.show(office=number)
            board.pass_time(SECONDS)
        return board

    return open_page


@pytest.mark.parametrize("layout", ["calls", "waits"])
def test_in_a_burst_of_calls_nobody_is_called_unseen(open_board, layout):
    board = open_board(layout=layout)
    calls = [call(f"A{number:03}", number / 100) for number in range(1, 16)]
    board.show(calls)
    at_first = board.seconds_seen(1)
    # Some are at their counter already, and some were served in no time.
    board.show([one | {"begun": True} for one in calls[:5]] + calls[10:])
    later = board.seconds_seen(100)
    had = {
        one["number"]: at_first.get(one["number"], 0) + later.get(one["number"], 0) for one in calls
    }
    assert {number: seconds for number, seconds in had.items() if seconds < SECONDS} == {}


def test_who_is_served_and_was_seen_does_not_come_back(open_board):
    board = open_board()
    calls = [call("A001", 1), call("A002", 2)]
    board.show(calls)
    board.seconds_seen(SECONDS * 2 + 2)
    board.show(calls[1:])
    assert board.seen() == ["A002"]


def test_those_who_do_not_fit_take_turns_and_the_board_says_so(open_board, keep):
    board = open_board(layout="notices")
    calls = [call(f"A{number:03}", number) for number in range(1, 9)]
    board.show(calls)
    keep(board.page, "in-turn")
    expect(board.page.locator("[data-in-turn]")).to_have_text(re.compile(r"^\d weitere$"))
    board.pass_time(60)  # every one has been the newest
    again = board.seconds_seen(60)
    assert sorted(again) == [one["number"] for one in calls]


def test_quiet_hours_are_seen_and_not_heard(open_board):
    board = open_board(gong_volume=40, voice_volume=100, quiet_from="09:00", quiet_until="10:00")
    board.show([call("A001", 1)])
    assert board.seen() == ["A001"]
    board.seconds_seen(10)
    assert board.page.evaluate("window.heard") == []
    times = ("08:59", "09:00", "09:59", "10:00")
    heard = [not board.page.evaluate("isQuiet", time) for time in times]
    assert heard == [True, False, False, True]


def test_quiet_hours_may_pass_midnight(open_board):
    board = open_board(quiet_from="20:00", quiet_until="07:00")
    times = ("19:59", "20:00", "00:00", "06:59", "07:00")
    heard = [not board.page.evaluate("isQuiet", time) for time in times]
    assert heard == [True, False, False, False, True]


def test_the_gong_rings_then_the_server_speaks_german_and_the_visitors_language(open_board):
    board = open_board(gong_volume=40, voice_volume=70)
    board.show([call("A007", 1, language="en")])
    board.pass_time(20)
    gong, *spoken = board.page.evaluate("window.heard")
    assert re.fullmatch(r"/static/sounds/gong.*\.wav", gong[0])
    assert gong[1] == 0.4
    address = "/display/speech/11111111-1111-1111-1111-111111111111/A007"
    assert spoken == [[f"{address}/de/", 0.7], [f"{address}/en/", 0.7]]


def test_several_offices_share_a_board_and_each_call_says_whose_it_is(open_board, town, keep):
    slug = town.get("/api/v1/authorities")[0]["slug"]
    offices = town.get(f"/api/v1/authorities/{slug}/offices")
    own = citizen_office(town)
    other = next(one for one in offices if one["id"] != own["id"])
    board = open_board(also_shows=other["id"])
    board.show([call("A001", 1)], waiting=2)
    place = {"places": {"de": "im ersten Stock links"}}
    board.show([call("A001", 2, **place)], office=1, waiting=3)
    assert board.seen() == ["A001", "A001"]
    expect(board.page.locator("[data-waiting]")).to_have_text("5")
    board.pass_time(SECONDS + 2)
    keep(board.page, "several")
    expect(board.page.locator("[data-place]")).to_have_text(
        f"{other['name']}, im ersten Stock links"
    )
    expect(board.page.locator(".call__place")).to_have_text(own["name"])


def test_silence_of_one_office_is_said_in_large_type_with_the_time(open_board, keep):
    board = open_board()
    board.show([call("A001", 1), call("A002", 2)])
    board.pass_time(40)
    since = board.page.locator("[data-since]")
    expect(since).to_have_text(re.compile(r"^Keine Verbindung seit \d\d:\d\d Uhr$"))
    keep(board.page, "stale")
    assert too_small(board, [".stale__since"]) == []
    assert sorted(board.seen()) == ["A001", "A002"]
    board.show([call("A002", 2)])
    expect(since).to_be_hidden()


READ = [".newest__number", ".newest__counter > :last-child", ".newest__place", ".call__number",
        ".call__word + span", ".wait__letter", ".wait__time"]  # fmt: skip


def too_small(board: Board, selectors: list[str]) -> list[str]:
    """Which of the elements has capitals under 0.7° at five metres on a 55-inch screen."""
    return board.page.evaluate(
        """([selectors, least]) => {
          const millimetre = Math.hypot(innerWidth, innerHeight) / (55 * 25.4);
          const height = (one) => parseFloat(getComputedStyle(one).fontSize) * 0.689 / millimetre;
          const small = (one) => one.offsetHeight > 0 && height(one) < least;
          return selectors.filter((one) => [...document.querySelectorAll(one)].some(small));
        }""",
        [selectors, 61.08],
    )


# Capitals have 0.69 of their size; the box of a letter is higher than what is seen of it.
CUT_OFF = """() => {
  const type = (part) => parseFloat(getComputedStyle(part).fontSize);
  const parts = (one) => [...one.querySelectorAll("span")];
  const size = (one) => Math.max(...parts(one).filter((part) => part.textContent.trim()).map(type));
  const wide = (one) => one.scrollWidth > one.clientWidth + 2;
  const low = (one) => 0.75 * size(one) > one.clientHeight;
  const high = (one) => one.scrollHeight > one.clientHeight + 2;
  const cut = (selector, is) => [...document.querySelectorAll(selector)].filter(is);
  return [
    ...cut(".call, .wait, .newest, .panel, .earlier__head", wide),
    ...cut(".call, .wait", low),
    ...cut(".newest, .panel", high),
  ].map((one) => `cut off: ${one.className}`);
}"""


@pytest.mark.parametrize("layout", ["calls", "waits", "notices"])
def test_every_number_can_be_read_from_five_metres_and_nothing_is_cut_off(open_board, keep, layout):
    board = open_board(layout=layout)
    places = {"places": {"de": "im ersten Stock links"}}
    calls = [call("B002", 2), call("C003", 3, counter="Empfang", counter_is_name=True)]
    waits = {"A": [10, 20], "B": [5, 5], "C": None, "D": [100, 120], "E": [25, None]}
    waiting = {"waiting_by_letter": {"A": 12, "B": 1, "C": 3}, "waits": waits}
    faults = {}
    for name, more in (("plain", calls), ("placed", [*calls, call("A001", 4, **places)])):
        # Beside a panel a place of two words becomes smaller before it is cut off.
        read = [one for one in READ if layout == "calls" or one != ".newest__place"]
        for size in (TV, KIOSK, FOUR_K):
            board.page.set_viewport_size(size)
            for _ in range(4):
                board.show(more, **waiting)
                board.pass_time(SECONDS)
            keep(board.page, f"{name}-{size['width']}")
            faults[name, size["width"]] = [*too_small(board, read), *board.page.evaluate(CUT_OFF)]
    assert {where: found for where, found in faults.items() if found} == {}
