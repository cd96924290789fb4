"""A client that speaks JSON, and everybody who may ask."""

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from booking.domain.devices import make_device
from booking.domain.permissions import make_staff_token

# A Tuesday after the one at which the clock stands; the office is open 08:00–12:00.
DAY = "2026-12-01"
DETAILS = {"name": "Muster", "email": "muster@example.org"}


class Api:
    """``api.get(path)`` and its like below ``/api/v1``; a token goes into its header."""

    def __init__(self) -> None:
        self.client = Client(raise_request_exception=False)

    def get(self, path: str, **options: Any) -> HttpResponse:
        return self.send("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> HttpResponse:
        return self.send("POST", path, body, **options)

    def delete(self, path: str, **options: Any) -> HttpResponse:
        return self.send("DELETE", path, **options)

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        secret: str | None = None,
        key: str | None = None,
        language: str | None = None,
        **extra: Any,
    ) -> HttpResponse:
        headers = {
            "Authorization": token and f"Bearer {token}",
            "X-Appointment-Secret": secret,
            "Idempotency-Key": key,
            "Accept-Language": language,
        }
        return self.client.generic(
            method,
            f"/api/v1{path}",
            "" if body is None else json.dumps(body),
            content_type="application/json",
            headers={name: value for name, value in headers.items() if value is not None},
            **extra,
        )


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def clerk_token(clerk) -> str:
    return make_staff_token(clerk)


@pytest.fixture
def kiosk_token(office) -> str:
    return make_device(kind="kiosk", office=office)[1]


@pytest.fixture
def display_token(office) -> str:
    return make_device(kind="display", office=office)[1]


@pytest.fixture
def hold(api, office, offering):
    """Hold a time through the API; answers the JSON."""

    def hold_at(start: str = f"{DAY}T08:00", **options: Any) -> dict[str, Any]:
        body = {"offerings": [{"id": str(offering.pk), "quantity": 1}], "start": start}
        response = api.post(f"/offices/{office.pk}/appointments", body, **options)
        assert response.status_code == 201, response.content
        return response.json()

    return hold_at


@pytest.fixture
def book(api, hold):
    """Hold and confirm; answers the held appointment with its secret."""

    def book_at(start: str = f"{DAY}T08:00") -> dict[str, Any]:
        held = hold(start)
        path = f"/appointments/{held['id']}/confirm"
        assert api.post(path, DETAILS, secret=held["secret"]).status_code == 200
        return held

    return book_at


@pytest.fixture
def draw(api, office, offering, kiosk_token):
    """Draw a ticket at the kiosk; answers the JSON."""

    def draw_one(**options: Any) -> dict[str, Any]:
        body = {"offerings": [{"id": str(offering.pk), "quantity": 1}]}
        response = api.post(f"/offices/{office.pk}/visits", body, token=kiosk_token, **options)
        assert response.status_code == 201, response.content
        return response.json()

    return draw_one


@pytest.fixture
def open_counter(api, counter, clerk_token):
    """The counter, opened by the clerk."""
    assert api.post(f"/counters/{counter.pk}/open", token=clerk_token).status_code == 200
    return counter
