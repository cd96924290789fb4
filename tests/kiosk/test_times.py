"""A time instead of a long wait: three taps, no name, the code on paper."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from booking.domain import devices
from booking.domain.forecast import Wait
from booking.domain.items import Item
from booking.domain.kiosk_closing import close_kiosk
from booking.domain.paper_booking import AT_LEAST_AHEAD, times_instead
from booking.models import Appointment, Device, OutboxMail, Visit
from tests import factories
from tests.conftest import TUESDAY
from tests.factories import make_forecast

pytestmark = pytest.mark.django_db
LONG, SHORT = Wait(40, 55, 80), Wait(5, 9, 14)


def times(kiosk, offering):
    page = kiosk.get(reverse("kiosk_times", args=[offering.pk]))
    return [start for starts in page.context["days"].values() for start in starts]


def book(kiosk, offering, start, **changes):
    sent = {"start": start.isoformat(), "quantity": "1", "key": "a-key-of-this-page"} | changes
    return kiosk.post(reverse("kiosk_times", args=[offering.pk]), sent)


def test_one_tap_books_a_time_for_nobody_in_particular(kiosk, offering):
    start = times(kiosk, offering)[0]
    answer = book(kiosk, offering, start)
    appointment = Appointment.objects.get()
    assert answer.url == reverse("kiosk_booked", args=[appointment.pk])
    assert (appointment.state, appointment.start) == (Appointment.State.BOOKED, start)
    assert (appointment.name, appointment.email, appointment.phone) == ("", "", "")
    assert not OutboxMail.objects.exists()
    page = kiosk.get(answer.url).content.decode()
    assert f"{start:%H:%M}" in page
    assert appointment.code[:4] in page


def test_a_double_tap_books_one(kiosk, offering):
    start = times(kiosk, offering)[0]
    assert book(kiosk, offering, start).url == book(kiosk, offering, start).url
    assert Appointment.objects.count() == 1


def test_neither_limits_nor_a_mail_to_confirm_stand_between(kiosk, office, offering):
    """Who stands here has no address; the kiosk itself counts what is booked at it."""
    office.email_limit = office.device_limit = office.network_limit = offering.limit = 1
    office.confirm_by_mail = True
    office.save()
    offering.save()
    for number, start in enumerate(times(kiosk, offering)[:2]):
        book(kiosk, offering, start, key=f"a-key-of-page-no-{number}")
    states = Appointment.objects.values_list("state", flat=True)
    assert list(states) == [Appointment.State.BOOKED] * 2


def test_the_code_on_the_paper_checks_in(kiosk, offering, set_time):
    start = times(kiosk, offering)[0]
    book(kiosk, offering, start)
    set_time(start - timedelta(minutes=5))
    kiosk.post(reverse("kiosk_check_in"), {"code": Appointment.objects.get().code})
    assert Visit.objects.get().appointment == Appointment.objects.get()


def test_a_time_that_went_to_somebody_else_is_said_and_others_are_shown(kiosk, offering, office):
    start = times(kiosk, offering)[0]
    for index in range(2):  # as many places as there are
        book(kiosk, offering, start, key=f"a-key-of-page-no-{index}")
    page = book(kiosk, offering, start, key="the-key-of-one-more")
    assert page.context["was_taken"]
    assert start not in [one for starts in page.context["days"].values() for one in starts]
    assert Appointment.objects.filter(state="booked").count() == 2


def test_times_leave_time_to_go_and_come_back(office, offering):
    earliest = min(next(iter(times_instead(office, [Item(offering, 1)]).values())))
    assert earliest >= TUESDAY + AT_LEAST_AHEAD


@pytest.mark.parametrize("start", ["", "yesterday", "2026-11-24T10:00", "9999-12-31T23:59+00:00"])
def test_nonsense_instead_of_a_time_shows_the_times_again(kiosk, offering, start):
    answer = kiosk.post(reverse("kiosk_times", args=[offering.pk]), {"start": start})
    assert (answer.status_code, Appointment.objects.count()) == (200, 0)


@pytest.mark.parametrize("quantity", ["0", "99", "-1", "x", ""])
def test_nonsense_instead_of_a_number_of_persons_is_one(kiosk, offering, quantity):
    start = times(kiosk, offering)[0]
    book(kiosk, offering, start, quantity=quantity)
    assert Appointment.objects.get().items.get().quantity == 1


def test_another_kiosk_does_not_show_what_was_booked(kiosk, office, offering):
    shown = book(kiosk, offering, times(kiosk, offering)[0]).url
    _device, token = devices.make_device(kind=Device.Kind.KIOSK, office=office, name="Other")
    other = Client()
    other.cookies["schalter_kiosk"] = token
    assert kiosk.get(shown).status_code == 200
    for path in (shown, f"{shown}slip/"):
        assert other.get(path).status_code == 404
    assert other.post(f"{shown}print/").status_code == 404


def test_after_a_quarter_of_an_hour_it_is_shown_no_more(kiosk, offering, set_time):
    shown = book(kiosk, offering, times(kiosk, offering)[0]).url
    set_time(TUESDAY + timedelta(minutes=16))
    assert kiosk.get(shown).status_code == 404


def test_the_paper_is_printed_once(kiosk, offering, make_printer):
    printer = make_printer()
    shown = book(kiosk, offering, times(kiosk, offering)[0]).url
    states = [
        kiosk.post(f"{shown}print/", headers={"accept": "application/json"}).json()["state"]
        for _ in range(2)
    ]
    assert states == ["done", "done"]
    (paper,) = printer.jobs
    code = Appointment.objects.get().code
    assert code[:4].encode() in paper
    assert code[4:].encode() in paper


def test_a_joker_cannot_book_the_month(kiosk, offering, monkeypatch):
    monkeypatch.setattr("kiosk.times.BOOKINGS_PER_HOUR", 2)
    starts = times(kiosk, offering)
    for index, start in enumerate(starts[:3]):
        book(kiosk, offering, start, key=f"a-key-of-page-no-{index}")
    assert Appointment.objects.count() == 2


def test_a_long_wait_offers_a_time_before_the_ticket(kiosk, office, offering):
    offering.max_quantity = 1
    offering.save()
    path = reverse("kiosk_times", args=[offering.pk])
    for wait, is_offered in ((LONG, True), (SHORT, False)):
        make_forecast(office, tickets={offering.pk: wait})
        (choice,) = kiosk.get(reverse("kiosk_services")).context["choices"]
        assert choice.is_asked == is_offered
        page = kiosk.get(reverse("kiosk_quantity", args=[offering.pk]))
        assert (path in page.content.decode()) == is_offered


def test_what_is_not_booked_online_has_no_time(kiosk, office, offering):
    other = factories.OfferingFactory(office=office, online=False)
    make_forecast(office, tickets={other.pk: LONG})
    choices = kiosk.get(reverse("kiosk_services")).context["choices"]
    assert not any(choice.rather_a_time for choice in choices)
    assert kiosk.get(reverse("kiosk_times", args=[other.pk])).status_code == 404


def test_where_no_more_tickets_are_drawn_a_time_is_offered(kiosk, office, offering):
    path = reverse("kiosk_times_for")
    assert path not in kiosk.get(reverse("kiosk")).content.decode()
    office.daily_tickets = 0
    office.save()
    assert path in kiosk.get(reverse("kiosk")).content.decode()
    answer = kiosk.post(reverse("kiosk_services"), {"offering": offering.pk, "quantity": "1"})
    assert path in answer.content.decode()
    assert kiosk.get(path).status_code == 200


def test_the_front_desk_that_ends_the_tickets_leaves_the_times(kiosk, office, offering):
    close_kiosk(office)
    assert reverse("kiosk_times_for") in kiosk.get(reverse("kiosk")).content.decode()


def test_without_a_free_time_it_says_so(kiosk, office, offering):
    office.opening_hours.all().delete()
    page = kiosk.get(reverse("kiosk_times", args=[offering.pk]))
    assert page.context["days"] == {}


def test_the_page_of_times_costs_the_same_on_a_full_day(
    kiosk, offering, django_assert_max_num_queries
):
    path = reverse("kiosk_times", args=[offering.pk])
    kiosk.get(path)
    with django_assert_max_num_queries(14):
        kiosk.get(path)
    for index, start in enumerate(times(kiosk, offering)):
        book(kiosk, offering, start, key=f"a-key-of-page-no-{index}")
    with django_assert_max_num_queries(14):
        kiosk.get(path)
