"""Too many already: the page says which limit it is and what to do next; nothing typed is lost."""

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from booking.models import Appointment, Office
from tests.conftest import BERLIN

NEXT = datetime(2026, 12, 1, 8, 0, tzinfo=BERLIN)


@pytest.fixture
def limited(office) -> Office:
    Office.objects.filter(pk=office.pk).update(email_limit=1, device_limit=2, network_limit=3)
    office.refresh_from_db()
    return office


def choose_time(client: Client, office, offering, minute: int, address: str = "198.51.100.7"):
    return client.post(
        reverse("hold", args=[office.pk]),
        {"offering": f"{offering.pk}:1", "start": NEXT.replace(minute=minute).isoformat()},
        REMOTE_ADDR=address,
    )


def book(client: Client, office, offering, minute: int, email: str, **options):
    held = choose_time(client, office, offering, minute, **options)
    assert held.status_code == 302
    return client.post(held.url, {"name": "Erika Mustermann", "email": email})


def test_an_address_that_has_enough_is_told_so_at_its_field(limited, offering):
    client = Client()
    assert book(client, limited, offering, 0, "erika@example.org").status_code == 302
    page = book(client, limited, offering, 10, "erika@example.org")
    assert page.status_code == 409
    assert "Das Amt erlaubt 1 Termin je E-Mail-Adresse" in page.content.decode()
    assert 'value="Erika Mustermann"' in page.content.decode()


def test_a_browser_that_has_enough_is_shown_what_to_do(limited, offering):
    client = Client()
    book(client, limited, offering, 0, "a@example.org")
    book(client, limited, offering, 10, "b@example.org")
    page = choose_time(client, limited, offering, 20)
    assert page.status_code == 409
    assert "Das Amt erlaubt 2 Termine je Gerät" in page.content.decode()
    assert limited.address in page.content.decode()
    assert Appointment.objects.count() == 2


def test_new_browsers_of_one_network_meet_its_limit(limited, offering):
    for minute in (0, 10, 20):
        email = f"{minute}@example.org"
        book(Client(), limited, offering, minute, email, address=f"198.51.100.{minute}")
    page = choose_time(Client(), limited, offering, 30, address="198.51.101.200")
    assert page.status_code == 409
    assert "Aus Ihrem Netz" in page.content.decode()
    assert choose_time(Client(), limited, offering, 30, address="203.0.113.9").status_code == 302


def test_a_cookie_is_set_only_where_a_limit_needs_it(office, offering):
    client = Client()
    choose_time(client, office, offering, 0)
    assert "schalter_device" not in client.cookies
    Office.objects.filter(pk=office.pk).update(device_limit=2)
    answer = choose_time(client, office, offering, 10)
    assert answer.cookies["schalter_device"]["httponly"] is True
    assert answer.cookies["schalter_device"]["max-age"] == 30 * 86400
