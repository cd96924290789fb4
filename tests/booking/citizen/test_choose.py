"""The first step: services and quantities."""

import uuid

import pytest
from django.urls import reverse

from tests import factories

from .conftest import english


@pytest.fixture
def choose(client, office):
    """Ask for the page of services with these parameters, in English."""

    def ask(**query):
        return client.get(english(reverse("choose", args=[office.pk])), query)

    return ask


def test_shows_minutes_and_what_to_bring(choose, offering):
    page = choose().content.decode()
    assert offering.service.name in page
    assert "about 10 minutes" in page
    assert "Biometrisches Passbild" in page


def test_several_services_with_quantities_go_on_to_the_times(choose, office, offering):
    other = factories.OfferingFactory(office=office)
    response = choose(
        offering=[offering.pk, other.pk], **{f"quantity-{offering.pk}": "3", "next": "1"}
    )
    assert response.status_code == 302
    assert response.url == (
        english(reverse("times", args=[office.pk]))
        + f"?offering={offering.pk}%3A3&offering={other.pk}%3A1"
    )


def test_going_on_without_a_service_is_answered_in_place(choose, offering):
    response = choose(next="1")
    assert response.status_code == 422
    assert b"Please choose a service." in response.content


@pytest.mark.parametrize("quantity", ["0", "5", "-1", "two", "9" * 40])
def test_a_wrong_quantity_is_answered_in_place_and_keeps_the_choice(choose, offering, quantity):
    response = choose(offering=offering.pk, next="1", **{f"quantity-{offering.pk}": quantity})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Please choose between 1 and 4 persons." in page
    assert " checked>" in page


@pytest.mark.parametrize("offering_id", ["nonsense", str(uuid.UUID(int=1)), "", "%00"])
def test_an_unknown_service_is_answered_in_place(choose, offering, offering_id):
    response = choose(offering=offering_id, next="1")
    assert response.status_code == 422
    assert b"This office does not offer the chosen service." in response.content


def test_what_is_not_online_is_listed_but_cannot_be_chosen(choose, office, offering):
    walk_in = factories.OfferingFactory(office=office, online=False)
    page = choose().content.decode()
    assert "Without appointment only" in page
    assert f'value="{walk_in.pk}"' not in page
    assert walk_in.service.name in page
    assert choose(offering=walk_in.pk, next="1").status_code == 422


def test_coming_back_finds_the_choice_as_it_was(choose, offering):
    page = choose(offering=f"{offering.pk}:2").content.decode()
    assert " checked>" in page
    assert "<option selected>2</option>" in page


def test_an_unknown_office_is_not_found(client, db):
    assert client.get(reverse("choose", args=[uuid.uuid4()])).status_code == 404


def test_the_page_asks_as_often_for_many_services_as_for_one(
    choose, office, offering, django_assert_num_queries
):
    with django_assert_num_queries(2):
        choose()
    factories.OfferingFactory.create_batch(20, office=office)
    with django_assert_num_queries(2):
        choose()
