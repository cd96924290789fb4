"""The start pages: towns, offices with their hours, the search, the privacy notice."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from booking.citizen.search import find_services, fold
from booking.domain.forecast import Wait
from booking.models import Service
from tests import factories
from tests.conftest import BERLIN, TUESDAY

from .conftest import english


def start_page(client: Client, office, query: str = ""):
    address = english(reverse("start", args=[office.authority.slug]))
    return client.get(address, {"q": query} if query else {})


def test_the_only_town_is_the_start_page(client, office):
    assert client.get("/").url == f"/{office.authority.slug}/"


def test_several_towns_are_offered(client, office):
    factories.AuthorityFactory(name="Beispielstadt")
    page = client.get("/").content.decode()
    assert "Musterstadt" in page
    assert "Beispielstadt" in page


def test_an_empty_installation_says_so(client, db):
    assert b"Nothing has been set up here yet." in client.get("/en/").content


def test_an_unknown_town_is_not_found(client, db):
    assert client.get("/nowhere/").status_code == 404


@pytest.mark.parametrize(
    ("moment", "sentence"),
    [
        ((24, 9, 30), "Open now, until 12:00"),
        ((24, 7, 30), "Opens today at 08:00"),
        ((23, 9, 30), "Opens tomorrow at 08:00"),
        ((24, 13, 0), "Opens on Tuesday, 1 December at 08:00"),
    ],
)
def test_an_office_says_when_it_is_open(client, office, set_time, moment, sentence):
    day, hour, minute = moment
    set_time(datetime(2026, 11, day, hour, minute, tzinfo=BERLIN))
    assert sentence in start_page(client, office).content.decode()


def test_an_open_office_says_how_long_one_waits_without_an_appointment(
    client, office, offering, set_time
):
    sentence = "Without an appointment you now wait about 10–20 minutes"
    assert "Without an appointment" not in start_page(client, office).content.decode()
    factories.make_forecast(office, tickets={offering.pk: Wait(11, 14, 19)})
    assert sentence in start_page(client, office).content.decode()
    set_time(TUESDAY + timedelta(minutes=4))
    assert sentence not in start_page(client, office).content.decode()


def test_a_closed_office_says_nothing_of_waits(client, office, offering, set_time):
    set_time(TUESDAY.replace(hour=12, minute=1))
    factories.make_forecast(office, tickets={offering.pk: Wait(11, 14, 19)})
    assert "you now wait" not in start_page(client, office).content.decode()


@pytest.mark.parametrize("wait", [None, Wait(2, 60, 140)])
def test_an_unknown_wait_is_not_made_up(client, office, offering, wait):
    other = factories.OfferingFactory(office=office)
    factories.make_forecast(office, tickets={offering.pk: Wait(11, 14, 19), other.pk: wait})
    assert "you now wait" not in start_page(client, office).content.decode()


def test_an_office_without_hours_is_closed(client, office):
    office.opening_hours.all().delete()
    assert b"Closed at the moment" in start_page(client, office).content


@pytest.mark.parametrize("query", ["müll", "MUELL", "mull", "Abfall entsorgen", "tonne"])
def test_search_finds_whatever_the_spelling(client, offering, query):
    service = offering.service
    service.name_de = "Müllgebühren: Abfall entsorgen"
    service.keywords_de = "Tonne"
    service.save()
    factories.OfferingFactory(office=offering.office)
    page = client.get(f"/{offering.office.authority.slug}/", {"q": query})
    assert page.context["found"] == [service]


def test_search_forgives_a_typing_mistake(db):
    service = Service(name="Reisepass", summary="", keywords="")
    assert find_services([service], "Reisepas") == [service]
    assert find_services([service], "Raisepass") == [service]
    assert find_services([service], "Fahrrad") == []


def test_search_is_in_the_language_of_the_page(client, offering):
    service = offering.service
    service.name_en = "Identity card"
    service.save()
    assert start_page(client, offering.office, "identity").context["found"] == [service]
    german = client.get(f"/{offering.office.authority.slug}/", {"q": "identity"})
    assert german.context["found"] == []


def test_a_search_without_result_offers_every_service(client, offering):
    page = start_page(client, offering.office, "spaceship").content.decode()
    assert "Nothing found for “spaceship”" in page
    assert offering.service.name in page


def test_a_query_is_shown_as_text(client, offering):
    page = start_page(client, offering.office, "<b>x").content
    assert b"&lt;b&gt;x" in page


def test_umlauts_and_accents_fold_alike():
    assert fold("Müßiggang für Façade") == fold("MUESSIGGANG FUER FACADE")


def test_no_cookie_before_it_is_needed(client, offering):
    start_page(client, offering.office)
    client.get(reverse("choose", args=[offering.office.pk]))
    client.get(reverse("privacy", args=[offering.office.authority.slug]))
    assert dict(client.cookies) == {}


def test_the_languages_are_links_to_the_same_page(client, office):
    slug = office.authority.slug
    assert f'href="/en/{slug}/?q=pass"' in client.get(f"/{slug}/?q=pass").content.decode()
    assert f'href="/{slug}/?q=pass"' in client.get(f"/en/{slug}/?q=pass").content.decode()


def test_the_start_page_asks_as_often_for_many_services_as_for_one(
    client, offering, django_assert_num_queries
):
    with django_assert_num_queries(9):
        start_page(client, offering.office)
    factories.OfferingFactory.create_batch(30, office=offering.office)
    with django_assert_num_queries(9):
        start_page(client, offering.office)


def test_the_privacy_notice_names_the_days_and_the_contact(client, office):
    office.authority.retention_days = 7
    office.authority.privacy_contact = "datenschutz@example.org"
    office.authority.save()
    page = client.get(f"/en/{office.authority.slug}/privacy/").content.decode()
    assert "are deleted 7 days after" in page
    assert "mailto:datenschutz@example.org" in page
