"""Booking, moving and cancelling for somebody on the phone."""

from datetime import timedelta

import pytest
from django.test import Client

from booking.domain.actor import CITIZEN
from booking.domain.arrivals import check_in
from booking.domain.confirming import confirm_appointment
from booking.domain.holding import hold_appointment
from booking.domain.items import Item
from booking.domain.links import appointment_link
from booking.models import Appointment, OutboxMail, Slot, StaffRole
from tests.conftest import TUESDAY
from tests.factories import OfferingFactory, make_staff
from tests.queue_display.desk_people import booked

HTMX = {"HX-Request": "true", "HX-Target": "desk-step"}
NEXT_WEEK = (TUESDAY + timedelta(days=7)).replace(hour=8, minute=0)
KEY = "0123456789abcdef0123"


@pytest.fixture
def browser(office):
    client = Client()
    client.force_login(make_staff(office, StaffRole.Role.FRONT_DESK))
    return client


@pytest.fixture
def at(office):
    return lambda page="": f"/en/reception/{office.pk}/{page}"


@pytest.fixture
def hold(browser, at, offering):
    def hold(start=NEXT_WEEK, **form):
        form = {"offering": str(offering.pk), "key": KEY, "start": start.isoformat()} | form
        return browser.post(at("hold/"), form, headers=HTMX, follow=True).content.decode()

    return hold


@pytest.fixture
def someone(office, offering):
    """A citizen who has booked online for next week."""
    held = hold_appointment(office=office, items=[Item(offering, 1)], start=NEXT_WEEK)
    return confirm_appointment(held.pk, name="Kim Muster", email="kim@example.org", phone="")


def of(appointment, page=""):
    return f"/en/reception/appointment/{appointment.pk}/{page}"


def held_at(appointment, page):
    return f"/en/reception/hold/{appointment.pk}/{page}"


def get(browser, path, **query):
    response = browser.get(path, query, headers=HTMX)
    assert response.status_code == 200
    return response.content.decode()


def send(browser, path, **form):
    response = browser.post(path, form, headers=HTMX, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def starts_in(page):
    return [part.split('"')[0] for part in page.split('name="start" value="')[1:]]


# The times -------------------------------------------------------------------------


def test_the_first_service_is_chosen_and_its_next_days_are_shown(browser, at, offering):
    page = get(browser, at("times/"))
    starts = starts_in(page)
    assert starts[0] == "2026-11-24T09:40:00+01:00"
    assert len({start[:10] for start in starts}) == 5
    assert f'<option value="{offering.pk}" selected>' in page


def test_times_only_staff_can_give_are_marked(browser, at, office, offering, hold):
    for _place in range(2):
        hold_appointment(office=office, items=[Item(offering, 1)], start=NEXT_WEEK)
    page = get(browser, at("times/"), offering=str(offering.pk), day="2026-12-01")
    assert starts_in(page)[0] == NEXT_WEEK.isoformat()
    assert 'aria-label="08:00, only through you"' in page
    assert 'aria-label="08:10, only through you"' not in page


def test_a_service_that_is_not_online_has_times_for_staff_alone(browser, at, office):
    hidden = OfferingFactory(office=office, online=False)
    page = get(browser, at("times/"), offering=str(hidden.pk))
    assert page.count("only through you") == len(starts_in(page)) > 0


def test_a_day_further_on_and_the_days_after_those_shown(browser, at, offering):
    page = get(browser, at("times/"), offering=str(offering.pk), day="2026-12-02")
    assert starts_in(page)[0] == "2026-12-08T08:00:00+01:00"
    assert 'name="day" value="2027-01-12"' in page


@pytest.mark.parametrize("day", ["2020-01-01", "yesterday", "", "9999-12-31"])
def test_a_day_that_is_past_or_none_does_no_harm(browser, at, offering, day):
    page = get(browser, at("times/"), offering=str(offering.pk), day=day)
    assert bool(starts_in(page)) == (day != "9999-12-31")


# Hold and book -----------------------------------------------------------------------


def test_a_time_is_held_while_the_name_is_asked_for(hold):
    page = hold()
    held = Appointment.objects.get()
    assert (held.state, held.by_staff, held.start) == ("held", True, NEXT_WEEK)
    assert "Who comes?" in page
    assert f'action="{held_at(held, "book/")}"' in page
    assert 'autocomplete="off"' in page


def test_a_name_is_enough_and_the_code_is_read_aloud(browser, hold):
    hold()
    held = Appointment.objects.get()
    page = send(browser, held_at(held, "book/"), name="Kim Muster", email="")
    held.refresh_from_db()
    assert (held.state, held.name) == ("booked", "Kim Muster")
    assert f"{held.code[:4]} {held.code[4:]}" in page
    assert "No mail is sent" in page
    assert "Biometrisches Passbild" in page
    assert not OutboxMail.objects.exists()


def test_with_an_address_the_confirmation_is_sent(browser, hold):
    hold()
    page = send(
        browser, held_at(Appointment.objects.get(), "book/"), name="Kim", email="kim@example.org"
    )
    assert "The confirmation goes to kim@example.org." in page
    assert OutboxMail.objects.get().recipient == "kim@example.org"


def test_what_is_wrong_stands_at_the_field_and_what_was_typed_stays(browser, hold):
    hold()
    held = Appointment.objects.get()
    page = send(browser, held_at(held, "book/"), name="Kim Muster", email="kim")
    assert "Please enter an e-mail address such as" in page
    assert 'value="Kim Muster"' in page
    assert Appointment.objects.get().state == "held"


def test_pressing_a_time_twice_holds_it_once(hold):
    hold()
    assert "Who comes?" in hold()
    assert Slot.objects.get(start=NEXT_WEEK).booked == 1


def test_booking_twice_shows_the_same_booking(browser, hold):
    hold()
    held = Appointment.objects.get()
    pages = [send(browser, held_at(held, "book/"), name="Kim", email="") for _press in range(2)]
    assert all(held.code[:4] in page for page in pages)
    assert Appointment.objects.count() == 1


def test_the_last_place_goes_to_staff_and_then_other_times_are_shown(browser, hold):
    for place in range(3):
        assert "Who comes?" in hold(key=KEY + str(place))
    page = hold(key=KEY + "3")
    assert "This time has just been taken." in page
    assert NEXT_WEEK.isoformat() not in starts_in(page)
    assert Slot.objects.get(start=NEXT_WEEK).booked == 3


def test_another_time_gives_the_first_one_back(browser, hold, offering):
    hold(persons="2")
    held = Appointment.objects.get()
    page = send(browser, held_at(held, "release/"))
    assert Slot.objects.get(start=NEXT_WEEK).booked == 0
    assert 'value="2"' in page
    assert starts_in(page)


def test_a_hold_that_lapsed_while_talking_is_booked_if_free(browser, hold, set_time):
    hold()
    set_time(TUESDAY + timedelta(minutes=20))
    page = send(browser, held_at(Appointment.objects.get(), "book/"), name="Kim", email="")
    assert "Booked" in page


def test_a_citizens_own_hold_is_not_the_front_desks_to_book(browser, office, offering):
    held = hold_appointment(office=office, items=[Item(offering, 1)], start=NEXT_WEEK)
    assert browser.post(held_at(held, "book/"), {"name": "Kim"}).status_code == 404
    assert browser.post(held_at(held, "release/")).status_code == 404
    held.refresh_from_db()
    assert (held.state, held.name) == ("held", "")


def test_without_javascript_every_step_is_a_page(browser, at, offering):
    assert "<html" in browser.get(at("times/")).content.decode()
    form = {"offering": str(offering.pk), "start": NEXT_WEEK.isoformat()}
    assert "<html" in browser.post(at("hold/"), form, follow=True).content.decode()
    held = Appointment.objects.get()
    page = browser.post(held_at(held, "book/"), {"name": "Kim"}, follow=True).content.decode()
    assert "<html" in page
    assert held.code[:4] in page


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_every_change_leads_on_so_that_loading_again_repeats_nothing(
    browser, at, office, offering, headers
):
    def change(path, **form):
        response = browser.post(path, form, headers=headers)
        assert response.status_code == 302
        return response.headers["Location"]

    form = {"offering": str(offering.pk), "persons": "2", "start": NEXT_WEEK.isoformat()}
    to_details = change(at("hold/"), **form)
    held = Appointment.objects.get()
    assert to_details == held_at(held, "book/")
    assert change(held_at(held, "book/"), name="Kim", email="") == of(held, "booked/")
    assert change(held_at(held, "book/"), name="Kim", email="") == of(held, "booked/")
    later = NEXT_WEEK + timedelta(minutes=30)
    assert change(of(held, "move/"), start=later.isoformat()) == of(held, "booked/") + "?moved"
    for page in (of(held, "booked/"), of(held, "booked/?moved")):
        assert get(browser, page) == get(browser, page)
    change(at("hold/"), **form)
    other = Appointment.objects.exclude(pk=held.pk).get()
    again = f"{at('times/')}?offering={offering.pk}&persons=2"
    assert change(held_at(other, "release/")) == again
    assert Appointment.objects.filter(state="booked").get() == held


# What is booked ----------------------------------------------------------------------


def test_moving_keeps_the_code_and_tells_the_new_time(browser, someone):
    later = NEXT_WEEK + timedelta(minutes=30)
    assert later.isoformat() in starts_in(get(browser, of(someone, "move/"), day="2026-12-01"))
    page = send(browser, of(someone, "move/"), start=later.isoformat())
    before, code = someone.start, someone.code
    someone.refresh_from_db()
    assert (before, someone.start, someone.code) == (NEXT_WEEK, later, code)
    assert "Moved" in page
    assert "08:30" in page


def test_who_has_checked_in_is_neither_moved_nor_cancelled(browser, office, offering):
    someone = booked(offering, TUESDAY + timedelta(minutes=30))
    check_in(office=office, code=someone.code, actor=CITIZEN)
    assert "Already checked in." in send(browser, of(someone, "move/"), start=NEXT_WEEK.isoformat())
    assert "Already checked in." in send(browser, of(someone, "cancel/"))
    someone.refresh_from_db()
    assert (someone.state, someone.start) == ("booked", TUESDAY + timedelta(minutes=30))


def test_a_name_is_corrected_by_the_office_alone(browser, client, someone):
    assert "Correct the name" in get(browser, of(someone))
    assert "Please enter your name." in send(browser, of(someone, "name/"), name=" ")
    page = send(browser, of(someone, "name/"), name="Kim  Muster-Schmidt")
    assert "The name is now Kim Muster-Schmidt." in page
    secret_link = "/" + appointment_link(someone).split("/", 3)[3]
    client.post(secret_link, {"name": "Somebody Else", "email": "x@example.org"})
    someone.refresh_from_db()
    assert (someone.name, someone.email) == ("Kim Muster-Schmidt", "kim@example.org")


def test_cancelling_asks_once_and_frees_the_place(browser, someone):
    assert "Cancel this appointment?" in get(browser, of(someone, "cancel/"))
    page = send(browser, of(someone, "cancel/"))
    assert "Cancelled: Kim Muster, 01.12.2026 at 08:00." in page
    assert Slot.objects.get(start=NEXT_WEEK).booked == 0


def test_the_confirmation_is_printed_and_sent_again(browser, someone):
    OutboxMail.objects.all().delete()
    pdf = browser.get(of(someone, "confirmation.pdf"))
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")
    assert "The confirmation is sent to kim@example.org." in send(browser, of(someone, "resend/"))
    assert OutboxMail.objects.get().kind == "confirmation"


def test_without_an_address_there_is_nothing_to_send(browser, offering):
    someone = booked(offering, NEXT_WEEK)
    Appointment.objects.filter(pk=someone.pk).update(email="")
    assert "Send the confirmation again" not in get(browser, of(someone))
    assert "There is no e-mail address" in send(browser, of(someone, "resend/"))


def test_what_is_past_is_nobodys_business_any_more(browser, someone, set_time):
    set_time(NEXT_WEEK + timedelta(days=1))
    for page in ("", "move/", "cancel/", "confirmation.pdf"):
        assert browser.get(of(someone, page)).status_code == 404


def test_times_come_in_a_number_of_queries_that_no_calendar_makes_longer(
    browser, at, office, offering, django_assert_max_num_queries
):
    get(browser, at("times/"))
    for count in (1, 5):
        for number in range(count):
            OfferingFactory(office=office)
            hold_appointment(
                office=office,
                items=[Item(offering, 1)],
                start=NEXT_WEEK + timedelta(minutes=10 * number, days=7 * count),
            )
        with django_assert_max_num_queries(30):
            get(browser, at("times/"))
