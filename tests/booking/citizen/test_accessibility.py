"""The accessibility statement and the other ways to read the start page."""

from datetime import date

import pytest
from django.urls import reverse

from .conftest import english


@pytest.fixture
def statement(client, office):
    def read() -> str:
        address = english(reverse("accessibility", args=[office.authority.slug]))
        return client.get(address).content.decode()

    return read


def test_every_page_of_a_town_leads_to_it(client, office):
    address = reverse("accessibility", args=[office.authority.slug])
    for page in (reverse("start", args=[office.authority.slug]), f"/book/{office.pk}/", address):
        assert f'href="{address}"' in client.get(page).content.decode()


@pytest.mark.parametrize(
    ("conformance", "sentence"),
    [
        ("full", "These pages are fully compliant"),
        ("partial", "These pages are partially compliant"),
        ("none", "These pages are not compliant"),
    ],
)
def test_it_says_how_far_the_rules_are_kept(statement, office, conformance, sentence):
    office.authority.conformance = conformance
    office.authority.save()
    assert sentence in statement()


def test_it_says_what_the_town_has_filled_in(statement, office):
    town = office.authority
    town.inaccessible = "Alte PDF\n\nKarten"
    town.accessibility_reviewed = date(2026, 11, 2)
    town.accessibility_email = "barrierefrei@example.org"
    town.accessibility_url = "https://example.org/barriere"
    town.enforcement_body = "Fachstelle\n39104 Magdeburg"
    town.save()
    page = statement()
    assert "<li>Alte PDF</li><li>Karten</li>" in page
    assert "Monday, 2 November 2026" in page
    assert "mailto:barrierefrei@example.org" in page
    assert 'href="https://example.org/barriere"' in page
    assert "Fachstelle<br>39104 Magdeburg" in page


def test_what_is_not_filled_in_is_left_out(statement):
    page = statement()
    for words in ("What is not accessible yet", "If our answer does not help", "Last reviewed"):
        assert words not in page


def test_sign_and_easy_language_are_links_and_nothing_is_loaded_from_elsewhere(client, office):
    town = office.authority
    start = english(reverse("start", args=[town.slug]))
    assert "sign language" not in client.get(start).content.decode()
    town.sign_language_url = "https://example.org/dgs"
    town.easy_language_url = "https://example.org/leicht"
    town.save()
    page = client.get(start).content.decode()
    assert 'href="https://example.org/dgs"' in page
    assert 'href="https://example.org/leicht"' in page
    assert 'src="https://' not in page
