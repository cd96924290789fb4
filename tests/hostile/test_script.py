"""Script in every text that somebody can store or send, on every page of every surface."""

from collections import Counter
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import translation
from icalendar import Calendar

from booking.citizen.secret import appointment_path
from booking.domain.actor import CITIZEN
from booking.domain.arrivals import check_in
from booking.domain.cancelling import cancel_appointment
from booking.domain.holding import hold_appointment
from booking.domain.items import Item
from booking.domain.outbox import deliver
from booking.domain.visits import call_next
from booking.models import OutboxMail
from queue_display.snapshot import display_message
from tests import factories
from tests.conftest import TUESDAY

from . import addresses
from .addresses import every_address, rightful
from .database import undone
from .pages import SCRIPT, SHORT_SCRIPT, Page, faults_of, is_html
from .towns import Town
from .values import NAMES

HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "desk"}
SURFACES = [one for one in every_address() if not one.is_api]


@pytest.fixture
def hostile(db) -> Town:
    """A town whose every text is an attack; somebody is called, and somebody waits."""
    town = Town("musterstadt", SCRIPT, label=SHORT_SCRIPT)
    check_in(office=town.office, code=town.checked_in.code, actor=CITIZEN)
    call_next(town.counter.pk, staff=town.clerk)
    return town


@pytest.mark.parametrize(("language", "extra"), [("de", {}), ("en", HTMX)], ids=["page", "htmx"])
def test_no_stored_text_becomes_an_element(hostile, language, extra):
    factories.AuthorityFactory(name=SCRIPT)
    shown = set()
    for address in SURFACES:
        if extra and address.key == addresses.SETUP:
            continue
        client = rightful(address.key, hostile).client()
        with translation.override(language):
            paths = [address.path(hostile), *_more_paths(address.name, hostile)]
        for path in paths:
            answer = client.get(path, **extra)
            assert faults_of(answer) == [], address.name
            if is_html(answer) and "zzz" in answer.content.decode():
                shown.add(address.name.split(":")[-1].replace("booking_", ""))
    # Otherwise the texts were not there and nothing was seen.
    assert (SHOWING_TEXTS if extra else SHOWING_TEXTS | SHOWING_IN_SETUP) - shown == set()


SHOWING_TEXTS = {
    "home", "start", "privacy", "accessibility", "services", "choose", "town_times", "times",
    "appointment", "cancel", "ticket",
    "kiosk", "kiosk_services", "kiosk_several", "kiosk_quantity", "kiosk_ticket", "kiosk_slip",
    "kiosk_times_for", "kiosk_times", "kiosk_booked", "kiosk_booked_slip",
    "desk_office", "desk_queue", "desk_take_over", "desk_transfer", "display", "display_test",
    "pair_device",
}  # fmt: skip
SHOWING_IN_SETUP = {
    "office_changelist", "office_change", "office_delete", "service_change", "closure_change",
    "counter_changelist", "user_change", "user_changelist", "device_change", "visit_changelist",
    "appointment_changelist", "authority_change", "openinghours_add", "notice_change",
    "notice_changelist", "situation_change", "situation_changelist",
}  # fmt: skip


def _more_paths(name: str, town: Town) -> list[str]:
    """The same address in other states: held, called, of an appointment."""
    if name == "start":
        path = reverse("start", args=[town.authority.slug])
        return [f"{path}?q=name", f"{path}?q=nothing-of-the-kind"]
    if name == "times":
        return [f"{reverse('times', args=[town.office.pk])}?offering={town.offering.pk}:1"]
    if name in ("town_times", "services"):
        path = f"{reverse(name, args=[town.authority.slug])}?service={town.service.slug}"
        return [path, f"{path}&weekday=1", f"{path}&situation={town.situation.slug}"]
    if name == "desk":
        return [f"{reverse('desk')}?all=1"]
    if name == "ticket":
        return [reverse("ticket", args=[one.pk]) for one in (town.appointment, town.checked_in)]
    if name == "appointment":
        held = hold_appointment(
            office=town.office,
            items=[Item(town.offering, 1)],
            start=TUESDAY + timedelta(minutes=60),
        )
        return [appointment_path(held)]
    return []


def test_what_the_desk_answers_after_each_action_holds_no_foreign_element(hostile):
    client = hostile.desk.client()
    visit = hostile.counter.visits.get()
    for action in ("begin", "park", "unpark", "finish", "recall", "missed", "put_back"):
        answer = client.post(reverse("desk_visit", args=[visit.pk, action]), **HTMX)
        assert faults_of(answer) == []
        assert "zzz" in answer.content.decode()
    for name in ("desk_pause", "desk_close", "desk_open", "desk_next"):
        answer = client.post(reverse(name, args=[hostile.counter.pk]), **HTMX)
        assert faults_of(answer) == []
    target = {"target": f"{hostile.sister.pk}:{hostile.sister_offering.pk}", "quantity": "1"}
    answer = client.post(reverse("desk_transfer", args=[hostile.visit.pk]), target, **HTMX)
    assert faults_of(answer) == []


def test_the_desk_of_a_colleague_shows_names_as_text(hostile):
    """Somebody without a counter sees whose the others are, and may take one over."""
    client = hostile.setup.client()
    for name, argument in (("desk_office", hostile.office), ("desk_take_over", hostile.counter)):
        answer = client.get(reverse(name, args=[argument.pk]))
        assert "zzz" in answer.content.decode()
        assert faults_of(answer) == []


def test_what_the_kiosk_says_no_with_holds_no_foreign_element(hostile):
    client = hostile.at_kiosk.client()
    sister = hostile.at_sister_kiosk.client()
    for asked, code in (
        (client, hostile.checked_in.code),
        (client, SCRIPT),
        (client, SHORT_SCRIPT[:9]),
        (sister, hostile.appointment.code),
    ):
        answer = asked.post(reverse("kiosk_check_in"), {"code": code})
        assert (answer.status_code, faults_of(answer)) == (200, [])


def test_the_display_gets_its_texts_as_data(hostile):
    answer = hostile.at_display.client().get(reverse("display"))
    assert faults_of(answer) == []
    # In a JSON block nothing may end the block.
    assert "<zzz" not in answer.content.decode()
    message = display_message(hostile.office.pk)
    assert SCRIPT in message["notice"]
    assert message["calls"][0]["counter"] == SHORT_SCRIPT


def test_a_mail_is_text_and_its_header_one_line(hostile, django_capture_on_commit_callbacks):
    hostile.office.name = f"{SCRIPT}\r\nBcc: everybody@example.org\n\nBEGIN:VALARM"
    hostile.office.save()
    cancel_appointment(hostile.appointment.pk)
    for written in OutboxMail.objects.order_by("created_at"):
        assert deliver(written.pk)
    messages = [sent.message() for sent in mail.outbox]
    for message in messages:
        assert message["Bcc"] is None
        assert len(message.get_all("Subject")) == 1
    types = [tuple(part.get_content_type() for part in message.walk()) for message in messages]
    # Of appointments three: two are booked, one is cancelled. Of wishes and calendars the others.
    assert Counter(types) == {
        ("multipart/mixed", "text/plain", "text/calendar"): 3,
        ("text/plain",): 3,
    }
    for message in messages:
        if message.is_multipart():
            entry = Calendar.from_ical(message.get_payload()[1].get_payload(decode=True))
            assert [part.name for part in entry.walk() if part.name == "VALARM"] == []


def test_a_download_holds_the_texts_as_text(hostile):
    client = hostile.citizen.client()
    names = {"appointment_ics": b"BEGIN:VCALENDAR", "confirmation_pdf": b"%PDF"}
    for name, beginning in names.items():
        answer = client.get(reverse(name, args=[hostile.appointment.pk, hostile.secret]))
        assert answer.content.startswith(beginning)
        assert "\n" not in answer["Content-Disposition"]


@pytest.mark.parametrize("key", sorted({one.key for one in SURFACES}))
def test_nothing_sent_comes_back_as_an_element(town, key):
    """Every field a view reads, as a query and as a form, all at once."""
    for address in SURFACES:
        # The set-up's other pages read nothing but their forms.
        if address.key != key or (key == addresses.SETUP and "changelist" not in address.name):
            continue
        client, path = rightful(key, town).client(), address.path(town)
        sent = dict.fromkeys(NAMES, SCRIPT) | {"username": SCRIPT, "name": SCRIPT, "email": SCRIPT}
        for method in (client.get, client.post):
            with undone():
                answer = method(path, sent)
            assert faults_of(answer) == [], address.name


def test_an_unknown_address_is_not_repeated(client: Client, db):
    for path in (f"/{SCRIPT}/", f"/staff/{SCRIPT}", f"/setup/{SCRIPT}/", f"/api/v1/{SCRIPT}"):
        answer = client.get(path)
        assert faults_of(answer) == []
        if is_html(answer):
            assert Page(answer.content.decode()).faults == []
