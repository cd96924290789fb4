import gzip
from datetime import time
from pathlib import Path

import pytest

from tests import factories

ROOT = Path(__file__).resolve().parent.parent.parent.parent
WIDGET_BYTES = 4096


@pytest.fixture
def north(office, offering):
    north = factories.OfficeFactory(authority=office.authority, name="Nord")
    factories.make_hours(north, opens=time(10), closes=time(13))
    factories.OfferingFactory(office=north, service=offering.service)
    return north


@pytest.fixture
def times(api, office, offering):
    def ask(query="", **options):
        path = f"/authorities/{office.authority.slug}/times?service={offering.service.slug}{query}"
        return api.get(path, **options)

    return ask


def test_the_next_times_are_those_of_all_offices(times, north, office, offering):
    answer = times("&count=2")
    assert answer.status_code == 200
    page = f"http://127.0.0.1:8000/{office.authority.slug}/times/"
    chosen = f"service={offering.service.slug}%3A1"
    assert answer.json() == {
        "link": f"{page}?{chosen}",
        "times": [
            {
                "start": start,
                "office": str(at.pk),
                "office_name": at.name,
                "link": f"{page}?{chosen}&office={at.pk}&day=2026-11-24#times",
            }
            for start, at in (
                ("2026-11-24T09:40:00+01:00", office),
                ("2026-11-24T10:00:00+01:00", north),
            )
        ],
    }


def test_links_and_names_are_in_the_language_asked_for(times, north):
    north.name_en = "North"
    north.save()
    answer = times(language="en").json()
    assert "/en/" in answer["link"]
    assert [one["office_name"] for one in answer["times"]][1] == "North"


def test_any_page_may_read_it_and_keep_it_for_a_minute(times):
    answer = times()
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cache-Control"] == "public, max-age=60"
    assert answer["Vary"] == "Accept-Language"
    assert "Set-Cookie" not in answer


def test_nothing_else_is_open_to_other_pages(api, office):
    assert "Access-Control-Allow-Origin" not in api.get("/authorities")


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ("&service=nonsense", "unknown_service"),
        ("&service=%00", "unknown_service"),
        (":9", "quantity_out_of_range"),
        (":x", "invalid_request"),
        ("&count=0", "invalid_request"),
    ],
)
def test_what_makes_no_sense_is_refused(times, query, refusal):
    answer = times(query)
    assert (answer.status_code, answer.json()["code"]) == (422, refusal)


def test_an_unknown_town_is_not_found(api, office):
    assert api.get("/authorities/nowhere/times?service=x").status_code == 404


def test_nothing_free_is_an_empty_list(times, office):
    office.opening_hours.all().delete()
    assert times().json()["times"] == []


def test_it_asks_as_often_for_ten_offices_as_for_two(
    times, north, office, offering, django_assert_num_queries
):
    times()
    with django_assert_num_queries(8):
        times()
    for _number in range(8):
        more = factories.OfficeFactory(authority=office.authority)
        factories.make_hours(more)
        factories.OfferingFactory(office=more, service=offering.service)
    times()
    with django_assert_num_queries(8):
        times()


def test_the_widget_is_small():
    script = (ROOT / "static/js/times-widget.js").read_bytes()
    assert len(gzip.compress(script, 9)) <= WIDGET_BYTES
