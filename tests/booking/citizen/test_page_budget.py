"""What each page of the booking path loads on a first visit, reckoned without a browser."""

import gzip
import re
from pathlib import Path
from urllib.parse import urljoin

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from booking.citizen.secret import appointment_path
from booking.domain.holding import hold_appointment
from booking.domain.items import Item
from tests import factories

BYTES = 100_000
# Of the faces a page in German or English loads.
LATIN = re.compile(r"fira-sans-latin-\d+\.woff2")
COMPRESSED = (".woff2",)


def weight(client, address: str) -> int:
    """Bytes of the page, its styles, scripts, pictures and fonts, each compressed by itself."""
    page = client.get(address)
    assert page.status_code == 200
    loaded = re.findall(
        r'<(?:link|script|img)[^>]* (?:href|src)="/static/([^"]+)"', page.content.decode()
    )
    total = len(gzip.compress(page.content))
    fonts: set[str] = set()
    for path in set(loaded):
        content = Path(finders.find(path)).read_bytes()
        total += len(gzip.compress(content))
        if path.endswith(".css"):
            found = re.findall(r'url\("?([^")]+\.woff2)', content.decode())
            fonts |= {urljoin(path, font) for font in found if LATIN.search(font)}
    return total + sum(Path(finders.find(font)).stat().st_size for font in fonts)


@pytest.fixture
def north(office, offering):
    """With two dozen offices and as many services a page must still be light."""
    for number in range(24):
        more = factories.OfficeFactory(authority=office.authority, name=f"Bürgerbüro {number}")
        factories.make_hours(more)
        factories.OfferingFactory(office=more, service=offering.service)
        factories.OfferingFactory(office=office)
    return office


def test_every_page_of_the_path_is_light(client, office, offering, north, booked, ten):
    held = hold_appointment(office=office, items=[Item(offering, 1)], start=ten)
    town, chosen = office.authority.slug, f"?service={offering.service.slug}"
    pages = [
        reverse("start", args=[town]),
        reverse("services", args=[town]),
        reverse("town_times", args=[town]) + chosen,
        reverse("times", args=[office.pk]) + f"?offering={offering.pk}",
        reverse("accessibility", args=[town]),
        appointment_path(held),
        appointment_path(booked),
    ]
    weights = {page: weight(client, page) for page in pages}
    assert {page: size for page, size in weights.items() if size > BYTES} == {}
    # Fonts and styles are there: otherwise nothing was weighed.
    assert min(weights.values()) > 60_000
