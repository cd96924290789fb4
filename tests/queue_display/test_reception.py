"""The front desk's page: find, check in, give tickets, see the room, close the kiosk."""

from datetime import timedelta

import pytest
from django.test import Client

from booking.domain.counters import open_counter
from booking.domain.forecast import Wait
from booking.domain.kiosk_closing import is_kiosk_closed
from booking.models import Queue, StaffRole, Visit, VisitEvent
from tests.conftest import TUESDAY
from tests.factories import CounterFactory, OfferingFactory, UserFactory, make_forecast, make_staff
from tests.queue_display.desk_people import booked, drawing

HTMX = {"HX-Request": "true", "HX-Target": "desk"}
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
AT_TEN = TUESDAY.replace(hour=10, minute=0)


@pytest.fixture
def front_desk(office):
    return make_staff(office, StaffRole.Role.FRONT_DESK)


@pytest.fixture
def browser(front_desk):
    client = Client()
    client.force_login(front_desk)
    return client


@pytest.fixture
def at(office):
    """The path of a page of the office's front desk."""
    return lambda page="": f"/en/reception/{office.pk}/{page}"


@pytest.fixture
def look(browser, at):
    def look():
        response = browser.get(at())
        assert response.status_code == 200
        return response.content.decode()

    return look


@pytest.fixture
def find(browser, at):
    def find(typed):
        response = browser.post(at("search/"), {"typed": typed}, headers=HTMX)
        assert response.status_code == 200
        return response.content.decode()

    return find


def press(browser, path, htmx=True, **form):
    return browser.post(path, form, headers=HTMX if htmx else {})


# Getting there ---------------------------------------------------------------------


def test_the_only_front_desk_is_opened_at_once_and_of_several_one_is_chosen(
    browser, front_desk, office, other_office
):
    assert browser.get("/reception/").headers["Location"] == f"/reception/{office.pk}/"
    StaffRole.objects.create(
        user=front_desk, role="front_desk", authority=office.authority, office=other_office
    )
    page = browser.get("/reception/").content.decode()
    assert all(f"/reception/{one.pk}/" in page for one in (office, other_office))


@pytest.mark.parametrize("role", ["front_desk", "lead"])
def test_front_desk_and_lead_may_come(office, at, role):
    client = Client()
    client.force_login(make_staff(office, role))
    assert client.get(at()).status_code == 200


def test_a_clerk_has_no_front_desk_and_sees_no_way_there(clerk, office, at):
    client = Client()
    client.force_login(clerk)
    assert client.get(at()).status_code == 404
    assert "/en/reception/" not in client.get(f"/en/desk/{office.pk}/").content.decode()
    assert "Your account has no front desk" in client.get("/en/reception/").content.decode()


def test_the_desk_leads_to_the_front_desk_and_back(browser, office, at, look):
    assert at() in browser.get(f"/en/desk/{office.pk}/").content.decode()
    assert f"/en/desk/{office.pk}/" in look()


# Finding and checking in -----------------------------------------------------------


def test_who_is_expected_today_stands_there_before_anything_is_typed(look, offering):
    booked(offering, AT_TEN, "Kim Muster")
    booked(offering, AT_TEN + timedelta(days=1), "Somebody Tomorrow")
    page = look()
    assert "Kim Muster" in page
    assert "Somebody Tomorrow" not in page


def test_what_is_typed_goes_into_no_address(browser, at, find, offering):
    booked(offering, AT_TEN, "Kim Muster")
    assert "Kim Muster" in find("muster")
    assert browser.get(at("search/?typed=muster")).status_code == 405


def test_without_javascript_the_search_answers_the_whole_page(browser, at, offering):
    booked(offering, AT_TEN, "Kim Muster")
    page = press(browser, at("search/"), htmx=False, typed="must").content.decode()
    assert "<html" in page
    assert 'value="must"' in page
    assert "Kim Muster" in page


def test_an_appointment_of_another_office_is_not_found(find, other_office):
    booked(OfferingFactory(office=other_office), AT_TEN, "Kim Muster")
    assert "Kim Muster" not in find("muster")


def test_a_row_checks_in_and_the_number_is_told(browser, at, offering, front_desk):
    someone = booked(offering, AT_TEN, "Kim Muster")
    page = press(browser, at("check-in/"), code=str(someone.pk)).content.decode()
    assert "Kim Muster is checked in as A001." in page
    event = VisitEvent.objects.get()
    assert (event.kind, event.staff) == ("checked_in", front_desk)


def test_typed_code_and_scanned_address_check_in_as_well(browser, at, offering):
    for number, typed in enumerate(("{code}", "http://x/ticket/{pk}/"), 1):
        someone = booked(offering, AT_TEN)
        code = typed.format(code=someone.code, pk=someone.pk)
        assert f"as A00{number}." in press(browser, at("check-in/"), code=code).content.decode()


@pytest.mark.parametrize(
    ("start", "said"),
    [
        (AT_TEN + timedelta(hours=1, minutes=30), "Too early: check-in opens at 10:30."),
        (AT_TEN - timedelta(hours=2), "The appointment was at 08:00. You can give a ticket"),
        (AT_TEN + timedelta(days=1), "The appointment is on Wednesday, 25 November 2026 at 10:00."),
    ],
)
def test_a_refused_check_in_says_to_staff_why(browser, at, offering, start, said):
    someone = booked(offering, start)
    assert said in press(browser, at("check-in/"), code=someone.code).content.decode()
    assert not Visit.objects.exists()


def test_who_is_at_the_wrong_office_is_told_where_to_go_and_not_who_they_are(
    browser, at, other_office
):
    someone = booked(OfferingFactory(office=other_office), AT_TEN, "Kim Muster")
    page = press(browser, at("check-in/"), code=someone.code).content.decode()
    assert "The appointment is at another office: Standesamt" in page
    assert "Kim Muster" not in page


def test_who_is_here_already_is_found_with_the_number(browser, at, find, offering):
    someone = booked(offering, AT_TEN, "Kim Muster")
    press(browser, at("check-in/"), code=someone.code)
    assert "here: A001" in find("muster")
    again = press(browser, at("check-in/"), code=someone.code).content.decode()
    assert "Already checked in." in again


def test_whoever_checks_in_may_be_given_a_priority_at_once(browser, at, offering):
    someone = booked(offering, AT_TEN, "Kim Muster")
    step = browser.get(f"/en/reception/appointment/{someone.pk}/", headers=HTMX).content.decode()
    assert 'name="priority" id="class-urgent" value="urgent"' in step
    press(browser, at("check-in/"), code=str(someone.pk), priority="urgent")
    visit = Visit.objects.get()
    assert (visit.priority, visit.due_rule, visit.due_at) == ("urgent", "urgent", TUESDAY)
    step = browser.get(f"/en/reception/appointment/{someone.pk}/", headers=HTMX).content.decode()
    assert 'name="priority"' not in step


def test_who_comes_on_another_day_is_offered_no_check_in(browser, offering):
    someone = booked(offering, AT_TEN + timedelta(days=1))
    step = browser.get(f"/en/reception/appointment/{someone.pk}/", headers=HTMX).content.decode()
    assert 'id="do-check-in"' not in step


def test_a_name_is_text_and_never_markup(look, find, offering):
    booked(offering, AT_TEN, HOSTILE)
    for page in (look(), find("script")):
        assert HOSTILE not in page
        assert "&lt;script&gt;" in page


# Tickets ---------------------------------------------------------------------------


def ticket(browser, at, *offerings, **form):
    form |= {"offering": [str(one.pk) for one in offerings]}
    return press(browser, at("ticket/"), **form).content.decode()


def test_a_walk_in_gets_a_number_with_one_or_two_services(browser, at, office, offering):
    other = OfferingFactory(office=office)
    page = ticket(browser, at, offering, other, persons=["2", "1"])
    assert "A001 is waiting now." in page
    items = Visit.objects.get().items.values_list("offering", "quantity")
    assert list(items) == [(offering.pk, 2), (other.pk, 1)]


def test_a_ticket_with_priority_is_due_earlier_and_says_so(browser, at, offering, look):
    ticket(browser, at, offering)
    ticket(browser, at, offering, priority="urgent")
    ticket(browser, at, offering, priority="something else")
    first, *others = Visit.objects.all()
    assert (first.number, first.priority) == ("A002", "urgent")
    assert [one.priority for one in others] == ["normal", "normal"]
    assert "tag--priority" in look()


@pytest.mark.parametrize("chosen", [{}, {"priority": "something else"}])
def test_no_choice_of_priority_takes_none_away(browser, at, offering, chosen):
    ticket(browser, at, offering, priority="urgent")
    visit = Visit.objects.get()
    answer = press(browser, f"/en/reception/visit/{visit.pk}/priority/", **chosen)
    assert "Please choose a priority." in answer.content.decode()
    visit.refresh_from_db()
    assert visit.priority == "urgent"


def test_who_waits_is_given_another_priority(browser, at, offering, set_time):
    first, second = (drawing(offering, set_time)() for _person in range(2))
    path = f"/en/reception/visit/{second.pk}/priority/"
    step = browser.get(path, headers=HTMX | {"HX-Target": "desk-step"}).content.decode()
    assert f'hx-post="{path}"' in step
    assert "A002 now has the priority" in press(browser, path, priority="assisted").content.decode()
    assert list(Visit.objects.all()) == [second, first]


def test_pressing_twice_gives_one_ticket(browser, at, offering):
    key = "0123456789abcdef0123"
    for _press in range(2):
        assert "A001 is waiting now." in ticket(browser, at, offering, key=key)
    assert Visit.objects.count() == 1


def test_the_second_select_may_stay_empty_and_the_first_must_not(browser, at, offering):
    form = {"offering": ["", ""], "persons": ["1", "1"]}
    response = press(browser, at("ticket/"), **form)
    assert response["HX-Retarget"] == "#desk-step"
    assert "Please choose a service." in response.content.decode()


@pytest.mark.parametrize("persons", ["0", "-1", "99", "9999", "x", ""])
def test_a_wrong_number_of_persons_is_refused_and_the_service_stays(browser, at, offering, persons):
    page = ticket(browser, at, offering, persons=[persons])
    assert "Please choose between 1 and 4 persons." in page
    assert f'<option value="{offering.pk}" selected>' in page


def test_the_front_desk_gives_tickets_when_the_kiosk_does_not(browser, at, office, offering):
    offering.walk_in = False
    offering.save()
    press(browser, at("kiosk/"), closed="1")
    assert "A001 is waiting now." in ticket(browser, at, offering)


# The room --------------------------------------------------------------------------


def test_the_room_shows_who_waits_and_what_the_counters_do(
    look, office, offering, set_time, front_desk
):
    counter = open_counter(CounterFactory(office=office, label="7").pk, staff=make_staff(office))
    visit = drawing(offering, set_time)()
    set_time(TUESDAY + timedelta(minutes=45))
    page = look()
    assert visit.number in page
    assert f"Counter {counter.label}" in page
    assert "overdue" in page
    assert '<span data-elapsed="2699">44</span> min' in page


def test_the_room_alone_is_what_the_page_fetches(browser, at, office, offering, set_time):
    drawing(offering, set_time)()
    page = browser.get(at("room/")).content.decode()
    assert f'data-version="{Queue.objects.get(pk=office.pk).version}"' in page
    assert "A001" in page
    assert "<html" not in page


def test_closing_and_reopening_the_kiosk(browser, at, office, look):
    assert "Issues tickets until" in look()
    page = press(browser, at("kiosk/"), closed="1").content.decode()
    assert "The kiosk issues no more tickets today." in page
    assert "Issue tickets again" in page
    assert is_kiosk_closed(office)
    page = press(browser, at("kiosk/"), closed="0").content.decode()
    assert "Issues tickets until" in page
    assert not is_kiosk_closed(office)


def test_somebody_is_sent_on_with_the_same_number(
    browser, offering, other_office, set_time, office
):
    OfferingFactory(office=other_office, service=offering.service)
    visit = drawing(offering, set_time)()
    path = f"/en/reception/visit/{visit.pk}/transfer/"
    step = browser.get(path, headers=HTMX | {"HX-Target": "desk-step"}).content.decode()
    assert f'hx-post="{path}"' in step
    page = press(browser, path, target=f"{other_office.pk}:").content.decode()
    assert "A001 now waits at Standesamt." in page
    visit.refresh_from_db()
    assert (visit.office, visit.number) == (other_office, "A001")


def test_a_colleagues_person_is_not_sent_away_from_the_counter(
    browser, offering, other_office, set_time, staffed_counter, clerk
):
    from booking.domain.visits import call_next

    OfferingFactory(office=other_office, service=offering.service)
    visit = drawing(offering, set_time)()
    call_next(staffed_counter.pk, staff=clerk)
    response = press(
        browser, f"/en/reception/visit/{visit.pk}/transfer/", target=f"{other_office.pk}:"
    )
    assert "is taken by" in response.content.decode()
    visit.refresh_from_db()
    assert visit.state == "called"


def test_the_number_of_queries_does_not_grow(
    browser, at, office, offering, set_time, django_assert_max_num_queries
):
    browser.get(at())
    draw = drawing(offering, set_time)
    for count in (1, 10):
        for _person in range(count):
            draw()
            booked(offering, AT_TEN)
            CounterFactory(office=office)
        with django_assert_max_num_queries(23):
            browser.get(at())
        with django_assert_max_num_queries(18):
            browser.get(at("room/"))
        with django_assert_max_num_queries(7):
            press(browser, at("search/"), typed="muster")


def test_the_room_shows_who_will_wait_too_long(look, office, offering, set_time):
    visit = drawing(offering, set_time)()
    assert " to go" not in look()
    make_forecast(office, visits={visit.pk: Wait(40, 50, 58)})
    page = look()
    assert "40–60 to go" in page
    assert "will be too long" in page
    make_forecast(office, visits={visit.pk: Wait(2, 4, 8)})
    assert "will be too long" not in look()


def test_whoever_lost_the_role_loses_the_page(browser, at, front_desk):
    front_desk.roles.all().delete()
    assert browser.get(at()).status_code == 404
    user = UserFactory()
    browser.force_login(user)
    assert press(browser, at("search/"), typed="").status_code == 404
