from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import OfferingFactory, make_hours

from .conftest import DAY

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def ask(api, office, offering):
    def availability(query: str = f"from={DAY}&days=1", choice: str | None = None, **options):
        chosen = str(offering.pk) if choice is None else choice
        return api.get(f"/offices/{office.pk}/availability?offering={chosen}&{query}", **options)

    return availability


def test_free_times_are_local_and_every_day_of_the_range_is_there(ask, office):
    answer = ask(f"from={DAY}&days=3").json()

    assert (answer["office"], answer["minutes"]) == (str(office.pk), 10)
    assert [day["date"] for day in answer["days"]] == ["2026-12-01", "2026-12-02", "2026-12-03"]
    assert answer["days"][0]["starts"][:2] == ["08:00", "08:10"]
    assert answer["days"][0]["starts"][-1] == "11:50"
    assert answer["days"][1]["starts"] == []


def test_the_range_begins_today_and_has_fourteen_days(ask):
    days = ask("").json()["days"]

    assert (days[0]["date"], len(days)) == ("2026-11-24", 14)
    assert days[0]["starts"][0] == "09:40"


def test_several_offerings_and_quantities_add_up(ask, office, offering):
    other = OfferingFactory(office=office, minutes=25)

    answer = ask(f"offering={other.pk}&from={DAY}&days=1", f"{offering.pk}:3").json()

    assert answer["minutes"] == 55
    assert answer["days"][0]["starts"][-1] == "11:00"


def test_a_time_that_is_held_twice_is_no_longer_free(ask, hold):
    hold()
    assert ask().json()["days"][0]["starts"][0] == "08:00"

    hold()
    assert ask().json()["days"][0]["starts"][0] == "08:10"


def test_past_days_and_days_beyond_the_horizon_are_empty(ask):
    past = ask("from=2026-11-20&days=4").json()["days"]
    far = ask("from=2199-12-31&days=2").json()["days"]

    assert [day["starts"] for day in past] == [[], [], [], []]
    assert [day["starts"] for day in far] == [[], []]


def test_the_days_of_both_clock_changes_have_the_right_hours(ask, office, set_time):
    set_time(datetime(2026, 10, 20, 9, 0, tzinfo=BERLIN))
    make_hours(office, weekday=6, opens=time(1), closes=time(4), unit_minutes=60)

    autumn = ask("from=2026-10-25&days=1").json()["days"][0]["starts"]
    set_time(datetime(2027, 3, 23, 9, 0, tzinfo=BERLIN))
    spring = ask("from=2027-03-28&days=1").json()["days"][0]["starts"]

    assert autumn == ["01:00", "02:00", "02:00", "03:00"]
    assert spring == ["01:00", "03:00"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("days=0", "days"),
        ("days=63", "days"),
        ("days=many", "days"),
        ("from=tomorrow", "from"),
        ("from=2026-02-30", "from"),
        ("from=0001-01-01", "from"),
        ("from=9999-12-31", "from"),
        ("from=1780000000", "from"),
    ],
)
def test_a_range_that_makes_no_sense_is_invalid(ask, query, field):
    response = ask(query)

    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")
    assert [(one["in"], one["field"]) for one in response.json()["errors"]] == [("query", field)]


@pytest.mark.parametrize("quantity", ["", "x", "-1", "1.5", "99999", "²"])
def test_a_quantity_that_is_none_is_invalid(ask, offering, quantity):
    response = ask(choice=f"{offering.pk}:{quantity}")

    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")


def test_what_cannot_be_chosen_says_why(api, ask, office, offering):
    counter_only = OfferingFactory(office=office, online=False)

    def code(response) -> tuple[int, str]:
        return response.status_code, response.json()["code"]

    assert code(api.get(f"/offices/{office.pk}/availability")) == (422, "nothing_chosen")
    assert code(ask(choice=str(office.pk))) == (422, "unknown_offering")
    assert code(ask(choice="nonsense")) == (422, "unknown_offering")
    assert code(ask(choice=str(counter_only.pk))) == (422, "not_online")
    too_many = ask(choice=f"{offering.pk}:5")
    assert code(too_many) == (422, "quantity_out_of_range")
    assert too_many.json()["at_most"] == 4


def test_an_id_may_be_written_without_hyphens(ask, offering):
    assert ask(choice=offering.pk.hex).status_code == 200


@pytest.mark.parametrize("days", [1, 60])
@pytest.mark.parametrize("bookings", [0, 30])
def test_the_number_of_queries_depends_neither_on_days_nor_on_bookings(
    ask, hold, django_assert_max_num_queries, days, bookings
):
    for number in range(bookings):
        hold(f"{DAY}T{8 + number // 12:02}:{number // 2 % 6}0")
    ask()

    with django_assert_max_num_queries(7):
        assert ask(f"from={DAY}&days={days}").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_the_same_question_is_answered_again_with_one_query_and_never_wrong(
    ask, hold, office, offering
):
    """Outside a transaction, as on a server: only there answers are remembered."""
    first = ask().content
    with CaptureQueriesContext(connection) as captured:
        assert ask().content == first
    assert len(captured) == 1

    hold()
    hold()
    assert ask().json()["days"][0]["starts"][0] == "08:10"

    offering.minutes = 30
    offering.save()
    assert ask().json()["minutes"] == 30

    office.horizon_days = 1
    office.save()
    assert ask().json()["days"][0]["starts"] == []

    offering.online = False
    offering.save()
    assert ask().json()["code"] == "not_online"
