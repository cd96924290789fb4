"""What one should know before booking in the demo town: costs, ways without a visit, situations."""

FEE_ID_DE = "46,00 Euro, unter 24 Jahren 27,60 Euro"
FEE_ID_EN = "46.00 euros, under 24 years 27.60 euros"
CHILDREN_DE = "Das Kind kommt mit. Ein Elternteil genügt, wenn der andere schriftlich zustimmt."
CHILDREN_EN = "Bring the child. One parent is enough if the other agrees in writing."
IN_PERSON_DE = "Niemand: Fingerabdrücke und Unterschrift müssen von Ihnen selbst sein."
IN_PERSON_EN = "Nobody: fingerprints and signature must be your own."
PROXY_DE = "Jede erwachsene Person mit Ihrer Vollmacht und Ihrem Ausweis"
PROXY_EN = "Any adult with your written authority and your identity card"

FACTS: dict[str, dict[str, str]] = {
    "personalausweis": {
        "costs_de": FEE_ID_DE,
        "costs_en": FEE_ID_EN,
        "representation_de": IN_PERSON_DE,
        "representation_en": IN_PERSON_EN,
        "children_de": CHILDREN_DE,
        "children_en": CHILDREN_EN,
    },
    "reisepass": {
        "costs_de": "70,00 Euro, unter 24 Jahren 37,50 Euro; Express 32,00 Euro mehr",
        "costs_en": "70.00 euros, under 24 years 37.50 euros; express 32.00 euros more",
        "representation_de": IN_PERSON_DE,
        "representation_en": IN_PERSON_EN,
        "children_de": CHILDREN_DE,
        "children_en": CHILDREN_EN,
    },
    "ausweis-abholen": {
        "costs_de": "Kostenlos",
        "costs_en": "Free of charge",
        "representation_de": PROXY_DE,
        "representation_en": PROXY_EN,
    },
    "wohnsitz-anmelden": {
        "costs_de": "Kostenlos",
        "costs_en": "Free of charge",
        "online_url": "https://wohnsitzanmeldung.gov.de/",
        "representation_de": PROXY_DE,
        "representation_en": PROXY_EN,
        "children_de": "Bei Kindern meldet ein Elternteil mit an; Geburtsurkunde mitbringen.",
        "children_en": "A parent registers children as well; bring the birth certificate.",
    },
    "fuehrungszeugnis": {
        "costs_de": "13,00 Euro; für ein Ehrenamt kostenlos",
        "costs_en": "13.00 euros; free of charge for volunteering",
        "online_url": "https://www.fuehrungszeugnis.bund.de/",
        "representation_de": IN_PERSON_DE,
        "representation_en": "Nobody: please come yourself.",
    },
    "meldebescheinigung": {"costs_de": "9,00 Euro", "costs_en": "9.00 euros"},
}
# Services for which the list of what to bring has to be ticked.
CHECKED = frozenset({"kita-anmeldung"})

# Short name, name, and the services that belong to the situation.
SITUATIONS = (
    (
        "umzug",
        "Umzug",
        "Moving",
        (
            "wohnsitz-anmelden",
            "wohnsitz-ummelden",
            "wohnsitz-abmelden",
            "fahrzeugschein-adresse",
            "bewohnerparkausweis",
            "hund-anmelden",
        ),
    ),
    ("geburt", "Geburt", "Birth", ("reisepass", "kita-anmeldung", "meldebescheinigung")),
    ("kita", "Kita", "Daycare", ("kita-anmeldung", "kita-vertrag", "kita-zahlungsverzug")),
    (
        "ausweis-weg",
        "Ausweis verloren oder abgelaufen",
        "ID card lost or expired",
        ("personalausweis", "vorlaeufiger-personalausweis", "reisepass", "fundsache"),
    ),
    (
        "auto",
        "Auto",
        "Car",
        ("fahrzeugschein-adresse", "fuehrerschein-umtausch", "bewohnerparkausweis"),
    ),
    ("arbeit", "Arbeit", "Work", ("fuehrungszeugnis", "gewerbe-anmelden", "beglaubigung")),
)

ACCESS: dict[str, object] = {
    "sign_language_url": "https://example.org/gebaerdensprache",
    "easy_language_url": "https://example.org/leichte-sprache",
    "conformance": "partial",
    "inaccessible_de": "PDF-Bestätigungen sind nicht für Screenreader ausgezeichnet; alles, was"
    " darin steht, steht auch auf der Seite des Termins.",
    "inaccessible_en": "PDF confirmations are not tagged for screen readers; all they say is also"
    " on the page of the appointment.",
    "accessibility_reviewed": "2026-11-02",
    "accessibility_email": "barrierefrei@example.org",
    "enforcement_body_de": "Landesfachstelle für Barrierefreiheit\nMusterplatz 1, 39104 Magdeburg",
    "enforcement_body_en": "Accessibility office of the federal state\n"
    "Musterplatz 1, 39104 Magdeburg",
}
