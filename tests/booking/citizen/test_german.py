"""The way of the citizen in German, the language of the pages without a prefix."""

from booking.citizen.secret import appointment_path
from booking.citizen.selection import times_path
from booking.domain.mails import letter
from booking.models import OutboxMail


def test_the_booking_speaks_german(citizen, ten):
    times = citizen.client.get(times_path(citizen.office, citizen.items)).content.decode()
    assert '<html lang="de"' in times
    assert "Wann passt es Ihnen?" in times
    held = citizen.appointment_of(citizen.hold(ten))
    details = citizen.page(held).content.decode()
    assert "Dienstag, 24. November" in details
    assert "10:00\N{NO-BREAK SPACE}Uhr" in details
    citizen.send(held)
    booked = citizen.page(held).content.decode()
    assert "Ihr Termin ist gebucht" in booked
    assert appointment_path(held).startswith("/appointment/")


def test_the_mail_speaks_german(citizen, ten):
    citizen.send(citizen.held(ten))
    mail = letter(OutboxMail.objects.get())
    assert mail.subject == (
        "Ihr Termin am Dienstag, 24. November 2026 um 10:00\N{NO-BREAK SPACE}Uhr"
    )
    assert mail.body.startswith("Guten Tag,\n\nIhr Termin ist gebucht:\n")
