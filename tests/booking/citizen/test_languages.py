"""The citizen's pages in seven languages: each reachable, each read in its own direction."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from booking.models import Service

FURTHER = [code for code, _name in settings.LANGUAGES if code not in settings.STAFF_LANGUAGES]


def page_in(language: str, client: Client, name: str, *args: object) -> str:
    with translation.override(language):
        return client.get(reverse(name, args=args)).content.decode()


@pytest.mark.parametrize("language", FURTHER)
def test_each_language_has_its_address_and_direction(client, office, language):
    page = page_in(language, client, "start", office.authority.slug)
    direction = "rtl" if language == "ar" else "ltr"
    assert f'<html lang="{language}" dir="{direction}"' in page
    with translation.override(language):
        assert translation.gettext("Our offices") in page


def test_every_other_language_is_offered_by_its_own_name(client, office):
    page = page_in("uk", client, "start", office.authority.slug)
    offered = re.findall(r'<a class="languages__choice" href="([^"]+)" lang="([^"]+)"', page)
    slug = office.authority.slug
    assert offered == [
        (f"/{slug}/", "de"),
        (f"/en/{slug}/", "en"),
        (f"/ar/{slug}/", "ar"),
        (f"/tr/{slug}/", "tr"),
        (f"/ru/{slug}/", "ru"),
        (f"/de-simple/{slug}/", "de-simple"),
    ]
    assert all(name in page for name in ("Deutsch", "Türkçe", "Русский", "Leichte Sprache"))


def test_a_town_offers_the_languages_it_has_chosen(client, office):
    office.authority.languages = ["de", "ar"]
    office.authority.save()
    page = page_in("de", client, "start", office.authority.slug)
    assert re.findall(r'hreflang="([^"]+)"', page) == ["ar"]
    # German always is: whoever has another address finds home.
    page = page_in("ru", client, "start", office.authority.slug)
    assert re.findall(r'hreflang="([^"]+)"', page) == ["de", "ar"]


def test_staff_pages_are_in_two_languages(client):
    page = client.get("/en/staff/login/").content.decode()
    assert re.findall(r'hreflang="([^"]+)"', page) == ["de"]
    assert client.get("/uk/staff/login/").status_code == 404
    with translation.override("uk"):
        assert reverse("login") == "/staff/login/"


def test_german_stands_in_where_a_town_has_not_translated(client, office, offering):
    service = offering.service
    service.name_ar = "طلب بطاقة هوية"
    service.save()
    page = page_in("ar", client, "choose", office.pk)
    assert service.name_ar in page
    assert "Alter Ausweis" in page
    assert service.name_de in page_in("tr", client, "choose", office.pk)


def test_german_that_stands_in_is_marked_for_screen_readers(client, office, offering):
    service = offering.service
    service.name_ar = "طلب بطاقة هوية"
    service.save()
    page = page_in("ar", client, "choose", office.pk)
    assert f"<span>{service.name_ar}</span>" in page
    assert '<ul lang="de"><li>Alter Ausweis' in page
    page = page_in("tr", client, "choose", office.pk)
    assert f'<span lang="de">{service.name_de}</span>' in page
    assert 'lang="de"><li>' not in page_in("de", client, "choose", office.pk)


def test_services_are_in_the_order_of_their_shown_names(client, office, offering):
    other = Service.objects.create(
        authority=office.authority, slug="other", name_de="Zulassung", name_tr="Araç kaydı"
    )
    other.offerings.create(office=office, minutes=10, letter="B")
    address = (office.authority.slug,)
    for language, first in (("de", offering.service.name_de), ("tr", "Araç kaydı")):
        page = page_in(language, client, "start", *address)
        names = re.findall(r'choice__title"[^>]*>([^<]+)', page.partition('id="services"')[2])
        assert names[0] == first
        assert len(names) == 2
