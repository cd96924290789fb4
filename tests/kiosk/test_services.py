"""Without an appointment: choose a service, get a ticket."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from booking.domain import devices
from booking.domain.forecast import Wait
from booking.models import Visit
from tests import factories
from tests.conftest import TUESDAY
from tests.factories import make_forecast

pytestmark = pytest.mark.django_db
KEY = "a-key-of-this-page"


def draw(kiosk, offering, **changes):
    values = {"offering": offering.pk, "quantity": "1", "key": KEY} | changes
    return kiosk.post(reverse("kiosk_services"), values)


def test_one_tap_draws_a_ticket(kiosk, device, offering):
    answer = draw(kiosk, offering)
    visit = Visit.objects.get()
    assert answer.url == reverse("kiosk_ticket", args=[visit.pk])
    assert (visit.number, visit.events.get().device) == ("A001", device)


def test_a_double_tap_draws_one_ticket(kiosk, offering):
    assert draw(kiosk, offering).url == draw(kiosk, offering).url
    assert Visit.objects.count() == 1


def test_the_next_page_draws_the_next_ticket(kiosk, offering):
    draw(kiosk, offering)
    draw(kiosk, offering, key="the-key-of-the-next-page")
    assert [visit.number for visit in Visit.objects.order_by("serial")] == ["A001", "A002"]


def test_every_page_carries_another_key(kiosk, offering):
    pages = [kiosk.get(reverse("kiosk_services")) for _ in range(2)]
    assert pages[0].context["key"] != pages[1].context["key"]
    assert "no-store" in pages[0]["Cache-Control"]


def test_the_same_page_with_another_service_is_no_second_ticket(kiosk, office, offering):
    draw(kiosk, offering)
    answer = draw(kiosk, factories.OfferingFactory(office=office))
    assert answer.status_code == 200
    assert Visit.objects.count() == 1


def test_several_persons_are_one_ticket(kiosk, offering):
    page = kiosk.get(reverse("kiosk_quantity", args=[offering.pk]))
    assert list(page.context["quantities"]) == [1, 2, 3, 4]
    draw(kiosk, offering, quantity="3")
    assert Visit.objects.get().items.get().quantity == 3


def test_several_services_are_one_ticket(kiosk, office, offering):
    other = factories.OfferingFactory(office=office, letter="B")
    page = kiosk.get(reverse("kiosk_several"))
    assert [choice[0] for choice in page.context["choices"]] == [offering, other]
    values = {"offering": [offering.pk, other.pk], f"quantity-{other.pk}": "2", "key": KEY}
    kiosk.post(reverse("kiosk_services"), values)
    items = Visit.objects.get().items.all()
    assert [(item.offering, item.quantity) for item in items] == [(offering, 1), (other, 2)]


@pytest.mark.parametrize("quantity", ["0", "-1", "5", "x", "", "1.5", "9" * 400, "\x00", "２"])
def test_nonsense_quantities_draw_nothing_beyond_what_is_offered(kiosk, offering, quantity):
    answer = draw(kiosk, offering, quantity=quantity)
    assert answer.status_code in (200, 302)
    assert all(visit.items.get().quantity <= 4 for visit in Visit.objects.all())


@pytest.mark.parametrize("offering_id", ["", "1", "\x00", "x" * 5000, str(uuid.UUID(int=0))])
def test_unknown_services_draw_nothing(kiosk, office, offering_id):
    answer = kiosk.post(reverse("kiosk_services"), {"offering": offering_id, "key": KEY})
    assert answer.status_code == 200
    assert Visit.objects.count() == 0


def test_nothing_chosen_draws_nothing(kiosk, office):
    assert kiosk.post(reverse("kiosk_services"), {"key": KEY}).status_code == 200
    assert Visit.objects.count() == 0


def test_another_offices_service_cannot_be_drawn(kiosk, office):
    elsewhere = factories.OfferingFactory()
    assert draw(kiosk, elsewhere).status_code == 200
    assert kiosk.get(reverse("kiosk_quantity", args=[elsewhere.pk])).status_code == 404
    assert Visit.objects.count() == 0


def test_services_that_need_an_appointment_are_not_offered(kiosk, office, offering):
    needs = factories.OfferingFactory(office=office, walk_in=False)
    page = kiosk.get(reverse("kiosk_services"))
    assert list(page.context["page"]) == [offering]
    assert draw(kiosk, needs).status_code == 200
    assert kiosk.get(reverse("kiosk_quantity", args=[needs.pk])).status_code == 404


def test_ten_services_fit_and_more_are_turned_over(kiosk, office):
    factories.OfferingFactory.create_batch(10, office=office)
    assert len(kiosk.get(reverse("kiosk_services")).context["page"].object_list) == 10
    factories.OfferingFactory(office=office)
    first = kiosk.get(reverse("kiosk_services"))
    second = kiosk.get(reverse("kiosk_services"), {"page": 2})
    assert len(first.context["page"].object_list) == 9
    assert len(second.context["page"].object_list) == 2


@pytest.mark.parametrize("page", ["0", "x", "99999", "\x00"])
def test_a_page_that_does_not_exist_shows_services_all_the_same(kiosk, offering, page):
    assert kiosk.get(reverse("kiosk_services"), {"page": page}).status_code == 200


def test_the_number_of_queries_does_not_grow_with_the_services(
    kiosk, office, offering, django_assert_max_num_queries
):
    factories.OfferingFactory.create_batch(11, office=office)
    with django_assert_max_num_queries(14):
        kiosk.get(reverse("kiosk_services"))


def test_each_choice_says_how_long_one_would_wait(kiosk, office, offering):
    other = factories.OfferingFactory(office=office)
    address = "/en" + reverse("kiosk_services")
    assert "Waiting time" not in kiosk.get(address).content.decode()
    make_forecast(office, tickets={offering.pk: Wait(11, 14, 19), other.pk: None})
    content = kiosk.get(address).content.decode()
    assert content.count("Waiting time: about 10–20 minutes") == 1
    assert content.count("Waiting time: not known at the moment") == 1


def test_where_nothing_is_known_of_any_choice_nothing_is_said(kiosk, office, offering):
    make_forecast(office, tickets={offering.pk: None})
    assert "Wartezeit" not in kiosk.get(reverse("kiosk_services")).content.decode()


def test_for_how_many_persons_is_asked_with_the_wait(kiosk, office, offering):
    make_forecast(office, tickets={offering.pk: Wait(11, 14, 19)})
    page = kiosk.get(reverse("kiosk_quantity", args=[offering.pk])).content.decode()
    assert "Wartezeit: etwa 10–20 Minuten" in page


def test_when_closed_no_ticket_is_drawn_and_the_next_opening_is_named(kiosk, offering, set_time):
    set_time(TUESDAY.replace(hour=18))
    answer = draw(kiosk, offering)
    assert answer.context["state"].opens == TUESDAY.replace(hour=8, minute=0) + timedelta(days=7)
    assert Visit.objects.count() == 0
    assert kiosk.get(reverse("kiosk_services")).context["answer"] == answer.context["answer"]


def test_when_the_day_is_full_no_ticket_is_drawn(kiosk, office, offering):
    office.daily_tickets = 1
    office.save()
    draw(kiosk, offering)
    answer = draw(kiosk, offering, key="the-key-of-the-next-page")
    assert answer.context["state"].is_full
    assert Visit.objects.count() == 1


def test_a_revoked_kiosk_draws_nothing(kiosk, device, offering):
    devices.revoke_device(device)
    assert draw(kiosk, offering).url == reverse("kiosk_pairing")
    assert kiosk.get(reverse("kiosk")).url == reverse("kiosk_pairing")
    assert Visit.objects.count() == 0


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_taps_that_arrive_at_the_same_moment_draw_one_ticket(kiosk, offering):
    def tap(_number: int) -> str:
        browser = Client()
        browser.cookies = kiosk.cookies
        try:
            return draw(browser, offering).url
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=4) as fingers:
        addresses = set(fingers.map(tap, range(8)))
    assert len(addresses) == 1
    assert Visit.objects.count() == 1


# Priority with small child, or difficulty walking or standing -----------------------


@pytest.fixture
def asking(office):
    office.kiosk_asks_assistance = True
    office.save()
    return office


@pytest.mark.parametrize("page", ["kiosk_services", "kiosk_several"])
def test_a_kiosk_asks_for_assistance_only_where_the_office_lets_it(kiosk, offering, office, page):
    assert "assisted" not in kiosk.get(reverse(page)).content.decode()
    office.kiosk_asks_assistance = True
    office.save()
    assert "assisted" in kiosk.get(reverse(page)).content.decode()


def test_what_was_said_before_goes_with_every_choice(kiosk, asking, offering):
    factories.OfferingFactory(office=asking, max_quantity=1)
    said = {"assisted": "1"}
    page = kiosk.get(reverse("kiosk_services"), said).content.decode()
    assert f"{reverse('kiosk_quantity', args=[offering.pk])}?assisted=1" in page
    assert f"{reverse('kiosk_several')}?assisted=1" in page
    assert '<input type="hidden" name="assisted" value="1">' in page
    for address in (reverse("kiosk_quantity", args=[offering.pk]), reverse("kiosk_several")):
        assert 'value="1" checked' in kiosk.get(address, said).content.decode()


@pytest.mark.parametrize(
    ("asks", "priority"), [(True, Visit.Priority.ASSISTED), (False, Visit.Priority.NORMAL)]
)
def test_whoever_says_so_is_called_sooner_where_the_office_lets_them(
    kiosk, office, offering, asks, priority
):
    office.kiosk_asks_assistance = asks
    office.save()
    draw(kiosk, offering, assisted="1")
    assert Visit.objects.get().priority == priority
