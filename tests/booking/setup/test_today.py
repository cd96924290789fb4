"""The lists of appointments and visits: today's first, at a cost that no past makes higher."""

from datetime import timedelta

import pytest
from django.urls import reverse

from booking.domain.slot_grid import local_day_bounds
from booking.models import Appointment, AppointmentItem, Visit
from tests import factories
from tests.conftest import TUESDAY

APPOINTMENTS = reverse("admin:booking_appointment_changelist")
VISITS = reverse("admin:booking_visit_changelist")
TODAY_BEGINS, TODAY_ENDS = local_day_bounds(TUESDAY.date(), TUESDAY.tzinfo)
SECOND = timedelta(seconds=1)


def appointment_at(office, start):
    return Appointment.objects.create(
        office=office,
        state=Appointment.State.BOOKED,
        name="Familie Muster",
        start=start,
        end=start + timedelta(minutes=10),
        created_at=TUESDAY,
    )


def visit_on(office, day, serial=1):
    return Visit.objects.create(
        office=office, day=day, letter="A", serial=serial, arrived_at=TUESDAY, due_at=TUESDAY
    )


def listed(client, address, query=""):
    return list(client.get(address + query).context["cl"].result_list)


@pytest.fixture
def days(town):
    """The last of yesterday, the first and the last of today, the first of tomorrow."""
    starts = (TODAY_BEGINS - SECOND, TODAY_BEGINS, TODAY_ENDS - SECOND, TODAY_ENDS)
    return [appointment_at(town.office, start) for start in starts]


def test_the_list_of_appointments_begins_with_today(as_lead, days):
    assert listed(as_lead, APPOINTMENTS) == days[1:3]


def test_it_leads_on_to_the_days_ahead_and_to_all(as_lead, days):
    assert listed(as_lead, APPOINTMENTS, "?when=later") == days[3:]
    assert listed(as_lead, APPOINTMENTS, "?when=all") == days


def test_the_address_of_a_day_shows_that_day(as_lead, days):
    yesterday = "?start__year=2026&start__month=11&start__day=23"
    assert listed(as_lead, APPOINTMENTS, yesterday) == days[:1]


def test_a_search_finds_the_appointments_of_a_service_once(as_lead, town, days):
    service = {"service__authority": town.office.authority, "service__name_de": "Reisepass holen"}
    for _ in range(2):
        offering = factories.OfferingFactory(office=town.office, **service)
        AppointmentItem.objects.create(appointment=days[1], offering=offering)
    assert listed(as_lead, APPOINTMENTS, "?q=reise+PASS") == days[1:2]
    assert listed(as_lead, APPOINTMENTS, "?q=Führerschein") == []


def test_the_list_of_visits_begins_with_today(as_lead, town):
    past = visit_on(town.office, TUESDAY.date() - timedelta(days=1))
    today = visit_on(town.office, TUESDAY.date())
    assert listed(as_lead, VISITS) == [today]
    assert {*listed(as_lead, VISITS, "?when=all")} == {past, today}


def test_the_filter_by_office_names_no_office_of_another_town(as_lead, town, other):
    page = as_lead.get(APPOINTMENTS).content.decode()
    second = factories.OfficeFactory(authority=town.office.authority, name="Zweigstelle")
    both = as_lead.get(APPOINTMENTS).content.decode()
    assert str(other.office.pk) not in page + both
    assert str(second.pk) in both


@pytest.mark.parametrize("rows", [1, 6])
def test_an_offices_page_needs_the_same_number_of_queries_for_many_rows(
    as_lead, town, rows, django_assert_num_queries
):
    for _ in range(rows):
        factories.OfferingFactory(office=town.office, service__authority=town.office.authority)
        factories.CounterFactory(office=town.office)
    address = reverse("admin:booking_office_change", args=[town.office.pk])
    as_lead.get(address)
    with django_assert_num_queries(75):
        as_lead.get(address)
