"""The board as a page, and the time by which it sets its clock."""

import json
import re
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.test import Client

from booking.domain.devices import make_device, revoke_device
from booking.domain.notices import save_notice, shown_picture
from booking.domain.visits import call_next, call_visit
from booking.models import Closure, Device, Notice
from queue_display import display
from tests import factories
from tests.conftest import TUESDAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def paired(office) -> Device:
    return make_device(kind=Device.Kind.DISPLAY, office=office)


@pytest.fixture
def screen(paired, client) -> Client:
    client.cookies["schalter_display"] = paired[1]
    return client


def embedded(content: str, name: str) -> Any:
    """The data that the page hands to its script."""
    found = re.search(rf'<script id="{name}" type="application/json">(.*?)</script>', content)
    return json.loads(found.group(1))


def test_an_unpaired_screen_is_sent_to_be_paired(client):
    answer = client.get("/display/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/display/pair/")


def test_a_revoked_screen_is_sent_to_be_paired(paired, screen):
    assert screen.get("/display/").status_code == 200
    revoke_device(paired[0])
    assert screen.get("/display/").headers["Location"] == "/display/pair/"


def test_the_board_knows_its_calls_before_the_socket_opens(screen, arrive, staffed_counter, clerk):
    first, _second = arrive(), arrive()
    call_visit(first.pk, staffed_counter.pk, staff=clerk)
    content = screen.get("/display/").content.decode()
    snapshot = embedded(content, "display-snapshot")
    assert [call["number"] for call in snapshot["calls"]] == ["A001"]
    assert snapshot["waiting"] == 1


def test_the_board_speaks_the_language_of_its_address(screen):
    content = screen.get("/en/display/").content.decode()
    assert '<html lang="en"' in content
    sentences = embedded(content, "display-settings")["sentences"]
    assert sentences["en"]["counter"] == "Counter {label}"
    assert sentences["en"]["call"] == "Number {number}, please go to {counter}."
    assert sentences["de"]["counter"] == "Schalter {label}"


def test_the_board_needs_the_same_queries_for_one_and_for_many(
    screen, arrive, django_assert_num_queries
):
    screen.get("/display/")
    for _ in range(2):
        with django_assert_num_queries(10):
            screen.get("/display/")
        for _visit in range(10):
            arrive()


def test_the_clock_follows_the_server(screen, set_time):
    moment = TUESDAY + timedelta(hours=1)
    set_time(moment)
    answer = screen.get("/display/time/").json()
    assert answer == {"now": round(moment.timestamp() * 1000), "closed": ""}


def test_the_board_says_when_a_closed_office_opens(screen, set_time):
    set_time(TUESDAY.replace(hour=6))
    assert "08:00" in screen.get("/en/display/time/").json()["closed"]
    set_time(TUESDAY.replace(hour=20))
    closed = screen.get("/en/display/time/").json()["closed"]
    assert "1 December" in closed
    assert "08:00" in closed


def test_the_page_knows_screen_sound_and_offices_of_its_device(
    paired, screen, office, other_office
):
    device = paired[0]
    device.distance_cm, device.diagonal_inches = 600, 65
    device.gong_volume, device.voice_volume = 40, 70
    device.quiet_from, device.quiet_until = time(18), time(7, 30)
    device.save()
    device.also_shows.add(other_office)
    settings = embedded(screen.get("/display/").content.decode(), "display-settings")
    assert (settings["gong"], settings["voice"]) == (0.4, 0.7)
    assert settings["quiet"] == ["18:00", "07:30"]
    assert (settings["typeSize"], settings["diagonal"]) == (106.39, 1651.0)
    assert [one["id"] for one in settings["offices"]] == [str(office.pk), str(other_office.pk)]


@pytest.mark.parametrize("layout", Device.Layout.values)
def test_every_layout_is_a_page_without_more_queries(
    paired, screen, layout, django_assert_num_queries
):
    Device.objects.update(layout=layout)
    screen.get("/display/")
    with django_assert_num_queries(10):
        assert f"board--{layout}" in screen.get("/display/").content.decode()


def test_notices_and_closed_days_are_told_in_the_language_of_the_page(screen, office, set_time):
    factories.make_hours(office)
    set_time(TUESDAY)
    notice = Notice(
        office=office, heading_de="Fest", heading_en="Fair", text_de="Am Markt", text_en="Market"
    )
    save_notice(notice, picture=shown_picture(factories.picture()))
    day = date(2026, 12, 1)
    Closure.objects.create(office=office, first_day=day, last_day=day, reason="Umzug")
    told = screen.get("/en/display/notices/").json()
    assert told["notices"][0]["heading"] == "Fair"
    assert told["closing"] == [
        "Open today until 12:00.",
        "Closed on Tuesday, 1 December (Umzug)",
    ]
    assert screen.get("/display/notices/").json()["notices"][0]["text"] == "Am Markt"
    picture = screen.get(told["notices"][0]["picture"])
    assert picture.headers["Content-Type"] == "image/webp"
    assert picture.content == bytes(Notice.objects.get().picture)


def test_a_picture_of_another_office_is_not_shown(paired, screen, other_office):
    notice = Notice(office=other_office, heading="Fest")
    save_notice(notice, picture=shown_picture(factories.picture()))
    path = f"/display/picture/{notice.pk}/{notice.picture_digest}/"
    assert screen.get(path).status_code == 404
    paired[0].also_shows.add(other_office)
    assert screen.get(path).status_code == 200
    assert screen.get(f"/display/picture/{notice.pk}/other/").status_code == 404


def test_a_call_is_spoken_with_the_place_of_its_counter(screen, counter, monkeypatch):
    said = []
    monkeypatch.setattr(display, "spoken", lambda *sentence: said.append(sentence) or b"sound")
    counter.label, counter.place_de = "3", "im ersten Stock"
    counter.save()
    answer = screen.get(f"/display/speech/{counter.pk}/A017/de/")
    assert (answer.content, answer.headers["Content-Type"]) == (b"sound", "audio/wav")
    assert said == [("Nummer A 17, bitte zu Schalter 3. im ersten Stock.", "de")]


def test_nothing_but_calls_of_ones_own_offices_is_spoken(
    screen, counter, other_office, monkeypatch
):
    monkeypatch.setattr(display, "spoken", lambda *_sentence: b"sound")
    foreign = factories.CounterFactory(office=other_office)
    for path in (f"{counter.pk}/buy/de", f"{counter.pk}/A017/xx", f"{foreign.pk}/A017/de"):
        assert screen.get(f"/display/speech/{path}/").status_code == 404


def test_without_a_voice_the_page_does_not_ask_for_one(screen, counter, settings):
    settings.SPEECH_COMMAND = ""
    page = embedded(screen.get("/display/").content.decode(), "display-settings")
    assert page["speech"] == ""
    assert screen.get(f"/display/speech/{counter.pk}/A017/de/").status_code == 404


def test_the_installer_is_told_what_to_measure(paired, screen):
    Device.objects.update(quiet_from=time(18), quiet_until=time(7))
    page = screen.get("/en/display/test/").content.decode()
    assert "5 m away" in page
    assert "61 mm high" in page
    assert "silent from 18:00 to 07:00" in page
    assert embedded(page, "display-settings")["sample"]["number"] == "A017"


def test_a_stranger_cannot_ask_for_the_time(client):
    assert client.get("/display/time/").status_code == 302


def test_nothing_personal_is_on_the_board(
    screen, booked_appointment, check_in, staffed_counter, clerk
):
    check_in(booked_appointment)
    call_next(staffed_counter.pk, staff=clerk)
    content = screen.get("/display/").content.decode()
    assert "A001" in content
    assert booked_appointment.name not in content
