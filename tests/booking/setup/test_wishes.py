"""The office lead sees the waiting list and releases places to it."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from booking.domain.availability import free_starts
from booking.domain.items import Item
from booking.domain.offer_answers import decline_offer
from booking.domain.offers import offer_due_places
from booking.models import Offering, OpeningHours
from tests import factories
from tests.conftest import TUESDAY
from tests.wishes import listed, offer_of

pytestmark = pytest.mark.django_db
LISTS = "admin:wishes"
PLACES = {"day": "2026-12-03", "opens": "14:00", "closes": "14:20", "counters": "2",
          "unit_minutes": "10"}  # fmt: skip


def release_path(town):
    return reverse("admin:wishes_release", args=[town.office.pk])


def lists_of(client):
    return client.get(reverse(LISTS)).context["lists"]


def test_length_and_age_of_the_list_are_told_for_each_offering(as_lead, town, set_time):
    quiet = factories.OfferingFactory(office=town.office)
    listed(town.offering)
    set_time(TUESDAY + timedelta(days=3, hours=1))
    listed(town.offering, "li@example.org")
    assert reverse(LISTS) in as_lead.get("/setup/").content.decode()
    (found,) = lists_of(as_lead)
    lines = {line.offering: (line.length, line.days) for line in found.lines}
    assert lines == {town.offering: (2, 3), quiet: (0, None)}


def test_nobody_sees_the_list_of_another_town(as_lead, other, client, town):
    listed(other.offering)
    (found,) = lists_of(as_lead)
    assert (found.office, found.made, found.lines[0].length) == (town.office, 0, 0)
    assert as_lead.get(release_path(other)).status_code == 404
    assert as_lead.post(release_path(other), PLACES).status_code == 404


def test_a_clerk_sees_no_list(client, town):
    client.force_login(town.clerk, backend="django.contrib.auth.backends.ModelBackend")
    for address in (reverse(LISTS), release_path(town)):
        assert client.get(address).status_code in (302, 403)
    client.post(release_path(town), PLACES)
    assert OpeningHours.objects.count() == 0


def test_released_places_go_to_wishes_alone(as_lead, town):
    wishes = [listed(town.offering, f"{n}@example.org") for n in range(3)]
    assert as_lead.post(release_path(town), PLACES).status_code == 302
    free = free_starts(town.office, [Item(town.offering, 1)], first_day=date(2026, 11, 24), days=30)
    assert free == {}
    assert offer_due_places() == 3
    times = [offer_of(wish).start.astimezone(town.office.zone) for wish in wishes]
    assert [f"{one:%d %H:%M}" for one in times] == ["03 14:00", "03 14:00", "03 14:10"]
    decline_offer(offer_of(wishes[0]))
    (found,) = lists_of(as_lead)
    assert found.offers == {"open": 2, "declined": 1}


@pytest.mark.parametrize(
    "wrong",
    [{"day": "2026-11-23"}, {"day": "2027-11-23"}, {"day": ""}, {"closes": "14:00"},
     {"counters": "0"}, {"unit_minutes": "3"}, {"opens": "nine"}],
)  # fmt: skip
def test_places_that_cannot_be_are_refused(as_lead, town, wrong):
    assert as_lead.post(release_path(town), PLACES | wrong).status_code == 422
    assert OpeningHours.objects.count() == 0


def test_the_list_costs_as_many_queries_however_long_it_is(as_lead, town):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            lists_of(as_lead)
        return len(captured)

    listed(town.offering)
    few = queries()
    for number in range(4):
        office = factories.OfficeFactory(authority=town.office.authority)
        for _offering in range(3):
            factories.OfferingFactory(office=office)
        listed(Offering.objects.filter(office=office).first(), f"{number}@example.org")
    assert queries() == few
