import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import activate

from booking.domain import visits
from booking.domain.actor import CITIZEN, Actor
from booking.domain.arrivals import check_in
from booking.domain.counters import open_counter
from booking.models import Counter, StaffRole, Visit
from tests.conftest import TUESDAY
from tests.factories import (
    CounterFactory,
    OfferingFactory,
    OfficeFactory,
    UserFactory,
    make_staff,
)
from tests.queue_display.desk_people import booked, drawing

HTMX = {"HX-Request": "true"}
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@pytest.fixture
def arrive(offering, set_time):
    return drawing(offering, set_time)


@pytest.fixture
def at_desk(clerk):
    """The clerk's browser."""
    client = Client()
    client.force_login(clerk)
    return client


@pytest.fixture
def colleague(office):
    return make_staff(office)


@pytest.fixture
def theirs(office, colleague):
    return open_counter(CounterFactory(office=office).pk, staff=colleague)


def press(client, counter_or_visit, *what, htmx=False, **form):
    """Send the form of a button."""
    kind = "counter" if isinstance(counter_or_visit, Counter) else "visit"
    path = f"/en/desk/{kind}/{counter_or_visit.pk}/{'/'.join(map(str, what))}/"
    return client.post(path, form, headers=HTMX if htmx else {})


def look(visit):
    visit = Visit.objects.select_related("counter").get(pk=visit.pk)
    return visit.state, visit.counter


def shown(client, office):
    """The desk in English."""
    response = client.get(f"/en/desk/{office.pk}/")
    assert response.status_code == 200
    return response.content.decode()


# Getting there ---------------------------------------------------------------------


def test_signing_in_leads_to_the_desk_of_the_only_office(office, clerk):
    client = Client()
    facts = {"username": clerk.username, "password": "a long enough password"}
    response = client.post("/staff/login/", facts, follow=True)
    assert response.redirect_chain == [
        ("/desk/", 302),
        (f"/desk/{office.pk}/", 302),
    ]


def test_somebody_with_two_offices_chooses_and_the_counter_is_remembered(
    office, other_office, counter
):
    lead = UserFactory()
    StaffRole.objects.create(user=lead, role="lead", authority=office.authority)
    client = Client()
    client.force_login(lead)
    page = client.get("/en/desk/").content.decode()
    assert all(f"/en/desk/{one.pk}/" in page for one in (office, other_office))
    open_counter(counter.pk, staff=lead)
    assert client.get("/desk/").headers["Location"] == f"/desk/{office.pk}/"
    assert client.get("/desk/?all").status_code == 200


def test_an_account_without_an_office_is_told_so(db):
    client = Client()
    client.force_login(UserFactory())
    response = client.get("/en/desk/")
    assert "does not belong to an office yet" in response.content.decode()


def test_ten_wrong_passwords_lock_the_account_with_a_clear_message(clerk):
    client = Client()
    for _ in range(11):
        response = client.post(
            "/en/staff/login/", {"username": clerk.username, "password": "wrong"}
        )
    assert response.status_code == 429
    assert "signing in is locked for ten minutes" in response.content.decode()
    facts = {"username": clerk.username, "password": "a long enough password"}
    assert Client().post("/en/staff/login/", facts).status_code == 429


def test_a_wrong_password_keeps_the_user_name(clerk):
    response = Client().post("/en/staff/login/", {"username": clerk.username, "password": "x"})
    assert f'value="{clerk.username}"' in response.content.decode()


# The counter -----------------------------------------------------------------------


def test_counters_are_offered_with_who_has_taken_them(at_desk, office, counter, theirs, colleague):
    page = shown(at_desk, office)
    assert f'action="/en/desk/counter/{counter.pk}/open/"' in page
    assert f"taken by {colleague}" in page
    assert f'href="/en/desk/counter/{theirs.pk}/take-over/"' in page
    assert f'action="/en/desk/counter/{theirs.pk}/open/"' not in page


def test_a_taken_counter_is_taken_over_only_after_a_question(
    at_desk, office, theirs, clerk, colleague
):
    refused = press(at_desk, theirs, "open")
    assert refused.headers["Location"] == f"/en/desk/{office.pk}/"
    assert f"is taken by {colleague}" in shown(at_desk, office)
    theirs.refresh_from_db()
    assert theirs.staff == colleague

    question = at_desk.get(f"/en/desk/counter/{theirs.pk}/take-over/").content.decode()
    assert f"{colleague} sits there now" in question
    press(at_desk, theirs, "open", take_over=1)
    theirs.refresh_from_db()
    assert theirs.staff == clerk


def test_whoever_loses_the_counter_is_told_by_whom(at_desk, office, theirs, clerk, colleague):
    open_counter(theirs.pk, staff=clerk, take_over=True)
    client = Client()
    client.force_login(colleague)
    fragment = client.get(f"/en/desk/{office.pk}/queue/?had={theirs.pk}").content.decode()
    assert f"Taken over by {clerk}" in fragment
    odd = client.get(f"/en/desk/{office.pk}/queue/?had=%00'")
    assert odd.status_code == 200


def test_a_busy_counter_is_not_left(at_desk, office, staffed_counter, arrive, clerk):
    arrive()
    press(at_desk, staffed_counter, "next")
    press(at_desk, staffed_counter, "close")
    assert "A001 is still at this counter." in shown(at_desk, office)
    staffed_counter.refresh_from_db()
    assert staffed_counter.staff == clerk


def test_a_pause_is_begun_ended_and_ends_with_next(at_desk, staffed_counter, arrive):
    arrive()
    states = []
    for what, form in (
        ("pause", {"paused": 1}),
        ("pause", {"paused": 0}),
        ("pause", {"paused": 1}),
        ("next", {}),
    ):
        press(at_desk, staffed_counter, what, **form)
        staffed_counter.refresh_from_db()
        states.append(staffed_counter.state)
    assert states == ["paused", "open", "paused", "open"]


# The person ------------------------------------------------------------------------


def test_a_visit_from_call_to_end_by_forms_alone(at_desk, office, staffed_counter, arrive):
    first, second = arrive(), arrive()
    press(at_desk, staffed_counter, "next")
    press(at_desk, first, "recall")
    assert "Called again" in shown(at_desk, office)
    press(at_desk, first, "begin")
    assert "Being served" in shown(at_desk, office)
    press(at_desk, staffed_counter, "next")
    assert look(first) == ("done", None)
    assert look(second) == ("called", staffed_counter)
    press(at_desk, second, "begin")
    press(at_desk, second, "finish")
    assert look(second) == ("done", None)
    assert "Nobody is waiting." in shown(at_desk, office)


@pytest.mark.parametrize(
    ("away", "back"), [("missed", "put_back"), ("park", "unpark"), ("put_back", None)]
)
def test_people_can_be_sent_away_and_brought_back(at_desk, staffed_counter, arrive, away, back):
    visit = arrive()
    press(at_desk, staffed_counter, "next")
    press(at_desk, visit, away)
    assert look(visit)[1] is None
    if back:
        press(at_desk, visit, back)
    assert look(visit) == ("waiting", None)


def test_next_pressed_twice_skips_nobody(at_desk, staffed_counter, arrive):
    first, second = arrive(), arrive()
    press(at_desk, staffed_counter, "next", htmx=True)
    answer = press(at_desk, staffed_counter, "next", htmx=True).content.decode()
    assert "A001 is still at this counter." in answer
    assert look(first) == ("called", staffed_counter)
    assert look(second) == ("waiting", None)


def test_begin_pressed_twice_says_so_and_changes_nothing(at_desk, staffed_counter, arrive):
    visit = arrive()
    press(at_desk, staffed_counter, "next")
    press(at_desk, visit, "begin")
    answer = press(at_desk, visit, "begin", htmx=True)
    assert answer.status_code == 200
    assert "This is not possible now." in answer.content.decode()
    assert look(visit) == ("serving", staffed_counter)


def test_two_clerks_call_the_same_chosen_person_and_one_is_told(
    at_desk, staffed_counter, arrive, theirs, colleague
):
    visit = arrive()
    visits.call_visit(visit.pk, theirs.pk, staff=colleague)
    answer = press(at_desk, staffed_counter, "call", visit.pk, htmx=True).content.decode()
    assert "This is not possible now." in answer
    assert look(visit) == ("called", theirs)


@pytest.mark.parametrize("action", ["recall", "begin", "missed", "put_back", "park"])
def test_a_colleagues_person_is_left_alone(
    at_desk, staffed_counter, arrive, theirs, colleague, action
):
    visit = arrive()
    visits.call_next(theirs.pk, staff=colleague)
    answer = press(at_desk, visit, action, htmx=True).content.decode()
    assert f"is taken by {colleague}" in answer
    assert look(visit) == ("called", theirs)


def test_an_unknown_action_does_not_exist(at_desk, staffed_counter, arrive):
    assert press(at_desk, arrive(), "vanish").status_code == 404


# Transferring ----------------------------------------------------------------------


def test_a_transfer_to_another_office(at_desk, staffed_counter, arrive, other_office):
    there = OfferingFactory(office=other_office, letter="K")
    visit = arrive()
    press(at_desk, staffed_counter, "next")
    page = at_desk.get(f"/en/desk/visit/{visit.pk}/transfer/").content.decode()
    target = f"{other_office.pk}:{there.pk}"
    assert target in page
    answer = press(at_desk, visit, "transfer", htmx=True, target=target, quantity=2)
    assert "A001 now waits at Standesamt." in answer.content.decode()
    visit.refresh_from_db()
    assert (visit.office, visit.state) == (other_office, "waiting")
    assert [(one.offering, one.quantity) for one in visit.items.all()] == [(there, 2)]


def test_a_new_number_is_told(at_desk, arrive, other_office):
    there = OfferingFactory(office=other_office, letter="A")
    visit = arrive()
    Visit.objects.create(
        office=other_office,
        day=visit.day,
        letter="A",
        serial=1,
        arrived_at=visit.arrived_at,
        due_at=visit.due_at,
    )
    press(at_desk, visit, "transfer", target=f"{other_office.pk}:{there.pk}", quantity=1)
    visit.refresh_from_db()
    assert visit.number == "A002"
    assert "A001 now waits at Standesamt under the new number A002." in shown(
        at_desk, arrive().office
    )


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "Please choose a service."),
        ({"target": "nonsense"}, "Please choose a service."),
        ({"target": "{there}", "quantity": "99"}, "Please choose between 1 and 4 persons."),
        ({"target": "{there}", "quantity": "²"}, "Please choose between 1 and 4 persons."),
    ],
)
def test_a_transfer_that_is_refused_keeps_what_was_chosen(
    at_desk, arrive, other_office, form, said
):
    there = OfferingFactory(office=other_office, letter="K")
    target = f"{other_office.pk}:{there.pk}"
    visit = arrive()
    form = {name: value.format(there=target) for name, value in form.items()}
    answer = press(at_desk, visit, "transfer", htmx=True, **form)
    page = answer.content.decode()
    assert said in page
    assert answer.headers["HX-Retarget"] == "#desk-step"
    assert (f'value="{target}" required checked' in page) == (form.get("target") == target)
    assert look(visit) == ("waiting", None)


def test_nobody_is_sent_to_another_town(at_desk, arrive):
    elsewhere = OfferingFactory(office=OfficeFactory(), letter="K")
    visit = arrive()
    assert (
        str(elsewhere.pk) not in at_desk.get(f"/desk/visit/{visit.pk}/transfer/").content.decode()
    )
    press(at_desk, visit, "transfer", target=f"{elsewhere.office.pk}:{elsewhere.pk}")
    assert Visit.objects.get(pk=visit.pk).office == visit.office


# Who may ---------------------------------------------------------------------------


def addresses(office, counter, visit):
    """Every German address of the desk that names something, and how it is asked for."""
    activate("de")
    return [
        ("get", reverse("desk_office", args=[office.pk])),
        ("get", reverse("desk_queue", args=[office.pk])),
        ("get", reverse("desk_take_over", args=[counter.pk])),
        ("post", reverse("desk_open", args=[counter.pk])),
        ("post", reverse("desk_close", args=[counter.pk])),
        ("post", reverse("desk_pause", args=[counter.pk])),
        ("post", reverse("desk_next", args=[counter.pk])),
        ("post", reverse("desk_call", args=[counter.pk, visit.pk])),
        ("get", reverse("desk_transfer", args=[visit.pk])),
        ("post", reverse("desk_transfer", args=[visit.pk])),
        ("post", reverse("desk_visit", args=[visit.pk, "park"])),
    ]


def test_without_a_login_everything_leads_to_it(office, staffed_counter, arrive):
    visit = arrive()
    for method, path in [("get", "/desk/"), *addresses(office, staffed_counter, visit)]:
        response = getattr(Client(), method)(path)
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/staff/login/?next=/desk/")
        in_place = getattr(Client(), method)(path, headers=HTMX)
        assert in_place.headers["HX-Redirect"] == "/staff/login/?next=/desk/"
    assert look(visit) == ("waiting", None)


@pytest.mark.parametrize("where", ["same town", "another town"])
def test_a_clerk_of_another_office_finds_nothing(office, staffed_counter, arrive, where):
    visit = arrive()
    elsewhere = (
        OfficeFactory(authority=office.authority) if where == "same town" else OfficeFactory()
    )
    client = Client()
    client.force_login(make_staff(elsewhere))
    for method, path in addresses(office, staffed_counter, visit):
        assert getattr(client, method)(path).status_code == 404
    assert look(visit) == ("waiting", None)


def test_a_form_without_its_token_is_refused(clerk, staffed_counter, arrive):
    visit = arrive()
    client = Client(enforce_csrf_checks=True)
    client.force_login(clerk)
    assert press(client, staffed_counter, "next").status_code == 403
    assert look(visit) == ("waiting", None)


def test_actions_are_not_links(at_desk, staffed_counter):
    assert at_desk.get(f"/desk/counter/{staffed_counter.pk}/next/").status_code == 405


# What is shown ---------------------------------------------------------------------


def test_a_hostile_name_is_only_a_name(at_desk, office, offering, staffed_counter, clerk):
    for minutes in range(2):
        appointment = booked(offering, TUESDAY, name=f"{HOSTILE}{minutes}")
        check_in(office=office, code=appointment.code, actor=CITIZEN)
    booked(offering, TUESDAY, name=HOSTILE)
    visits.call_next(staffed_counter.pk, staff=clerk)
    offering.service.name = offering.service.name_de = f"Ausweis {HOSTILE}"
    offering.service.save()
    page = shown(at_desk, office)
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_times_are_those_of_the_office(at_desk, office, offering, staffed_counter):
    booked(offering, TUESDAY.replace(hour=11))
    office.time_zone = "Atlantic/Canary"
    office.save()
    assert ">10:30</th>" in shown(at_desk, office)


def test_a_page_is_never_kept_by_the_browser(at_desk, office, staffed_counter):
    headers = at_desk.get(f"/desk/{office.pk}/").headers
    assert "no-store" in headers["Cache-Control"]


def test_the_fragment_asks_as_often_for_forty_as_for_three(
    at_desk, office, staffed_counter, arrive, clerk, django_assert_num_queries
):
    def people(count):
        for _ in range(count):
            arrive()

    path = f"/en/desk/{office.pk}/queue/"
    people(4)
    visits.call_next(staffed_counter.pk, staff=clerk)
    with django_assert_num_queries(15):
        at_desk.get(path)
    people(37)
    with django_assert_num_queries(15):
        assert at_desk.get(path).content.count(b"queue__number") == 40


def test_an_answer_in_place_holds_the_queue_and_what_is_said(at_desk, staffed_counter, arrive):
    arrive()
    answer = press(at_desk, staffed_counter, "next", htmx=True).content.decode()
    assert "A001 was called." in answer
    assert 'id="desk-spoken" hx-swap-oob="innerHTML"' in answer
    assert "<html" not in answer


@pytest.mark.parametrize("state", ["called", "serving"])
def test_buttons_that_are_not_possible_are_disabled(
    at_desk, office, staffed_counter, arrive, clerk, state
):
    visit = arrive()
    visits.call_next(staffed_counter.pk, staff=clerk)
    if state == "serving":
        visits.begin(visit.pk, actor=Actor(staff=clerk))
    page = shown(at_desk, office)
    disabled = {
        name
        for name in ("next", "begin", "recall", "missed", "put_back", "park", "finish", "close")
        if " disabled>" in page.split(f'id="do-{name}"')[1].split("<span")[0]
    }
    assert (
        disabled
        == {
            "called": {"next", "finish", "close"},
            "serving": {"begin", "recall", "missed", "put_back", "close"},
        }[state]
    )
