"""What displays and tickets are told, as read from the database."""

import json
from datetime import timedelta
from math import inf

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from booking.domain import arrivals, visits
from booking.domain.actor import CITIZEN, Actor
from booking.domain.counters import open_counter
from booking.domain.devices import make_device, revoke_device, settings_changed
from booking.domain.forecast import Wait
from booking.domain.items import Item
from booking.domain.notices import delete_notice, save_notice
from booking.models import Counter, Device, Notice, Queue, User
from queue_display.snapshot import (
    EXPECTED,
    office_state,
    queue_version,
    ticket_office,
    ticket_state,
)
from tests import factories
from tests.conftest import TUESDAY

pytestmark = pytest.mark.django_db


def display(office) -> dict[str, object]:
    return json.loads(office_state(office.pk).display)


def test_an_office_that_never_changed_has_version_zero(office):
    assert not Queue.objects.filter(pk=office.pk).exists()
    assert queue_version(office.pk) == 0
    assert display(office) == {
        "type": "snapshot",
        "version": 0,
        "office": str(office.pk),
        "calls": [],
        "waiting": 0,
        "waiting_by_letter": {},
        "notice": "",
        "notices": "",
    }


def test_a_call_is_shown_with_number_counter_and_moment_in_utc(
    office, arrive, staffed_counter, clerk
):
    first, _second = arrive(), arrive()
    visits.call_visit(first.pk, staffed_counter.pk, staff=clerk)
    shown = display(office)
    assert shown["version"] == queue_version(office.pk) > 0
    assert shown["waiting"] == 1
    assert shown["calls"] == [
        {
            "number": "A001",
            "spoken": "A 1",
            "counter": staffed_counter.label,
            "counter_id": str(staffed_counter.pk),
            "counter_is_name": False,
            "places": {},
            "called_at": "2026-11-24T08:30:00+00:00",
            "recalled": False,
            "begun": False,
            "language": "de",
        }
    ]


def test_a_recall_is_newest_again_and_marked(office, arrive, staffed_counter, clerk, set_time):
    other = factories.CounterFactory(office=office)
    colleague = factories.make_staff(office)
    open_counter(other.pk, staff=colleague)
    first, second = arrive(), arrive()
    visits.call_visit(first.pk, staffed_counter.pk, staff=clerk)
    set_time(TUESDAY + timedelta(minutes=1))
    visits.call_visit(second.pk, other.pk, staff=colleague)
    assert [call["number"] for call in display(office)["calls"]] == ["A002", "A001"]
    set_time(TUESDAY + timedelta(minutes=2))
    visits.recall(first.pk, actor=Actor(staff=clerk))
    calls = display(office)["calls"]
    assert [(call["number"], call["recalled"]) for call in calls] == [
        ("A001", True),
        ("A002", False),
    ]


def test_who_is_being_served_stays_on_the_display_until_the_end(
    office, arrive, staffed_counter, clerk
):
    visit = arrive()
    visits.call_next(staffed_counter.pk, staff=clerk)
    visits.begin(visit.pk, actor=Actor(staff=clerk))
    assert len(display(office)["calls"]) == 1
    visits.finish(visit.pk, actor=Actor(staff=clerk))
    assert display(office)["calls"] == []


def test_every_call_of_a_large_office_is_on_the_display(office, arrive):
    for _ in range(12):
        counter = factories.CounterFactory(office=office)
        # Without a password: to hash twelve takes seconds.
        member = User.objects.create(username=f"clerk at {counter}")
        open_counter(counter.pk, staff=member)
        arrive()
        visits.call_next(counter.pk, staff=member)
    assert len(display(office)["calls"]) == 12


def test_a_call_says_where_its_counter_is_in_each_language_somebody_has_written(
    office, arrive, staffed_counter, clerk
):
    Counter.objects.update(place_de="im ersten Stock", place_en="")
    arrive()
    visits.call_next(staffed_counter.pk, staff=clerk)
    (call,) = display(office)["calls"]
    assert call["places"] == {"de": "im ersten Stock"}


def test_who_has_come_to_the_counter_is_told_from_who_is_still_on_the_way(
    office, arrive, staffed_counter, clerk
):
    visit = arrive()
    visits.call_next(staffed_counter.pk, staff=clerk)
    before = display(office)["calls"][0]["begun"]
    visits.begin(visit.pk, actor=Actor(staff=clerk))
    assert (before, display(office)["calls"][0]["begun"]) == (False, True)


def test_the_waiting_are_counted_by_letter(office, offering, arrive):
    other = factories.OfferingFactory(office=office, letter="B")
    for offered in (offering, offering, other):
        arrivals.draw_ticket(office=office, items=[Item(offered, 1)], actor=CITIZEN)
    assert display(office)["waiting_by_letter"] == {offering.letter: 2, "B": 1}


def test_without_a_forecast_nothing_is_said_about_waits(office):
    assert "waits" not in display(office)


def test_a_forecast_is_shown_by_letter_as_the_range_that_is_told(office):
    letters = {"A": Wait(11, 14, 19), "B": None, "C": Wait(25, 60, inf)}
    factories.make_forecast(office, letters=letters)
    assert display(office)["waits"] == {"A": [10, 20], "B": None, "C": [25, None]}


def test_an_old_forecast_is_not_shown(office, set_time):
    factories.make_forecast(office, letters={"A": Wait(11, 14, 19)})
    set_time(TUESDAY + timedelta(minutes=4))
    assert "waits" not in display(office)


def test_a_display_in_a_shared_room_shows_the_other_office_too(office, other_office):
    device, _token = make_device(kind=Device.Kind.DISPLAY, office=office)
    assert office_state(other_office.pk).devices == {}
    device.also_shows.add(other_office)
    settings_changed(device)
    assert office_state(other_office.pk).devices == {device.pk: 1}
    assert office_state(office.pk).devices == {device.pk: 1}
    revoke_device(device)
    assert office_state(other_office.pk).devices == {}


def test_other_notices_are_told_by_their_stamp(office, set_time):
    stamps = [display(office)["notices"]]
    notice = Notice(office=office, heading_de="Ab Januar länger offen")
    save_notice(notice)
    stamps.append(display(office)["notices"])
    set_time(TUESDAY + timedelta(minutes=1))
    save_notice(notice)
    stamps.append(display(office)["notices"])
    delete_notice(notice)
    assert display(office)["notices"] == stamps[0] == ""
    assert len(set(stamps)) == 3


def test_people_of_other_offices_are_not_counted(office, other_office, arrive):
    arrive()
    assert display(other_office)["waiting"] == 0


def test_the_version_rises_with_every_change(office, arrive, staffed_counter, clerk):
    versions = [display(office)["version"]]
    arrive()
    versions.append(display(office)["version"])
    visit = visits.call_next(staffed_counter.pk, staff=clerk)
    versions.append(display(office)["version"])
    visits.recall(visit.pk, actor=Actor(staff=clerk))
    versions.append(display(office)["version"])
    assert versions == sorted(set(versions))


def test_the_number_of_queries_does_not_depend_on_how_many_are_there(office, arrive):
    tickets = [arrive().pk]
    with CaptureQueriesContext(
        connection,
    ) as at_one:
        office_state(office.pk, tickets)
    tickets += [arrive().pk for _ in range(20)]
    with CaptureQueriesContext(connection) as at_many:
        office_state(office.pk, tickets)
    assert len(at_one) == len(at_many) == 5


def test_tickets_count_the_people_ahead_in_call_order(office, arrive, set_time):
    first = arrive()
    set_time(TUESDAY + timedelta(minutes=1))
    second = arrive()
    tickets = office_state(office.pk, [second.pk, first.pk]).tickets
    assert tickets[first.pk].people_ahead == 0
    assert tickets[second.pk].people_ahead == 1
    assert tickets[second.pk] == ticket_state(second)


def test_a_ticket_message_says_nothing_but_number_counter_and_state(
    office, arrive, staffed_counter, clerk
):
    visit = arrive()
    visits.call_next(staffed_counter.pk, staff=clerk)
    state = office_state(office.pk, [visit.pk])
    assert json.loads(state.tickets[visit.pk].as_message(state.version, "en")) == {
        "type": "ticket",
        "version": state.version,
        "state": "called",
        "number": "A001",
        "counter": staffed_counter.label,
        "called_at": "2026-11-24T08:30:00+00:00",
        "people_ahead": 0,
        "wait": None,
    }


def test_who_waits_is_told_for_how_long_in_the_language_of_the_page(office, arrive):
    known, unknown = arrive(), arrive()
    factories.make_forecast(office, visits={known.pk: Wait(11, 14, 19), unknown.pk: None})
    state = office_state(office.pk, [known.pk, unknown.pk])
    assert state.tickets[known.pk] == ticket_state(known)

    def told(visit, language):
        return json.loads(state.tickets[visit.pk].as_message(state.version, language))["wait"]

    assert told(known, "en") == "about 10–20 minutes"
    assert told(known, "de") == "etwa 10–20 Minuten"
    assert told(unknown, "en") == "not known at the moment"


def test_an_ended_visit_still_knows_its_state(office, arrive):
    visit = arrive()
    visits.leave(visit.pk, actor=Actor())
    assert office_state(office.pk, [visit.pk]).tickets[visit.pk].state == "left"


def test_a_transferred_ticket_names_its_new_office(office, other_office, offering, arrive):
    offered = factories.OfferingFactory(office=other_office, service=offering.service)
    visit = arrive()
    visits.transfer(visit.pk, actor=Actor(), office=other_office)
    assert offered.office == other_office
    assert office_state(office.pk, [visit.pk]).tickets[visit.pk].office_id == other_office.pk
    assert ticket_office(visit.pk) == other_office.pk


def test_an_appointment_is_expected_until_it_checks_in(office, booked_appointment, check_in):
    appointment = booked_appointment
    assert ticket_office(appointment.pk) == office.pk
    tickets = office_state(office.pk, [appointment.pk]).tickets
    assert tickets[appointment.pk].state == EXPECTED
    visit = check_in(appointment)
    tickets = office_state(office.pk, [appointment.pk]).tickets
    assert tickets[appointment.pk] == ticket_state(visit)


def test_the_notice_is_in_the_main_language(office):
    office.notice_de, office.notice_en = "Heute bis 18 Uhr", "Open until six"
    office.save()
    with override("en"):
        assert display(office)["notice"] == "Heute bis 18 Uhr"
