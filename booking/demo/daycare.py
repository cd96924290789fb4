"""The services of the demo town's daycare department."""

from .texts import ServiceText

SERVICES = (
    ServiceText(
        slug="kita-anmeldung",
        letter="K",
        minutes=30,
        max_quantity=3,
        name_de="Anmeldung der Kindertagesbetreuung",
        name_en="Registration for childcare",
        summary_de="Einen Platz in Krippe, Kindergarten oder Hort anmelden, je Kind.",
        summary_en="Register for a place in nursery, kindergarten or after-school care, per child.",
        documents_de=(
            "Personalausweis oder Reisepass der Eltern",
            "Geburtsurkunde des Kindes",
            "Nachweis über das Sorgerecht, falls nur ein Elternteil es hat",
            "Impfausweis des Kindes (Masernschutz)",
        ),
        documents_en=(
            "Identity card or passport of the parents",
            "Birth certificate of the child",
            "Proof of custody if only one parent has it",
            "Vaccination record of the child (measles)",
        ),
        keywords_de="Kita, Krippe, Kindergarten, Hort, Tagesmutter, Betreuungsplatz",
        keywords_en="daycare, nursery, kindergarten, crèche, childminder",
    ),
    ServiceText(
        slug="kita-vertrag",
        letter="K",
        minutes=45,
        max_quantity=2,
        name_de="Vertragsabschluss",
        name_en="Signing the childcare contract",
        summary_de="Den Betreuungsvertrag für Ihr Kind abschließen oder ändern.",
        summary_en="Sign or change the childcare contract for your child.",
        documents_de=(
            "Zusage für den Betreuungsplatz",
            "Personalausweis oder Reisepass beider Sorgeberechtigten",
            "Bankverbindung (IBAN) für den Elternbeitrag",
            "Ärztliche Bescheinigung für das Kind",
        ),
        documents_en=(
            "Confirmation of the childcare place",
            "Identity card or passport of both guardians",
            "Bank details (IBAN) for the parents’ fee",
            "Medical certificate for the child",
        ),
        keywords_de="Kita, Betreuungsvertrag, unterschreiben, Elternbeitrag, Kündigung",
        keywords_en="daycare, contract, sign, parents' fee",
    ),
    ServiceText(
        slug="kita-zahlungsverzug",
        letter="K",
        minutes=30,
        name_de="Klärung von Zahlungsverzug",
        name_en="Clearing payment arrears",
        summary_de="Offene Elternbeiträge klären, eine Ratenzahlung oder Ermäßigung vereinbaren.",
        summary_en="Clear unpaid parents’ fees, agree on instalments or a reduction.",
        documents_de=(
            "Mahnung oder Zahlungserinnerung",
            "Betreuungsvertrag",
            "Einkommensnachweise der letzten drei Monate",
        ),
        documents_en=(
            "Reminder or demand for payment",
            "Childcare contract",
            "Proof of income for the last three months",
        ),
        keywords_de="Kita, Mahnung, Schulden, Raten, Elternbeitrag, Ermäßigung",
        keywords_en="daycare, reminder, debt, instalments, fee",
    ),
)
