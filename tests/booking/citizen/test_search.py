"""What citizens type, and what they should find first in a town with twenty services."""

import pytest

from booking.citizen.search import find_services
from booking.demo import citizen_office, daycare
from booking.models import Service

EXPECTED = {
    "personalausweis": (
        "Perso", "perso beantragen", "Ausweis", "Personalausweiss", "personalausweis verlängern",
        "personal ausweis", "Persoalausweis", "ich brauche einen neuen Personalausweis", "nPA",
        "Ausweis abgelaufen", "Ausweisverlängerung",
    ),
    "reisepass": (
        "Reisepass", "Reispass", "reispas", "Pass", "Kinderpass", "Kinderreisepass", "Expresspass",
        "Reisepassverlängerung", "pass für urlaub", "reisepaß", "neuer Reisepass",
    ),
    "vorlaeufiger-personalausweis": (
        "vorläufiger Personalausweis", "vorlaeufiger Perso", "Notfall Ausweis",
    ),
    "ausweis-abholen": ("Ausweis abholen", "Abholung", "Perso abholen", "Passabholung"),
    "online-ausweis": (
        "Online-Ausweis", "eID", "PIN vergessen", "AusweisApp", "Onlineausweis", "pin",
    ),
    "wohnsitz-anmelden": (
        "Wohnsitz anmelden", "Anmeldung Wohnsitz", "Zuzug", "Einwohnermeldeamt", "wohnsitz anmeldn",
        "Wohnsitzanmeldung", "anmeldung",
    ),
    "wohnsitz-ummelden": (
        "ummelden", "Ummeldung", "neue Adresse", "umelden", "Wohnsitzummeldung",
        "umgezogen ummelden",
    ),
    "wohnsitz-abmelden": ("abmelden", "Abmeldung", "Wegzug", "Wegzug Ausland", "Nebenwohnung"),
    "meldebescheinigung": (
        "Meldebescheinigung", "Meldebestätigung", "Meldebescheiniung", "Lebensbescheinigung",
        "Aufenthaltsbescheinigung",
    ),
    "fuehrungszeugnis": (
        "Führungszeugnis", "Fuehrungszeugnis", "führungszeugniss", "polizeiliches Führungszeugnis",
        "Strafregister", "Führungszeugniss Ehrenamt", "fürungszeugnis",
    ),
    "beglaubigung": (
        "Beglaubigung", "beglaubigte Kopie", "Zeugnis beglaubigen", "Beglaubigen lassen",
        "Zeugnisbeglaubigung",
    ),
    "fuehrerschein-umtausch": (
        "Führerschein", "Führerschein umtauschen", "Führerscheinumtausch", "Pflichtumtausch",
        "fuererschein", "Fahrerlaubnis", "EU-Führerschein",
    ),
    "fahrzeugschein-adresse": ("Fahrzeugschein", "Kfz", "KFZ Adresse", "Kfz-Zulassung"),
    "bewohnerparkausweis": (
        "Parkausweis", "Anwohnerparken", "Bewohnerparken", "parken", "Anwohnerparkausweis",
    ),
    "hund-anmelden": ("Hund", "Hundesteuer", "Hund anmelden", "Hundemarke", "hundeanmeldung"),
    "gewerbe-anmelden": (
        "Gewerbe", "Gewerbeanmeldung", "Gewerbeschein", "selbständig", "Firma gründen",
        "gewerbe anmeldung",
    ),
    "fundsache": ("Fundbüro", "Schlüssel verloren", "Fahrrad gefunden", "fundburo"),
    "kita-anmeldung": (
        "Kita", "Kitaplatz", "Kita-Anmeldung", "Kindergarten", "Krippe", "Tagesmutter",
        "Kindergartenplatz", "kindergaten",
    ),
    "kita-vertrag": ("Betreuungsvertrag", "Kita Vertrag"),
    "kita-zahlungsverzug": ("Zahlungsverzug", "Mahnung"),
}  # fmt: skip
IN_ENGLISH = {
    "personalausweis": ("ID card", "identity card", "indentity card"),
    "reisepass": ("passport", "pasport", "travel passport"),
    "wohnsitz-anmelden": ("Anmeldung", "register residence"),
    "kita-anmeldung": ("daycare", "kindergarden"),
    "fuehrerschein-umtausch": ("driving licence", "driver license"),
}


def services(language: str) -> list[Service]:
    return [
        Service(
            slug=text.slug,
            **{
                field: getattr(text, f"{field}_{language}")
                for field in ("name", "summary", "keywords")
            },
        )
        for text in (*citizen_office.SERVICES, *daycare.SERVICES)
    ]


def found(language: str, query: str) -> list[str]:
    return [service.slug for service in find_services(services(language), query)]


def ranks(language: str, expected: dict[str, tuple[str, ...]]) -> dict[str, int | None]:
    """At which place each search word finds what it should, from 1."""
    answers = {
        query: (found(language, query), slug)
        for slug, queries in expected.items()
        for query in queries
    }
    return {
        query: slugs.index(slug) + 1 if slug in slugs else None
        for query, (slugs, slug) in answers.items()
    }


@pytest.mark.parametrize(("language", "expected"), [("de", EXPECTED), ("en", IN_ENGLISH)])
def test_nearly_every_search_word_finds_first_what_is_meant(language, expected):
    places = ranks(language, expected)
    first = [query for query, place in places.items() if place == 1]
    assert len(first) / len(places) >= 0.97, {q: p for q, p in places.items() if p != 1}
    assert [query for query, place in places.items() if place is None or place > 3] == []


@pytest.mark.parametrize("query", ["Raumschiff", "xyzzy", "Baugenehmigung", "?", "  "])
def test_what_the_town_does_not_do_finds_nothing(query):
    assert found("de", query) == []


@pytest.mark.parametrize("query", ["Umzug", "Perso"])
def test_a_word_of_several_services_finds_them_all(query):
    keyworded = [s.slug for s in services("de") if query in s.keywords]
    assert len(keyworded) > 2
    assert set(found("de", query)) >= set(keyworded)
