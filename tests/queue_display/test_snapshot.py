"""What displays and tickets are told, as read from the database."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from booking.domain import visits
from booking.domain.actor import Actor
from booking.domain.counters import open_counter
from booking.models import Queue, User
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
        "notice": "",
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
            "counter": staffed_counter.label,
            "called_at": "2026-11-24T08:30:00+00:00",
            "recalled": False,
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


def test_at_most_ten_calls_are_shown(office, arrive):
    for _ in range(12):
        counter = factories.CounterFactory(office=office)
        # Without a password: to hash twelve takes seconds.
        member = User.objects.create(username=f"clerk at {counter}")
        open_counter(counter.pk, staff=member)
        arrive()
        visits.call_next(counter.pk, staff=member)
    assert len(display(office)["calls"]) == 10


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
    assert len(at_one) == len(at_many) == 4


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
    assert json.loads(state.tickets[visit.pk].as_message(state.version)) == {
        "type": "ticket",
        "version": state.version,
        "state": "called",
        "number": "A001",
        "counter": staffed_counter.label,
        "called_at": "2026-11-24T08:30:00+00:00",
        "people_ahead": 0,
    }


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
