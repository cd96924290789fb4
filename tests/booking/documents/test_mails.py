"""What the mails say."""

import pytest
from django.utils import translation

from booking.domain.cancelling import cancel_appointment
from booking.domain.confirming import confirm_appointment
from booking.domain.holding import hold_appointment
from booking.domain.hours import save_opening_hours
from booking.domain.items import Item
from booking.domain.links import appointment_link, office_link, ticket_link
from booking.domain.mails import Letter, letter
from booking.models import Appointment, OutboxMail
from tests import factories
from tests.conftest import TUESDAY


def book(office, *offerings, language: str = "en") -> Appointment:
    start = TUESDAY.replace(hour=10, minute=0, tzinfo=office.zone)
    items = [Item(offering, 2) for offering in offerings]
    with translation.override(language):
        held = hold_appointment(office=office, items=items, start=start)
        return confirm_appointment(held.pk, name="Kim Muster", email="kim@example.org")


def only_mail() -> Letter:
    return letter(OutboxMail.objects.get())


def test_the_confirmation_says_all_one_needs(office, offering):
    appointment = book(office, offering)
    mail = only_mail()
    assert mail.subject == "Your appointment on Tuesday, 24 November 2026 at 10:00"
    assert mail.body.startswith("Hello,\n\nyour appointment is booked:\n")
    for part in (
        "Tuesday, 24 November 2026, 10:00",
        f"2 × {offering.service.name}",
        "Bürgerbüro, Markt 1, 06712 Musterstadt",
        f"{appointment.code[:4]} {appointment.code[4:]}",
        "- Alter Ausweis\n- Biometrisches Passbild",
    ):
        assert part in mail.body
    with translation.override("en"):
        assert appointment_link(appointment) in mail.body
        assert ticket_link(appointment.pk) in mail.body


def test_the_time_is_the_offices_own(office, offering):
    office.time_zone = "Atlantic/Azores"
    office.save()
    for series in office.opening_hours.all():
        save_opening_hours(series)
    book(office, offering)
    assert "24 November 2026 at 10:00" in only_mail().subject
    assert "24 November 2026, 10:00" in only_mail().body


def test_each_service_has_its_own_list(office, offering):
    other = factories.OfferingFactory(office=office)
    book(office, offering, other)
    assert f"Please bring for {other.service.name}:" in only_mail().body


def test_nothing_is_escaped_in_plain_text(office, offering):
    offering.service.name_de = "Ausweis & Pass <neu>"
    offering.service.save()
    book(office, offering)
    assert "Ausweis & Pass <neu>" in only_mail().body


def test_no_line_breaks_are_left_where_a_part_is_missing(office, offering):
    offering.service.documents_de = ""
    offering.service.save()
    book(office, offering)
    assert "\n\n\n" not in only_mail().body.strip()


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_cancellation_leads_to_a_new_time(office, offering, language):
    appointment = book(office, offering, language=language)
    OutboxMail.objects.all().delete()
    cancel_appointment(appointment.pk)
    with translation.override(language):
        assert office_link(office) in only_mail().body
