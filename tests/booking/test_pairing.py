"""Pairing a kiosk or a display, from both ends."""

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from booking.domain import devices
from booking.models import Device, StaffRole
from booking.pairing.device import device_required
from tests import factories
from tests.conftest import TUESDAY

pytestmark = pytest.mark.django_db
KINDS = [Device.Kind.KIOSK, Device.Kind.DISPLAY]


@pytest.fixture
def lead(office):
    return factories.make_staff(office, StaffRole.Role.LEAD)


@pytest.fixture
def lead_client(lead):
    client = Client()
    client.force_login(lead)
    return client


@device_required(Device.Kind.KIOSK)
def a_page(request):
    return HttpResponse(request.device.name)


def open_page(token=None):
    request = RequestFactory().get("/")
    if token is not None:
        request.COOKIES["schalter_kiosk"] = token
    return a_page(request)


def form_for(device, office, **changes):
    return {
        "code": device.pairing_code,
        "kind": device.kind,
        "office": office.pk,
        "name": "Entrance",
    } | changes


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_device_says_that_it_is_not_paired(client, kind):
    page = client.get(reverse(f"{kind}_pairing"))
    assert page.status_code == 200
    assert page.context["state"] == "none"
    assert Device.objects.count() == 0


@pytest.mark.parametrize("kind", KINDS)
def test_it_shows_a_code_until_the_lead_confirms_and_then_starts(client, lead_client, office, kind):
    address = reverse(f"{kind}_pairing")
    begun = client.post(address)
    cookie = begun.cookies[f"schalter_{kind}"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")

    waiting = client.get(address)
    device = Device.objects.get()
    assert waiting.context["state"] == "waiting"
    assert device.pairing_code in waiting.content.decode()

    lead_client.post(reverse("pair_device"), form_for(device, office))
    done = client.get(address)
    assert (done.status_code, done.url) == (302, reverse(kind))


def test_pressing_twice_shows_one_code(client):
    client.post(reverse("kiosk_pairing"))
    client.post(reverse("kiosk_pairing"))
    assert Device.objects.count() == 1


def test_an_expired_code_is_replaced_on_request(client, set_time):
    client.post(reverse("kiosk_pairing"))
    set_time(TUESDAY + timedelta(minutes=31))
    assert client.get(reverse("kiosk_pairing")).context["state"] == "expired"
    client.post(reverse("kiosk_pairing"))
    assert client.get(reverse("kiosk_pairing")).context["state"] == "waiting"


def test_a_revoked_device_says_so_and_can_be_paired_again(client, office):
    device, token = devices.make_device(kind="kiosk", office=office)
    devices.revoke_device(device)
    client.cookies["schalter_kiosk"] = token
    assert client.get(reverse("kiosk_pairing")).context["state"] == "revoked"
    client.post(reverse("kiosk_pairing"))
    assert client.get(reverse("kiosk_pairing")).context["state"] == "waiting"


def test_asking_too_often_is_slowed_down():
    answers = [Client().post(reverse("kiosk_pairing")).status_code for _ in range(31)]
    assert answers == [302] * 30 + [429]
    assert Device.objects.count() == 30


@pytest.mark.parametrize("token", [None, "", "unknown", "x" * 5000])
def test_an_unpaired_device_is_sent_to_be_paired(token):
    answer = open_page(token)
    assert (answer.status_code, answer.url) == (302, reverse("kiosk_pairing"))


def test_a_paired_device_comes_in_is_seen_and_keeps_its_cookie(office):
    device, token = devices.make_device(kind="kiosk", office=office, name="Entrance")
    answer = open_page(token)
    device.refresh_from_db()
    assert answer.content == b"Entrance"
    assert device.last_seen_at == TUESDAY
    assert answer.cookies["schalter_kiosk"].value == token


def test_a_device_that_still_asks_does_not_come_in(db):
    _device, token = devices.request_pairing("kiosk")
    assert open_page(token).status_code == 302


def test_a_display_does_not_come_in_as_a_kiosk(office):
    _device, token = devices.make_device(kind="display", office=office)
    assert open_page(token).status_code == 302


def test_pairing_needs_a_login(client):
    answer = client.get(reverse("pair_device"))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("login"))


def test_a_clerk_may_not_pair(client, clerk):
    client.force_login(clerk)
    assert client.get(reverse("pair_device")).status_code == 403


def test_the_lead_sees_only_the_own_offices(lead_client, office):
    factories.OfficeFactory()
    form = lead_client.get(reverse("pair_device")).context["form"]
    assert list(form.fields["office"].queryset) == [office]


def test_a_device_cannot_be_bound_to_another_authority(client, lead_client):
    device, _token = devices.request_pairing("kiosk")
    elsewhere = factories.OfficeFactory()
    answer = lead_client.post(reverse("pair_device"), form_for(device, elsewhere))
    device.refresh_from_db()
    assert "office" in answer.context["form"].errors
    assert device.paired_at is None


@pytest.mark.parametrize("code", ["", "000000", "<b>1</b>", "\x00", "9" * 300])
def test_a_wrong_code_is_refused_with_everything_typed_still_there(lead_client, office, code):
    device, _token = devices.request_pairing("kiosk")
    answer = lead_client.post(reverse("pair_device"), form_for(device, office, code=code))
    assert "code" in answer.context["form"].errors
    assert 'value="Entrance"' in answer.content.decode()


def test_guessing_codes_is_slowed_down(lead_client, office):
    device, _token = devices.request_pairing("kiosk")
    for _ in range(10):
        lead_client.post(reverse("pair_device"), form_for(device, office, code="000000"))
    answer = lead_client.post(reverse("pair_device"), form_for(device, office))
    device.refresh_from_db()
    assert "code" in answer.context["form"].errors
    assert device.paired_at is None
