import pytest

from tests.factories import OfferingFactory


def test_towns_are_listed_with_their_languages(api, office):
    response = api.get("/authorities")

    assert response.status_code == 200
    assert response.json() == [
        {
            "slug": office.authority.slug,
            "name": "Musterstadt",
            "languages": ["de", "en", "uk", "ar", "tr", "ru", "de-simple"],
        }
    ]


def test_an_office_says_what_it_offers(api, office, offering):
    offering.service.leika = "99115005104000"
    offering.service.save()

    response = api.get(f"/authorities/{office.authority.slug}/offices")

    assert response.status_code == 200
    assert response.json() == [
        {
            "id": str(office.pk),
            "name": "Bürgerbüro",
            "address": "Markt 1, 06712 Musterstadt",
            "time_zone": "Europe/Berlin",
            "step_free": False,
            "spoken_languages": [],
            "offerings": [
                {
                    "id": str(offering.pk),
                    "service": offering.service.slug,
                    "name": offering.service.name,
                    "minutes": 10,
                    "max_quantity": 4,
                    "online": True,
                    "walk_in": True,
                    "documents": ["Alter Ausweis", "Biometrisches Passbild"],
                    "checklist_required": False,
                    "costs": "",
                    "online_url": "",
                    "representation": "",
                    "children": "",
                    "leika": "99115005104000",
                }
            ],
        }
    ]


def test_an_unknown_town_is_not_found(api, office):
    response = api.get("/authorities/nowhere/offices")

    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_names_come_in_the_language_asked_for(api, office, offering):
    offering.service.name_en = "Identity card"
    offering.service.save()
    path = f"/authorities/{office.authority.slug}/offices"

    english = api.get(path, language="en-GB,en;q=0.9")
    german = api.get(path)

    assert english.json()[0]["offerings"][0]["name"] == "Identity card"
    assert english["Content-Language"] == "en"
    assert "Accept-Language" in english["Vary"]
    assert german.json()[0]["offerings"][0]["name"] == offering.service.name_de
    assert german["Content-Language"] == "de"


@pytest.mark.parametrize("offerings", [1, 10])
def test_the_number_of_queries_does_not_depend_on_the_offerings(
    api, office, offerings, django_assert_num_queries
):
    for _ in range(offerings):
        OfferingFactory(office=office)

    with django_assert_num_queries(3):
        api.get(f"/authorities/{office.authority.slug}/offices")
