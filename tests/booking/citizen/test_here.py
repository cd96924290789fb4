"""“I am here” on one's own phone: on the own page, or at the poster."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from booking.citizen.here import WRONG_CODES_PER_MINUTE
from booking.citizen.secret import appointment_path
from booking.domain.links import poster_link
from booking.domain.phone_check_in import renew_poster
from booking.models import Office, StaffRole, Visit
from booking.security import appointment_secret
from tests import factories
from tests.conftest import TUESDAY

from .conftest import english


@pytest.fixture
def allow(office, booked):
    """Let the office check in on phones; the address on its poster."""

    def choose(way: Office.PhoneCheckIn) -> str:
        office.phone_check_in = way
        office.save()
        return english("/" + poster_link(office).split("/", 3)[3])

    return choose


def here_path(appointment) -> str:
    return english(reverse("here", args=[appointment.pk, appointment_secret(appointment.pk)]))


def test_the_own_page_becomes_the_check_in_and_then_the_ticket(client, booked, allow):
    allow(Office.PhoneCheckIn.PAGE)
    assert here_path(booked) in client.get(english(appointment_path(booked))).content.decode()
    assert b"Are you at the office?" in client.get(here_path(booked)).content
    assert not Visit.objects.exists()
    for _press in range(2):
        response = client.post(here_path(booked))
    assert Visit.objects.get().appointment == booked
    page = client.get(response.url).content.decode()
    assert "You have checked in" in page
    ticket = english(reverse("ticket", args=[booked.pk]))
    assert ticket in page
    assert Visit.objects.get().number in client.get(ticket).content.decode()


def test_at_the_poster_one_press_is_enough_for_who_comes_from_the_own_page(client, booked, allow):
    poster = allow(Office.PhoneCheckIn.POSTER)
    page = client.get(here_path(booked)).content.decode()
    assert "Please scan the poster at the entrance" in page
    assert client.post(here_path(booked)).status_code == 409
    assert 'name="known"' in client.get(poster).content.decode()
    response = client.post(poster, {"known": "1"})
    assert response.url == english(reverse("ticket", args=[booked.pk]))
    assert Visit.objects.get().appointment == booked
    assert 'name="known"' not in client.get(poster).content.decode()


def test_at_the_poster_others_type_their_code(client, booked, allow):
    poster = allow(Office.PhoneCheckIn.POSTER)
    page = client.get(poster).content.decode()
    assert 'name="known"' not in page
    wrong = client.post(poster, {"code": "1234"})
    assert wrong.status_code == 409
    assert "We do not know this code." in wrong.content.decode()
    assert 'value="1234"' in wrong.content.decode()
    assert client.post(poster, {"known": "1"}).status_code == 409
    for _press in range(2):
        response = client.post(poster, {"code": f"{booked.code[:4]} {booked.code[4:]}"})
        assert response.url == english(reverse("ticket", args=[booked.pk]))
    assert Visit.objects.count() == 1


@pytest.mark.parametrize(
    "moment",
    [
        TUESDAY - timedelta(hours=1),
        TUESDAY + timedelta(minutes=91),
        TUESDAY + timedelta(days=1),
    ],
)
def test_only_while_check_in_is_open(client, booked, allow, set_time, moment):
    poster = allow(Office.PhoneCheckIn.POSTER)
    set_time(moment)
    assert client.get(here_path(booked)).url == english(appointment_path(booked))
    assert client.post(poster, {"code": booked.code}).status_code == 409
    allow(Office.PhoneCheckIn.PAGE)
    assert client.post(here_path(booked)).url == english(appointment_path(booked))
    assert not Visit.objects.exists()


def test_an_office_that_wants_neither_takes_neither(client, booked, allow):
    poster = allow(Office.PhoneCheckIn.NO)
    own = english(appointment_path(booked))
    assert here_path(booked) not in client.get(own).content.decode()
    assert client.post(here_path(booked)).url == own
    assert b"please check in at the kiosk" in client.get(poster).content
    assert client.post(poster, {"code": booked.code}).status_code == 409
    assert not Visit.objects.exists()


def test_a_new_poster_makes_the_old_one_void(client, office, booked, allow):
    old = allow(Office.PhoneCheckIn.POSTER)
    renew_poster(office)
    assert client.get(old).status_code == 404
    assert client.post(old, {"code": booked.code}).status_code == 404
    assert client.get(allow(Office.PhoneCheckIn.POSTER)).status_code == 200


def test_whoever_guesses_codes_is_told_to_wait(client, booked, allow):
    poster = allow(Office.PhoneCheckIn.POSTER)
    for number in range(WRONG_CODES_PER_MINUTE):
        client.post(poster, {"code": str(10_000_000 + number)})
    response = client.post(poster, {"code": booked.code})
    assert response.status_code == 409
    assert b"Too many attempts" in response.content


def test_the_lead_prints_the_poster_and_makes_it_void(office, booked, allow):
    allow(Office.PhoneCheckIn.POSTER)
    lead = Client()
    lead.force_login(
        factories.make_staff(office, StaffRole.Role.LEAD),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    sheet = reverse("admin:poster", args=[office.pk])
    assert sheet in lead.get(reverse("admin:posters")).content.decode()
    (page,) = PdfReader(BytesIO(lead.get(sheet).content)).pages
    text = page.extract_text()
    assert "Mit Termin?" in text
    assert "Scan the code with your phone’s camera" in text
    before = poster_link(office)
    assert lead.post(reverse("admin:poster_renew", args=[office.pk])).status_code == 302
    office.refresh_from_db()
    assert poster_link(office) != before
    allow(Office.PhoneCheckIn.PAGE)
    assert lead.get(sheet).status_code == 404
    stranger = Client()
    stranger.force_login(
        factories.make_staff(factories.OfficeFactory(), StaffRole.Role.LEAD),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    assert stranger.get(sheet).status_code == 404
    assert stranger.post(reverse("admin:poster_renew", args=[office.pk])).status_code == 404
