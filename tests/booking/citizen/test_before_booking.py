"""What one should know before booking, and the list that may have to be ticked."""

import pytest
from django.urls import reverse

from booking.domain.checklist import documents_to_tick
from booking.domain.items import Item
from booking.models import Appointment
from tests import factories

from .conftest import english

ALL = ["Alter Ausweis", "Biometrisches Passbild"]


@pytest.fixture
def asking(offering):
    """The office wants the list ticked."""
    offering.checklist_required = True
    offering.save()
    return offering


def test_costs_and_ways_without_a_visit_stand_with_the_service(client, office, offering):
    service = offering.service
    service.costs = "46,00 Euro"
    service.online_url = "https://example.org/antrag"
    service.representation = "Niemand"
    service.children = "Bitte bringen Sie das Kind mit."
    service.save()
    for name, args in (("choose", [office.pk]), ("services", [office.authority.slug])):
        page = client.get(english(reverse(name, args=args))).content.decode()
        assert 'href="https://example.org/antrag"' in page
        for text in ("46,00 Euro", "Niemand", "Bitte bringen Sie das Kind mit."):
            assert text in page


def test_what_is_unknown_is_not_mentioned(client, office, offering):
    page = client.get(english(reverse("choose", args=[office.pk]))).content.decode()
    for heading in ("Costs", "Who may come instead", "For children", "without a visit"):
        assert heading not in page


def test_the_booking_repeats_costs_and_documents(citizen, booked, offering):
    offering.service.costs = "46,00 Euro"
    offering.service.save()
    page = citizen.page(booked).content.decode()
    assert "46,00 Euro" in page
    assert "Alter Ausweis" in page


def test_without_ticks_nothing_is_booked_and_all_stays_typed(citizen, asking, ten):
    held = citizen.held(ten)
    assert citizen.page(held).content.decode().count('name="documents"') == 2
    answer = citizen.send(held, documents=ALL[:1])
    held.refresh_from_db()
    assert (answer.status_code, held.state) == (422, Appointment.State.HELD)
    page = answer.content.decode()
    assert "Kim Muster" in page
    assert page.count(" checked>") == 1
    assert 'href="#id_documents"' in page


def test_with_every_tick_it_is_booked(citizen, asking, ten):
    held = citizen.held(ten)
    citizen.send(held, documents=ALL)
    held.refresh_from_db()
    assert held.state == Appointment.State.BOOKED


def test_a_tick_for_something_else_does_not_count(citizen, asking, ten):
    held = citizen.held(ten)
    assert citizen.send(held, documents=[ALL[0], "Katze"]).status_code == 422


def test_where_no_office_asks_there_is_nothing_to_tick(citizen, ten):
    held = citizen.held(ten)
    assert b'name="documents"' not in citizen.page(held).content


def test_a_document_of_two_services_is_ticked_once(office, asking):
    other = factories.OfferingFactory(office=office, checklist_required=True)
    other.service.documents = "Alter Ausweis\nZeugnis"
    items = [Item(asking, 1), Item(other, 2)]
    assert documents_to_tick(items) == [*ALL, "Zeugnis"]


def test_where_the_list_is_empty_there_is_nothing_to_tick(citizen, asking, ten):
    asking.service.documents = asking.service.documents_de = ""
    asking.service.save()
    held = citizen.held(ten)
    citizen.send(held)
    held.refresh_from_db()
    assert held.state == Appointment.State.BOOKED
