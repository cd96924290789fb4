"""Who may call what: every operation that needs a token, asked by everybody who may not."""

import pytest

from booking.domain.devices import make_device, request_pairing, revoke_device
from booking.domain.permissions import make_staff_token
from booking.models import Counter, StaffRole, Visit
from tests.factories import OfficeFactory, UserFactory, make_staff

from .test_appointments import refusal

STAFF_CALLS = [
    ("GET", "/offices/{office}/queue"),
    ("GET", "/offices/{office}/counters"),
    *(("POST", f"/counters/{{counter}}/{name}") for name in ("open", "close", "next")),
    *(
        ("POST", f"/visits/{{visit}}/{name}")
        for name in ("recall", "begin", "finish", "missed", "park", "unpark", "transfer")
    ),
]
ARRIVAL = ("POST", "/offices/{office}/visits")
EVERY_CALL = [*STAFF_CALLS, ARRIVAL]


@pytest.fixture
def ask(api, office, offering, counter, draw):
    """Ask for something at the office and see that nothing has changed."""
    visit = draw()
    places = {"office": office.pk, "counter": counter.pk, "visit": visit["id"]}

    def call(method, path, token):
        body = {"offerings": [{"id": str(offering.pk)}]} if method == "POST" else None
        response = api.send(method, path.format(**places), body, token=token)
        assert list(Visit.objects.values_list("state", flat=True)) == ["waiting"]
        assert Counter.objects.get(pk=counter.pk).state == "closed"
        return response

    return call


@pytest.mark.parametrize(("method", "path"), EVERY_CALL)
class TestNobody:
    def test_without_a_token(self, ask, method, path):
        response = ask(method, path, None)

        assert refusal(response) == (401, "unauthorized")
        assert response["WWW-Authenticate"] == 'Bearer realm="schalter"'

    @pytest.mark.parametrize("token", ["wrong", " ", "a b", "ü"])
    def test_with_a_wrong_token(self, ask, method, path, token):
        response = ask(method, path, token)

        assert refusal(response) == (401, "unauthorized")
        assert response["WWW-Authenticate"].startswith("Bearer")

    def test_somebody_who_no_longer_works_here(self, ask, clerk, clerk_token, method, path):
        clerk.is_active = False
        clerk.save()

        assert refusal(ask(method, path, clerk_token)) == (401, "unauthorized")

    def test_a_device_that_is_not_paired_yet(self, ask, method, path):
        _device, token = request_pairing("kiosk")

        assert refusal(ask(method, path, token)) == (401, "unauthorized")

    def test_a_device_that_was_revoked(self, ask, office, method, path):
        device, token = make_device(kind="kiosk", office=office)
        revoke_device(device)

        assert refusal(ask(method, path, token)) == (401, "unauthorized")


@pytest.mark.parametrize(("method", "path"), EVERY_CALL)
class TestSomebodyElse:
    def test_a_display(self, ask, display_token, method, path):
        assert refusal(ask(method, path, display_token)) == (403, "not_permitted")

    def test_a_clerk_of_another_office(self, ask, office, method, path):
        token = make_staff_token(make_staff(OfficeFactory(authority=office.authority)))

        assert refusal(ask(method, path, token)) == (403, "not_permitted")

    def test_a_clerk_of_another_town(self, ask, method, path):
        token = make_staff_token(make_staff(OfficeFactory()))

        assert refusal(ask(method, path, token)) == (404, "not_found")

    def test_somebody_without_any_role(self, ask, method, path):
        token = make_staff_token(UserFactory())

        assert refusal(ask(method, path, token)) == (404, "not_found")


@pytest.mark.parametrize(("method", "path"), STAFF_CALLS)
def test_a_kiosk_only_checks_in(ask, kiosk_token, method, path):
    assert refusal(ask(method, path, kiosk_token)) == (403, "not_permitted")


def test_a_kiosk_checks_in_at_its_own_office_alone(ask, office):
    sister = make_device(kind="kiosk", office=OfficeFactory(authority=office.authority))[1]
    stranger = make_device(kind="kiosk", office=OfficeFactory())[1]

    assert refusal(ask(*ARRIVAL, sister)) == (403, "not_permitted")
    assert refusal(ask(*ARRIVAL, stranger)) == (404, "not_found")


@pytest.mark.parametrize("role", ["clerk", "front_desk", "lead"])
def test_a_role_for_the_whole_town_holds_at_every_office(api, office, role):
    user = UserFactory()
    StaffRole.objects.create(user=user, role=role, authority=office.authority)

    response = api.get(f"/offices/{office.pk}/queue", token=make_staff_token(user))

    assert response.status_code == 200


def test_the_operator_may_work_everywhere(api, office):
    user = UserFactory()
    StaffRole.objects.create(user=user, role="operator")

    response = api.get(f"/offices/{office.pk}/queue", token=make_staff_token(user))

    assert response.status_code == 200


def test_a_session_opens_nothing(api, office, clerk):
    api.client.force_login(clerk)

    assert refusal(api.get(f"/offices/{office.pk}/queue")) == (401, "unauthorized")


def test_a_token_is_read_from_the_header_whatever_the_case_of_its_scheme(api, office, clerk_token):
    path = f"/offices/{office.pk}/queue"

    assert api.get(path, HTTP_AUTHORIZATION=f"bearer {clerk_token}").status_code == 200
    assert api.get(path, HTTP_AUTHORIZATION=f"Basic {clerk_token}").status_code == 401
    assert api.get(f"{path}?token={clerk_token}").status_code == 401
