"""The start page says what is possible now."""

from datetime import time, timedelta

import pytest
from django.urls import reverse

from booking.domain.actor import CITIZEN
from booking.domain.arrivals import draw_ticket
from booking.domain.items import Item
from booking.domain.kiosk_closing import close_kiosk
from booking.models import Closure, Visit
from tests import factories
from tests.conftest import TUESDAY


@pytest.fixture
def start(kiosk):
    """Open the start page and tell which of the two choices it offers."""

    def open_page():
        page = kiosk.get(reverse("kiosk"))
        content = page.content.decode()
        appointment = f'href="{reverse("kiosk_check_in")}"' in content
        ticket = f'href="{reverse("kiosk_services")}"' in content
        return page, appointment, ticket

    return open_page


def test_during_opening_hours_there_are_two_choices(start):
    _page, appointment, ticket = start()
    assert (appointment, ticket) == (True, True)


def test_shortly_before_opening_only_check_in_is_offered(start, set_time):
    set_time(TUESDAY.replace(hour=7, minute=15))
    page, appointment, ticket = start()
    assert (appointment, ticket) == (True, False)
    assert page.context["state"].opens == TUESDAY.replace(hour=8, minute=0)


def test_at_night_it_says_when_the_office_opens(start, set_time):
    set_time(TUESDAY.replace(hour=23))
    page, appointment, ticket = start()
    assert (appointment, ticket) == (False, False)
    assert page.context["state"].opens == TUESDAY.replace(hour=8, minute=0) + timedelta(days=7)


def test_on_a_closed_day_it_says_when_the_office_opens(start, office):
    Closure.objects.create(office=office, first_day=TUESDAY, last_day=TUESDAY, reason="x")
    page, appointment, ticket = start()
    assert (appointment, ticket) == (False, False)
    assert page.context["state"].opens.date() == TUESDAY.date() + timedelta(days=7)


def test_after_the_last_ticket_check_in_goes_on(start, set_time):
    set_time(TUESDAY.replace(hour=11, minute=45))
    page, appointment, ticket = start()
    assert (appointment, ticket) == (True, False)
    assert page.context["state"].is_open


def test_over_lunch_it_names_the_afternoon(start, office, set_time):
    factories.make_hours(office, opens=time(14), closes=time(16))
    set_time(TUESDAY.replace(hour=12, minute=30))
    page, _appointment, ticket = start()
    assert not ticket
    assert page.context["state"].opens == TUESDAY.replace(hour=14, minute=0)


def test_when_the_day_is_full_only_check_in_is_offered(start, office, offering):
    office.daily_tickets = 1
    office.save()
    draw_ticket(office=office, items=[Item(offering, 1)], actor=CITIZEN)
    page, appointment, ticket = start()
    assert (appointment, ticket) == (True, False)
    assert page.context["state"].is_full


def test_an_office_without_hours_is_closed_without_a_day(start, office):
    office.opening_hours.all().delete()
    page, appointment, ticket = start()
    assert (appointment, ticket) == (False, False)
    assert page.context["state"].opens is None


def test_hours_are_those_of_the_offices_time_zone(start, office, set_time):
    office.time_zone = "America/New_York"
    office.save()
    set_time(TUESDAY.replace(hour=14, minute=30))  # 08:30 over there
    page, _appointment, ticket = start()
    assert ticket
    assert page.context["now_text"] == "08:30"


def test_it_says_how_many_wait(start, office, offering):
    for _ in range(3):
        draw_ticket(office=office, items=[Item(offering, 1)], actor=CITIZEN)
    page, _appointment, _ticket = start()
    assert page.context["state"].waiting == 3


def test_the_way_home_leads_to_german(kiosk):
    home = kiosk.get("/en" + reverse("kiosk")).context["home"]
    assert kiosk.get(home).url == "/kiosk/"


def test_nothing_is_inline_and_no_cookie_but_its_own_is_set(kiosk):
    page = kiosk.get(reverse("kiosk"))
    content = page.content.decode()
    assert "<script>" not in content
    assert " style=" not in content
    assert "unsafe" not in page["Content-Security-Policy"]
    assert set(page.cookies) == {"schalter_kiosk", "csrftoken"}


def test_when_the_front_desk_has_ended_the_tickets_only_check_in_is_offered(start, office):
    close_kiosk(office)
    page, appointment, ticket = start()
    assert (appointment, ticket) == (True, False)
    assert "Heute keine Wartenummern mehr" in page.content.decode()
    assert "fragen Sie bitte am Empfang" in page.content.decode()


def test_whoever_still_has_the_choice_of_services_open_is_told_so(kiosk, office, offering):
    close_kiosk(office)
    for page in (
        kiosk.get(reverse("kiosk_services")),
        kiosk.post(reverse("kiosk_services"), {"offering": str(offering.pk)}),
    ):
        assert "Heute keine Wartenummern mehr" in page.content.decode()
        assert "Bitte fragen Sie am Empfang" in page.content.decode()
    assert not Visit.objects.exists()
