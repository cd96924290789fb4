"""The waiting room: unseen in quiet times; in a rush everybody comes in in the order of arrival."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from redis.exceptions import ConnectionError as NoRedis

from booking import waiting_room
from booking.waiting_room import INSIDE, PASS, WINDOW, enter, is_inside, measure
from tests import factories
from tests.conftest import TUESDAY

OFFICE = uuid4()


@pytest.fixture(autouse=True)
def _two_a_second(monkeypatch) -> None:
    monkeypatch.setattr(waiting_room, "FIRST_RATE", 2.0)


def at(set_time, seconds: int) -> None:
    set_time(TUESDAY + timedelta(seconds=seconds))


def crowd(count: int) -> list:
    return [enter(OFFICE, "") for _person in range(count)]


def test_in_quiet_times_nobody_sees_it_or_gets_a_cookie():
    assert crowd(2 * WINDOW) == [INSIDE] * 2 * WINDOW


def test_beyond_what_can_be_served_people_get_places_in_order():
    places = crowd(2 * WINDOW + 5)[2 * WINDOW :]
    assert [place.ahead for place in places] == [1, 2, 3, 4, 5]
    assert [place.seconds for place in places] == [1, 1, 2, 2, 3]


def test_looking_again_or_in_a_second_tab_moves_nobody_forward():
    mine = crowd(2 * WINDOW + 5)[-1]
    assert [enter(OFFICE, mine.ticket).ahead for _look in range(50)] == [5] * 50
    assert crowd(1)[0].ahead == 6


def test_with_time_the_first_come_in_and_the_last_come_nearer(set_time):
    waiting = crowd(2 * WINDOW + 15)[2 * WINDOW :]
    at(set_time, WINDOW)
    assert [enter(OFFICE, place.ticket).ahead for place in waiting] == [0] * 10 + [1, 2, 3, 4, 5]
    assert crowd(1)[0].ahead == 6


def test_whoever_is_in_stays_in_for_as_long_as_a_booking_takes(set_time):
    first = crowd(2 * WINDOW + 1)[-1]
    at(set_time, WINDOW)
    inside = enter(OFFICE, first.ticket)
    crowd(100)
    at(set_time, WINDOW + PASS - 1)
    assert enter(OFFICE, inside.ticket) == INSIDE
    at(set_time, WINDOW + PASS)
    crowd(100)
    assert enter(OFFICE, inside.ticket).ahead > 0


def test_when_the_rush_is_over_nobody_waits(set_time):
    crowd(2 * WINDOW + 5)
    at(set_time, WINDOW)
    assert crowd(1) == [INSIDE] or crowd(1)[0].ahead == 0
    at(set_time, 2 * WINDOW)
    assert crowd(1) == [INSIDE]


def test_it_lets_in_fewer_when_answers_are_slow_and_more_when_they_are_quick(set_time, monkeypatch):
    monkeypatch.setattr(waiting_room, "FIRST_RATE", 20.0)
    last = crowd(20 * WINDOW + 200)[-1].ticket
    measure(OFFICE, 5000)
    at(set_time, WINDOW)
    slower = 20 * waiting_room.SLOWER
    assert enter(OFFICE, last).ahead == 200 - round(slower * WINDOW)
    measure(OFFICE, 10)
    at(set_time, 2 * WINDOW)
    left = 200 - round(slower * WINDOW) - round(slower * waiting_room.QUICKER * WINDOW)
    assert enter(OFFICE, last).ahead == left


def test_nobody_makes_or_carries_over_a_ticket():
    mine = crowd(2 * WINDOW + 3)[-1]
    assert enter(OFFICE, mine.ticket + "x").ahead == 4
    elsewhere = uuid4()
    for _person in range(2 * WINDOW):
        enter(elsewhere, "")
    assert enter(elsewhere, mine.ticket).ahead == 1


def test_after_the_counts_are_lost_nobody_waits_for_ever():
    mine = crowd(2 * WINDOW + 50)[-1]
    cache.clear()
    crowd(2 * WINDOW + 1)
    assert enter(OFFICE, mine.ticket).ahead == 2


def test_without_a_cache_everybody_comes_in(monkeypatch):
    def away(*_args, **_options):
        raise NoRedis

    monkeypatch.setattr(cache, "get_many", away)
    assert crowd(100) == [INSIDE] * 100
    assert is_inside(OFFICE, "")


def test_the_counts_stay_few_however_many_come(monkeypatch):
    keys = set()
    add = cache.add

    def noted(key, *rest, **options):
        keys.add(key)
        return add(key, *rest, **options)

    monkeypatch.setattr(cache, "add", noted)
    crowd(500)
    assert len(keys) == 2


@pytest.fixture
def look(office, offering):
    """Looks at the free times from outside, as one browser or a new one."""

    def times(client: Client | None = None):
        path = reverse("times", args=[office.pk])
        query = {"offering": f"{offering.pk}:1"}
        return (client or Client()).get(path, query, REMOTE_ADDR="198.51.100.7")

    return times


def test_the_page_shows_the_place_and_goes_on_by_itself(look, office, set_time):
    for _person in range(2 * WINDOW):
        assert "schalter_room" not in "".join(look().cookies)
    client = Client()
    page = look(client)
    assert (page.status_code, page["Cache-Control"].count("no-store")) == (200, 1)
    html = page.content.decode()
    assert "Sie sind im Warteraum" in html
    assert f'<meta http-equiv="refresh" content="{WINDOW}">' in html
    at(set_time, WINDOW)
    assert "Wann passt es Ihnen?" in look(client).content.decode()


def test_nobody_passes_the_room_by_holding_at_once(look, office, offering, set_time):
    for _person in range(2 * WINDOW):
        look()
    client = Client()
    look(client)
    start = TUESDAY.replace(day=24) + timedelta(days=7)
    chosen = {"offering": f"{offering.pk}:1", "start": start.isoformat()}
    hold = reverse("hold", args=[office.pk])
    refused = client.post(hold, chosen, REMOTE_ADDR="198.51.100.7")
    assert refused.url.startswith(reverse("times", args=[office.pk]))
    api = Client().post(
        f"/api/v1/offices/{office.pk}/appointments",
        {"offerings": [{"id": str(offering.pk)}], "start": start.isoformat()},
        content_type="application/json",
        REMOTE_ADDR="198.51.100.7",
    )
    assert (api.status_code, api.json()["code"], api["Retry-After"]) == (429, "rush", "60")
    at(set_time, WINDOW)
    look(client)
    assert "/appointment/" in client.post(hold, chosen, REMOTE_ADDR="198.51.100.7").url


def test_the_page_of_the_room_costs_one_query(look, django_assert_num_queries):
    for _person in range(2 * WINDOW):
        look()
    with django_assert_num_queries(1):
        look()


def test_nobody_fills_the_room_with_people_who_are_not_there(look, monkeypatch):
    monkeypatch.setattr(waiting_room, "NUMBERS_PER_MINUTE", 3)
    for _person in range(2 * WINDOW + 3):
        assert look().status_code == 200
    page = look()
    assert page.status_code == 429
    assert "sehr viele" in page.content.decode()
    assert enter(OFFICE, "") == INSIDE


@pytest.fixture
def look_over_all(office, offering):
    """Looks from outside at the free times of all offices that do it: here of two."""
    other = factories.OfficeFactory(authority=office.authority)
    factories.make_hours(other)
    factories.OfferingFactory(office=other, service=offering.service)

    def times(client: Client | None = None):
        path = reverse("town_times", args=[office.authority.slug])
        query = {"service": f"{offering.service.slug}:1"}
        return (client or Client()).get(path, query, REMOTE_ADDR="198.51.100.7")

    return times


def test_the_page_of_all_offices_has_a_room_of_its_own(look_over_all, office, offering, set_time):
    for _person in range(2 * WINDOW):
        assert look_over_all().status_code == 200
    client = Client()
    page = look_over_all(client).content.decode()
    assert "Sie sind im Warteraum" in page
    assert office.authority.name in page
    at(set_time, WINDOW)
    assert "Wann passt es Ihnen?" in look_over_all(client).content.decode()


def test_whoever_was_let_in_there_need_not_wait_at_the_office(
    look, look_over_all, office, offering, set_time
):
    for _person in range(2 * WINDOW):
        look_over_all()
    client = Client()
    look_over_all(client)
    at(set_time, WINDOW)
    look_over_all(client)
    for _person in range(2 * WINDOW + 1):
        look()
    start = TUESDAY + timedelta(days=7)
    chosen = {"offering": f"{offering.pk}:1", "start": start.isoformat()}
    hold = reverse("hold", args=[office.pk])
    refused = Client().post(hold, chosen, REMOTE_ADDR="198.51.100.7")
    assert refused.url.startswith(reverse("times", args=[office.pk]))
    assert "/appointment/" in client.post(hold, chosen, REMOTE_ADDR="198.51.100.7").url
