"""What a lead can reach from the set-up, and must not."""

import pytest
from django.test import Client
from django.urls import reverse

from booking.domain.devices import make_device
from booking.models import Device, Office, Service, StaffRole
from tests import factories


def signed_in(office, role) -> Client:
    client = Client()
    user = factories.make_staff(office, role)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def lead(office) -> Client:
    return signed_in(office, StaffRole.Role.LEAD)


@pytest.fixture
def operator(db) -> Client:
    user = factories.UserFactory()
    StaffRole.objects.create(user=user, role=StaffRole.Role.OPERATOR)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize(
    "lookup",
    [
        "name__startswith=A", "email__contains=a", "phone=0", "code__startswith=1",
        "appointment__name=A", "office__appointments__email__contains=a", "idempotency_key=a",
    ],
)  # fmt: skip
def test_no_filter_tells_what_the_list_of_appointments_hides(lead, lookup):
    answer = lead.get(f"{reverse('admin:booking_appointment_changelist')}?{lookup}")
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("model", "lookup"),
    [("device", "token_hash__startswith=a"), ("user", "password__startswith=a"),
     ("visit", "appointment__name__startswith=A"), ("counter", "staff__password__startswith=a")],
)  # fmt: skip
def test_nor_what_other_lists_hide(lead, model, lookup):
    address = reverse(f"admin:booking_{model}_changelist")
    assert lead.get(f"{address}?{lookup}").status_code == 400


def test_the_filters_on_the_page_still_work(lead, office):
    address = reverse("admin:booking_appointment_changelist")
    assert lead.get(address, {"office__id__exact": str(office.pk)}).status_code == 200
    assert lead.get(address, {"start__year": "2026", "state__exact": "booked"}).status_code == 200


def printer(device: Device, port: int) -> dict[str, object]:
    return {
        "name": "", "printer": "network", "printer_host": "127.0.0.1", "printer_port": port,
        "screen_bottom_cm": 75, "screen_top_cm": 145, "voice_volume": 100,
    }  # fmt: skip


@pytest.mark.parametrize(("port", "saved"), [(9099, False), (9100, True), (9110, False)])
def test_a_lead_sends_tickets_to_ports_of_printers_alone(lead, office, port, saved):
    device, _token = make_device(kind=Device.Kind.KIOSK, office=office)
    address = reverse("admin:booking_device_change", args=[device.pk])
    assert (lead.post(address, printer(device, port)).status_code == 302) is saved
    device.refresh_from_db()
    assert (device.printer_host == "127.0.0.1") is saved


def test_an_operator_may_choose_any_port(operator, office):
    device, _token = make_device(kind=Device.Kind.KIOSK, office=office)
    address = reverse("admin:booking_device_change", args=[device.pk])
    assert operator.post(address, printer(device, 4711)).status_code == 302


@pytest.mark.parametrize("model", ["appointment", "visit", "device", "user", "counter"])
@pytest.mark.parametrize(
    "query", ["state__exact=%00", "q=%00", "kind__exact=%00", "p=%00", "o=%00"]
)
def test_a_null_byte_in_a_list_is_no_fault_of_ours(lead, model, query):
    answer = lead.get(f"{reverse(f'admin:booking_{model}_changelist')}?{query}")
    assert answer.status_code < 500


@pytest.mark.parametrize("model", ["office", "service", "device", "user"])
@pytest.mark.parametrize("chosen", ["", "x", "\x00", "²", "-1", "9" * 30])
@pytest.mark.parametrize("action", ["delete_selected", "revoke"])
def test_whatever_is_no_id_chooses_no_row_of_a_list(lead, office, model, chosen, action):
    factories.ServiceFactory(authority=office.authority)
    sent = {"action": action, "_selected_action": [chosen], "post": "yes"}
    answer = lead.post(reverse(f"admin:booking_{model}_changelist"), sent)
    assert answer.status_code in (200, 302)
    assert (Office.objects.count(), Service.objects.count()) == (1, 1)


def test_an_id_beside_what_is_none_still_chooses_its_row(lead, office):
    device, _token = make_device(kind=Device.Kind.KIOSK, office=office)
    sent = {"action": "revoke", "_selected_action": ["x", str(device.pk)], "post": "yes"}
    assert lead.post(reverse("admin:booking_device_changelist"), sent).status_code == 302
    device.refresh_from_db()
    assert device.revoked_at is not None


@pytest.mark.parametrize("address", ["r/1/abc/", "r/999999/1/", "r/x/y/"])
def test_nothing_is_found_by_the_number_of_its_table(lead, address):
    assert lead.get(reverse("admin:index") + address).status_code == 404


def test_there_is_no_search_that_fails_on_a_field_it_does_not_expect(lead):
    address = reverse("admin:index") + "autocomplete/"
    query = {"app_label": "booking", "model_name": "offering", "field_name": "counters"}
    assert lead.get(address, query).status_code == 404
