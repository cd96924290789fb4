"""A rush, seen by a browser: the device works for its time, or a mail is answered; or one waits."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from booking import clock, proof_of_work, waiting_room
from booking.citizen import room
from booking.domain.links import answer_link
from booking.models import Appointment, Office
from tests import factories

from .conftest import DESK, PHONE

OUTSIDE = "somebody from outside"


# The database is made before the browser starts.
pytestmark = pytest.mark.usefixtures("django_db_setup")


@pytest.fixture(autouse=True, scope="module")
def _beside_a_browser() -> Iterator[None]:
    """Playwright's event loop runs in this thread, and nothing here waits for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture
def times(transactional_db, live_server, monkeypatch, settings) -> str:
    """The page of times of an office; the browser comes from outside, not from this machine."""
    monkeypatch.setattr(proof_of_work, "network_key", lambda _request: OUTSIDE)
    monkeypatch.setattr(room, "client_of", lambda _request: OUTSIDE)
    settings.PROOF_ABOVE_OF_OFFICE = settings.PROOF_ABOVE_OF_NETWORK = 0
    office = factories.OfficeFactory()
    factories.make_hours(office)
    offering = factories.OfferingFactory(office=office)
    path = reverse("times", args=[office.pk])
    return f"{live_server.url}{path}?offering={offering.pk}:1"


def test_the_device_works_a_moment_and_the_time_is_held(times, visit, keep, settings):
    settings.PROOF_ABOVE_OF_NETWORK = 0.5
    page = visit(times, PHONE)
    page.route(re.compile("proof.*js"), lambda route: (keep(page, "working"), route.continue_()))
    page.locator("button.time").first.click()
    expect(page.locator("#id_email")).to_be_visible()
    held = Appointment.objects.get()
    assert (held.state, held.without_proof) == ("held", False)


def test_without_javascript_the_mail_is_answered_instead(times, visit, keep, settings):
    settings.PROOF_ABOVE_OF_NETWORK = 0.5
    page = visit(times, PHONE, java_script_enabled=False)
    page.locator("button.time").first.click()
    keep(page, "proof")
    page.get_by_role("button", name="Weiter und per E-Mail bestätigen").click()
    page.fill("#id_name", "Kim Muster")
    page.fill("#id_email", "kim@example.org")
    keep(page, "details")
    page.locator("#details button.kern-btn--primary").click()
    expect(page.get_by_text("Noch nicht gebucht")).to_be_visible()
    keep(page, "asked")
    path = "/" + answer_link(Appointment.objects.get(), "kim@example.org").split("/", 3)[3]
    page.goto(times.partition("/book/")[0] + path)
    keep(page, "answer")
    page.get_by_role("button", name="Ja, Termin buchen").click()
    expect(page.locator(".code")).to_be_visible()


def test_the_waiting_room_opens_by_itself(times, visit, keep, monkeypatch, set_time):
    monkeypatch.setattr(waiting_room, "FIRST_RATE", 2.0)
    monkeypatch.setattr(room, "LEAST_WAIT", 1)
    for _person in range(13):
        waiting_room.enter(Office.objects.get().pk, "")
    page = visit(times, PHONE, java_script_enabled=False)
    expect(page.get_by_role("heading", name="Sie sind im Warteraum")).to_be_visible()
    keep(page, "phone")
    page.set_viewport_size(DESK)
    keep(page, "desk")
    set_time(clock.system_time() + timedelta(seconds=waiting_room.WINDOW))
    expect(page.locator("button.time").first).to_be_visible()
