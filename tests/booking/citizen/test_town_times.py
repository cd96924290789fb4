"""Finding a time over all offices of the town: services first, then the earliest time anywhere."""

from datetime import datetime, time
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from booking.domain.confirming import confirm_appointment
from booking.models import Appointment, OpeningHours, Situation
from tests import factories

from .conftest import DETAILS, english


@pytest.fixture
def north(office, offering):
    """A second office that does the same, on the same mornings an hour later."""
    north = factories.OfficeFactory(
        authority=office.authority, name="Nord", step_free=True, spoken_languages=["tr"]
    )
    factories.make_hours(north, opens=time(10), closes=time(13))
    factories.OfferingFactory(office=north, service=offering.service)
    return north


@pytest.fixture
def services(client, office):
    def ask(**query):
        return client.get(english(reverse("services", args=[office.authority.slug])), query)

    return ask


@pytest.fixture
def times(client, office, offering):
    def ask(**query):
        address = english(reverse("town_times", args=[office.authority.slug]))
        return client.get(address, {"service": f"{offering.service.slug}:1", **query})

    return ask


def test_each_service_is_there_once_with_its_longest_time(services, north, offering):
    north.offerings.update(minutes=25, max_quantity=9)
    page = services().content.decode()
    assert page.count(f'value="{offering.service.slug}"') == 1
    assert "about 25 minutes" in page
    assert page.count("<option") == 9


def test_several_services_go_on_to_the_times(services, office, offering):
    other = factories.OfferingFactory(office=office)
    slugs = [offering.service.slug, other.service.slug]
    answer = services(service=slugs, next="1", **{f"quantity-{slugs[0]}": "2"})
    assert answer.url == (
        english(reverse("town_times", args=[office.authority.slug]))
        + f"?service={slugs[0]}%3A2&service={slugs[1]}%3A1"
    )


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"next": "1"}, "Please choose a service."),
        ({"service": "nonsense"}, "This town does not offer the chosen service."),
        ({"service": "\x00"}, "This town does not offer the chosen service."),
    ],
)
def test_what_cannot_be_booked_is_answered_in_place(services, offering, query, sentence):
    answer = services(**query)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_services_that_no_office_does_together_are_said_so(services, north, office, offering):
    here = factories.OfferingFactory(office=office)
    there = factories.OfferingFactory(office=north)
    answer = services(service=[here.service.slug, there.service.slug], next="1")
    assert answer.status_code == 422
    assert "No office does all of this in one appointment." in answer.content.decode()
    assert answer.content.decode().count(" checked>") == 2


def test_what_needs_no_appointment_says_where(services, office, offering):
    factories.OfferingFactory(office=office, online=False, service__name="Fundsache")
    page = services().content.decode()
    assert "Fundsache" in page
    assert "Markt 1, 06712 Musterstadt" in page


def test_a_situation_shows_its_services_and_what_is_chosen_already(services, office, offering):
    inside, outside = (factories.OfferingFactory(office=office) for _number in range(2))
    moving = Situation.objects.create(authority=office.authority, slug="umzug", name="Umzug")
    moving.services.add(inside.service)
    page = services(situation="umzug", service=offering.service.slug).content.decode()
    assert inside.service.slug in page
    assert offering.service.slug in page
    assert f'value="{outside.service.slug}"' not in page
    assert services(situation="nonsense").status_code == 404
    assert services(situation="\x00").status_code == 404


def test_the_page_of_services_asks_as_often_for_many_as_for_one(
    services, office, offering, django_assert_num_queries
):
    with django_assert_num_queries(4):
        services()
    factories.OfferingFactory.create_batch(20, service__authority=office.authority, office=office)
    with django_assert_num_queries(4):
        services()


def test_the_earliest_times_are_those_of_all_offices(times, north):
    rows = times().context["soonest"]
    assert [(f"{row['start']:%d.%m. %H:%M}", row["office"].name) for row in rows] == [
        ("24.11. 09:40", "Bürgerbüro"),
        ("24.11. 10:00", "Nord"),
        ("01.12. 08:00", "Bürgerbüro"),
    ]


def test_offices_stand_side_by_side_the_earliest_first(times, north, office):
    OpeningHours.objects.filter(office=office, weekday=1).update(opens=time(11))
    page = times()
    assert [row["office"].name for row in page.context["found"]] == ["Bürgerbüro", "Nord"]
    text = page.content.decode()
    assert "Reachable with a wheelchair" in text
    assert "We also speak: Turkish" in text


def test_whom_no_time_suits_can_wish_for_one_at_any_office(times, north, client):
    page = times().content.decode()
    link = page.split("Nothing that suits you?")[1].partition('href="')[2].partition('"')[0]
    form = client.get(unescape(link)).content.decode()
    assert form.count('name="offices"') == 2


def test_of_many_offices_the_earliest_six_are_in_sight(times, north, office, offering):
    for number in range(6):
        more = factories.OfficeFactory(authority=office.authority, name=f"Stelle {number}")
        factories.make_hours(more, opens=time(11))
        factories.OfferingFactory(office=more, service=offering.service)
    page = times().content.decode()
    assert "<summary>2 more offices</summary>" in page
    assert page.count('class="office-card"') == 8


def test_a_day_shows_the_times_of_each_office(times, north):
    of_day = times(day="2026-11-24").context["of_day"]
    assert [(row["office"].name, len(row["morning"]), len(row["afternoon"])) for row in of_day] == [
        ("Bürgerbüro", 14, 0),
        ("Nord", 12, 6),
    ]


@pytest.mark.parametrize(
    ("wanted", "starts"),
    [
        ({"weekday": "3"}, []),
        ({"weekday": "1"}, ["09:40", "10:00", "08:00"]),
        ({"part": "afternoon"}, ["12:00", "12:00", "12:00"]),
        ({"step_free": "1"}, ["10:00", "10:00", "10:00"]),
        ({"language": "tr"}, ["10:00", "10:00", "10:00"]),
        ({"language": "uk"}, []),
    ],
)
def test_filters_are_parts_of_the_address(times, north, wanted, starts):
    page = times(**wanted)
    assert [f"{row['start']:%H:%M}" for row in page.context["soonest"]] == starts
    (name, value) = next(iter(wanted.items()))
    assert f"{name}={value}" in page.context["query"]


@pytest.mark.parametrize(
    "nonsense",
    [
        {"weekday": "9"},
        {"weekday": "x"},
        {"part": "night"},
        {"office": "nonsense"},
        {"step_free": "yes"},
    ],
)
def test_a_filter_that_makes_no_sense_is_left_out(times, north, nonsense):
    assert len(times(**nonsense).context["soonest"]) == 3


def test_where_no_time_suits_all_times_are_one_click_away(times, north, offering):
    page = times(weekday="4").content.decode()
    assert "No time that suits you is free until" in page
    assert f'href="?service={offering.service.slug}%3A1"' in page


def test_where_one_office_does_it_its_own_page_follows(times, office, offering):
    answer = times(weekday=["1", "2"], step_free="1", day="2026-12-01")
    assert urlsplit(answer.url).path == english(reverse("times", args=[office.pk]))
    assert parse_qs(urlsplit(answer.url).query) == {
        "offering": [f"{offering.pk}:1"],
        "weekday": ["1", "2"],
        "day": ["2026-12-01"],
    }


def test_an_offices_own_page_knows_the_filters_of_time(citizen):
    assert citizen.times(part="afternoon").context["any_free"] is False
    assert citizen.times(weekday="1", step_free="1").context["any_free"] is True


def test_an_offices_own_page_leads_to_all_offices(citizen, north, offering):
    page = english_times(citizen)
    assert "Times at all offices" in page
    assert f"service={offering.service.slug}%3A1" in page


def test_where_no_other_office_does_it_nothing_leads_there(citizen, north):
    north.offerings.all().delete()
    assert "Times at all offices" not in english_times(citizen)


def english_times(citizen) -> str:
    address = reverse("times", args=[citizen.office.pk])
    chosen = [f"{item.offering.pk}:{item.quantity}" for item in citizen.items]
    return citizen.client.get(english(address), {"offering": chosen}).content.decode()


def test_without_a_selection_one_is_asked_for_it(client, office):
    answer = client.get(reverse("town_times", args=[office.authority.slug]))
    assert answer.url == reverse("services", args=[office.authority.slug]) + "?next=1"


def test_a_time_at_another_office_gives_up_the_one_held_before(citizen, north, ten):
    held = citizen.held(ten)
    citizen.office = north
    citizen.items = [type(citizen.items[0])(north.offerings.get(), 1)]
    other = citizen.appointment_of(citizen.hold(datetime(2026, 11, 24, 11, tzinfo=north.zone)))
    held.refresh_from_db()
    assert (held.state, other.state, other.office) == (
        Appointment.State.CANCELLED,
        Appointment.State.HELD,
        north,
    )


def test_a_time_that_is_gone_at_another_office_keeps_the_one_held(citizen, north, ten):
    held = citizen.held(ten)
    citizen.office = north
    citizen.items = [type(citizen.items[0])(north.offerings.get(), 1)]
    citizen.hold(datetime(2026, 11, 24, 18, tzinfo=north.zone))
    held.refresh_from_db()
    assert held.state == Appointment.State.HELD


def test_what_is_booked_stays_booked_when_another_office_follows(citizen, north, ten):
    booked = citizen.held(ten)
    confirm_appointment(booked.pk, **DETAILS)
    citizen.office = north
    citizen.items = [type(citizen.items[0])(north.offerings.get(), 1)]
    citizen.hold(datetime(2026, 11, 24, 11, tzinfo=north.zone))
    booked.refresh_from_db()
    assert booked.state == Appointment.State.BOOKED


def test_the_page_asks_as_often_for_ten_offices_as_for_two(
    times, north, office, offering, django_assert_num_queries
):
    times()
    with django_assert_num_queries(9):
        times()
    for _number in range(8):
        more = factories.OfficeFactory(authority=office.authority)
        factories.make_hours(more)
        factories.OfferingFactory(office=more, service=offering.service)
    times()
    with django_assert_num_queries(9):
        times()


@pytest.mark.parametrize("quantity", ["", ":2"])
def test_a_link_from_the_towns_website_leads_to_the_times(client, office, offering, quantity):
    start = reverse("start", args=[office.authority.slug])
    answer = client.get(f"{start}?service={offering.service.slug}{quantity}")
    assert answer.url == reverse("town_times", args=[office.authority.slug]) + (
        f"?service={offering.service.slug}%3A{quantity[1:] or 1}"
    )


def test_a_link_may_name_the_leistungsschluessel(client, office, offering):
    offering.service.leika = "99115005104000"
    offering.service.save()
    answer = client.get(
        reverse("start", args=[office.authority.slug]), {"service": "99115005104000"}
    )
    assert answer.url.endswith(f"/times/?service={offering.service.slug}%3A1")


def test_a_link_may_name_an_offering(client, office, offering):
    answer = client.get(reverse("start", args=[office.authority.slug]), {"offering": offering.pk})
    assert answer.url == reverse("times", args=[office.pk]) + f"?offering={offering.pk}%3A1"


@pytest.mark.parametrize("value", ["nonsense", "", "\x00", "5e7d2a40-0000-4000-8000-000000000000"])
def test_a_link_to_what_is_no_longer_offered_leads_to_the_services(client, office, offering, value):
    start = reverse("start", args=[office.authority.slug])
    for name in ("service", "offering"):
        answer = client.get(start, {name: value}, follow=True)
        assert answer.status_code in (200, 422)
        assert answer.request["PATH_INFO"] == reverse("services", args=[office.authority.slug])
