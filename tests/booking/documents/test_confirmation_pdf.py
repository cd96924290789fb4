"""The confirmation to print."""

from io import BytesIO

import pytest
from django.utils import translation
from pypdf import PdfReader

from booking.documents.confirmation_pdf import confirmation_pdf
from booking.domain.confirming import confirm_appointment
from booking.domain.holding import hold_appointment
from booking.domain.items import Item
from booking.domain.links import ticket_link
from booking.models import Appointment
from tests import factories
from tests.conftest import TUESDAY


def booking(office, *offerings) -> Appointment:
    held = hold_appointment(
        office=office,
        items=[Item(offering, 1) for offering in offerings],
        start=TUESDAY.replace(hour=10, minute=0),
    )
    return confirm_appointment(held.pk, name="Zoë Łęcka Українка", email="zoe@example.org")


def read(appointment: Appointment) -> PdfReader:
    rows = list(appointment.items.select_related("offering__service"))
    link = ticket_link(appointment.pk)
    with translation.override("en"):
        return PdfReader(BytesIO(confirmation_pdf(appointment, rows, link=link)))


def test_the_sheet_says_when_where_what_and_the_code(office, offering):
    appointment = booking(office, offering)
    text = read(appointment).pages[0].extract_text()
    for part in (
        "Tuesday, 24 November 2026",
        "10:00",
        "Bürgerbüro",
        "Markt 1, 06712 Musterstadt",
        offering.service.name,
        "Alter Ausweis",
        f"{appointment.code[:4]} {appointment.code[4:]}",
    ):
        assert part in text


def test_the_sheet_has_a_title_and_a_language(office, offering):
    reader = read(booking(office, offering))
    assert reader.metadata.title == "Appointment on Tuesday, 24 November 2026 at 10:00"
    assert reader.trailer["/Root"]["/Lang"] == "en"


def test_the_sheet_names_nobody(office, offering):
    assert "Zo" not in read(booking(office, offering)).pages[0].extract_text()


@pytest.mark.parametrize("name", ["Реєстрація", "تسجيل", "登録", "Zgłoszenie", "😀"])
def test_a_name_in_any_script_breaks_nothing(office, offering, name):
    offering.service.name_de = name
    offering.service.save()
    assert len(read(booking(office, offering)).pages) == 1


def test_a_long_list_goes_on_on_the_next_page(office, offering):
    offering.service.documents_de = "\n".join(f"Unterlage {n}" for n in range(60))
    offering.service.save()
    reader = read(booking(office, offering))
    assert len(reader.pages) == 2
    assert "Unterlage 59" in reader.pages[1].extract_text()


def test_each_of_several_services_has_its_own_list(office, offering):
    other = factories.OfferingFactory(office=office)
    text = read(booking(office, offering, other)).pages[0].extract_text()
    assert f"Please bring for {offering.service.name}" in text
    assert f"Please bring for {other.service.name}" in text
