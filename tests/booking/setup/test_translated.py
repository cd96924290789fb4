"""Texts in seven languages, on a form that stays as short as with two."""

import re

from booking import clock
from booking.models import Notice
from tests.booking.setup.test_pages import change, office_form

FOLDED = re.compile(r"<details[^>]*>\s*<summary>(.*?)</summary>(.*?)</details>", re.DOTALL)


def folded_parts(page: str) -> dict[str, str]:
    return {
        re.sub(r"<[^>]+>|\s+", " ", title).strip(): part for title, part in FOLDED.findall(page)
    }


def test_german_and_english_stand_open_and_each_other_language_is_folded(as_lead, town):
    page = as_lead.get(change(town.office)).content.decode()
    parts = folded_parts(page)
    assert list(parts) == ["Ukrainisch", "Arabisch", "Türkisch", "Russisch", "Leichte Sprache"]
    assert all(f'name="{field}_uk"' in parts["Ukrainisch"] for field in ("name", "directions"))
    assert 'name="name_de_simple"' in parts["Leichte Sprache"]
    opened = FOLDED.sub("", page)
    assert 'name="name_en"' in opened
    assert 'name="name_uk"' not in opened


def test_what_is_typed_there_is_read_by_citizens(as_lead, town, client):
    form = office_form(as_lead, town.office, name_ru="Бюро граждан")
    assert as_lead.post(change(town.office), form).status_code == 302
    page = client.get(f"/ru/{town.office.authority.slug}/").content.decode()
    assert "Бюро граждан" in page
    assert "Бюро граждан" not in client.get(f"/tr/{town.office.authority.slug}/").content.decode()


def test_what_only_displays_show_is_not_asked_for_in_their_languages(as_lead, town):
    notice = Notice.objects.create(office=town.office, heading="Fest", changed_at=clock.now())
    page = as_lead.get(change(notice)).content.decode()
    assert 'name="heading_en"' in page
    assert 'name="heading_uk"' not in page


def test_a_town_chooses_what_it_offers(as_lead, town):
    page = as_lead.get(change(town.office.authority)).content.decode()
    assert re.findall(r'name="languages" value="([^"]+)"', page) == [
        "de", "en", "uk", "ar", "tr", "ru", "de-simple",
    ]  # fmt: skip
