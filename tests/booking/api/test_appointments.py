from datetime import datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from booking.domain.actor import CITIZEN
from booking.domain.arrivals import check_in
from booking.models import Appointment, OutboxMail
from tests.conftest import TUESDAY
from tests.factories import OfferingFactory, make_hours

from .conftest import DAY, DETAILS

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def try_to_hold(api, office, offering):
    def attempt(start=f"{DAY}T08:00", *, quantity=1, offering_id=None, **options):
        chosen = {"id": offering_id or str(offering.pk), "quantity": quantity}
        body = {"offerings": [chosen], "start": start}
        return api.post(f"/offices/{office.pk}/appointments", body, **options)

    return attempt


def refusal(response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


class TestHold:
    def test_it_answers_exactly_what_the_contract_says(self, hold):
        held = hold()

        appointment = Appointment.objects.get()
        assert held == {
            "id": str(appointment.pk),
            "secret": held["secret"],
            "code": appointment.code,
            "start": "2026-12-01T08:00:00+01:00",
            "end": "2026-12-01T08:10:00+01:00",
            "state": "held",
            "expires_at": "2026-11-24T09:45:00+01:00",
        }

    def test_a_start_with_an_offset_is_that_moment(self, hold):
        assert hold(f"{DAY}T07:20:00Z")["start"] == "2026-12-01T08:20:00+01:00"
        assert hold(f"{DAY}T12:20:00.000+05:00")["start"] == "2026-12-01T08:20:00+01:00"

    def test_a_taken_time_comes_with_alternatives_that_can_be_sent_back(self, hold, try_to_hold):
        hold()
        hold()

        response = try_to_hold()

        assert refusal(response) == (409, "slot_taken")
        alternatives = response.json()["alternatives"]
        assert alternatives[:2] == ["2026-12-01T08:10:00+01:00", "2026-12-01T08:20:00+01:00"]
        assert len(alternatives) == 5
        assert hold(alternatives[0])["start"] == alternatives[0]

    def test_of_an_hour_that_happens_twice_the_first_is_meant(self, hold, office, set_time):
        set_time(datetime(2026, 10, 20, 9, 0, tzinfo=BERLIN))
        make_hours(office, weekday=6, opens=time(1), closes=time(4), unit_minutes=60)

        assert hold("2026-10-25T02:00")["start"] == "2026-10-25T02:00:00+02:00"
        assert hold("2026-10-25T02:00+01:00")["start"] == "2026-10-25T02:00:00+01:00"

    def test_an_hour_the_clocks_leave_out_is_outside_hours(self, try_to_hold, office, set_time):
        set_time(datetime(2027, 3, 23, 9, 0, tzinfo=BERLIN))
        make_hours(office, weekday=6, opens=time(1), closes=time(4), unit_minutes=60)

        assert refusal(try_to_hold("2027-03-28T02:00")) == (422, "outside_hours")
        assert try_to_hold("2027-03-28T03:00").status_code == 201

    @pytest.mark.parametrize(
        "start",
        [
            "2026-12-01T07:00",
            "2026-12-01T08:05",
            "2026-12-01T08:00:01",
            "2026-12-02T08:00",
            "2026-11-24T08:00",
            "2028-12-05T08:00",
            "0001-01-01T00:00",
            "9999-12-31T23:59Z",
            "9999-12-31T23:59-12:00",
        ],
    )
    def test_a_time_without_a_slot_is_outside_hours(self, try_to_hold, start):
        assert refusal(try_to_hold(start)) == (422, "outside_hours")

    @pytest.mark.parametrize(
        "start", ["", "tomorrow", "2026-12-01", "2026-12-01 08:00", "2026-13-01T08:00", 5, None, []]
    )
    def test_a_start_that_is_no_time_is_invalid(self, try_to_hold, start):
        response = try_to_hold(start)

        assert refusal(response) == (422, "invalid_request")
        assert [one["field"] for one in response.json()["errors"]] == ["start"]

    def test_what_cannot_be_chosen_says_why(self, api, try_to_hold, office):
        counter_only = OfferingFactory(office=office, online=False)
        elsewhere = OfferingFactory()

        assert refusal(try_to_hold(quantity=5)) == (422, "quantity_out_of_range")
        assert refusal(try_to_hold(quantity=0)) == (422, "quantity_out_of_range")
        assert refusal(try_to_hold(quantity=10**30)) == (422, "quantity_out_of_range")
        assert refusal(try_to_hold(offering_id="\0")) == (422, "unknown_offering")
        assert refusal(try_to_hold(offering_id=str(elsewhere.pk))) == (422, "unknown_offering")
        assert refusal(try_to_hold(offering_id=str(counter_only.pk))) == (422, "not_online")
        nothing = {"offerings": [], "start": f"{DAY}T08:00"}
        response = api.post(f"/offices/{office.pk}/appointments", nothing)
        assert refusal(response) == (422, "nothing_chosen")

    def test_an_unknown_office_is_not_found(self, api, db):
        body = {"offerings": [{"id": str(uuid4())}], "start": f"{DAY}T08:00"}

        assert refusal(api.post(f"/offices/{uuid4()}/appointments", body)) == (404, "not_found")


class TestIdempotency:
    def test_the_same_request_with_the_same_key_holds_once(self, hold):
        assert hold(key="a key") == hold(key="a key")
        assert Appointment.objects.count() == 1

    def test_the_same_key_for_another_time_is_a_conflict(self, hold, try_to_hold):
        hold(key="a key")

        response = try_to_hold(f"{DAY}T09:00", key="a key")

        assert refusal(response) == (409, "idempotency_key_reused")

    def test_without_a_key_every_request_holds(self, hold):
        assert hold()["id"] != hold()["id"]

    def test_a_key_of_the_pages_opens_nothing_through_the_api(self, hold):
        made = hold(key="a key")
        Appointment.objects.update(idempotency_key="key of a page")

        assert hold(key="key of a page")["id"] != made["id"]

    @pytest.mark.parametrize("key", ["", "x" * 256, "tab\tinside"])
    def test_a_key_that_cannot_be_one_is_invalid(self, try_to_hold, key):
        assert refusal(try_to_hold(key=key)) == (422, "invalid_request")


class TestConfirm:
    def test_a_hold_becomes_a_booking_with_its_mail(self, api, hold, office, offering):
        held = hold()

        response = api.post(
            f"/appointments/{held['id']}/confirm",
            DETAILS | {"phone": "03441 123456"},
            secret=held["secret"],
        )

        assert response.status_code == 200
        assert response.json() == {
            "id": held["id"],
            "code": held["code"],
            "state": "booked",
            "start": held["start"],
            "end": held["end"],
            "office": str(office.pk),
            "offerings": [{"id": str(offering.pk), "quantity": 1}],
            "name": "Muster",
            "email": "muster@example.org",
            "phone": "03441 123456",
            "expires_at": None,
        }
        assert OutboxMail.objects.count() == 1

    def test_confirming_twice_books_once(self, api, hold):
        held = hold()
        path = f"/appointments/{held['id']}/confirm"

        first = api.post(path, DETAILS, secret=held["secret"])
        second = api.post(path, DETAILS, secret=held["secret"])

        assert first.json() == second.json()
        assert OutboxMail.objects.count() == 1

    def test_phone_may_be_null_or_missing(self, api, hold):
        held = hold()

        response = api.post(
            f"/appointments/{held['id']}/confirm", DETAILS | {"phone": None}, secret=held["secret"]
        )

        assert (response.status_code, response.json()["phone"]) == (200, "")

    def test_each_wrong_detail_gets_its_sentence(self, api, hold):
        held = hold()
        body = {"name": " ", "email": "nobody", "phone": "x"}

        response = api.post(f"/appointments/{held['id']}/confirm", body, secret=held["secret"])

        assert refusal(response) == (422, "details_invalid")
        assert list(response.json()["fields"]) == ["name", "email", "phone"]

    def test_a_missing_detail_is_named(self, api, hold):
        held = hold()

        response = api.post(f"/appointments/{held['id']}/confirm", {}, secret=held["secret"])

        assert refusal(response) == (422, "invalid_request")
        assert [one["field"] for one in response.json()["errors"]] == ["name", "email"]

    def test_a_lapsed_hold_whose_time_is_gone_offers_others(self, api, hold, set_time):
        held = hold()
        set_time(TUESDAY + timedelta(minutes=16))
        hold()
        hold()

        response = api.post(f"/appointments/{held['id']}/confirm", DETAILS, secret=held["secret"])

        assert refusal(response) == (409, "slot_taken")
        assert response.json()["alternatives"][0] == "2026-12-01T08:10:00+01:00"

    def test_a_cancelled_hold_stays_cancelled(self, api, hold):
        held = hold()
        api.delete(f"/appointments/{held['id']}", secret=held["secret"])

        response = api.post(f"/appointments/{held['id']}/confirm", DETAILS, secret=held["secret"])

        assert refusal(response) == (409, "wrong_state")


class TestReadAndCancel:
    def test_the_holder_of_the_secret_reads_the_appointment(self, api, hold, office, offering):
        held = hold()

        response = api.get(f"/appointments/{held['id']}", secret=held["secret"])

        assert response.status_code == 200
        assert response.json() == {
            "id": held["id"],
            "code": held["code"],
            "state": "held",
            "start": held["start"],
            "end": held["end"],
            "office": str(office.pk),
            "offerings": [{"id": str(offering.pk), "quantity": 1}],
            "name": "",
            "email": "",
            "phone": "",
            "expires_at": held["expires_at"],
        }
        assert response["Cache-Control"] == "no-store"

    def test_a_hold_past_its_time_reads_as_expired_without_any_background_process(
        self, api, hold, set_time
    ):
        held = hold()
        set_time(TUESDAY + timedelta(minutes=16))

        answer = api.get(f"/appointments/{held['id']}", secret=held["secret"]).json()

        assert (answer["state"], answer["expires_at"]) == ("expired", None)

    def test_cancelling_gives_the_time_back_and_twice_changes_nothing(self, api, book, hold):
        booked = book()
        hold()

        first = api.delete(f"/appointments/{booked['id']}", secret=booked["secret"])
        second = api.delete(f"/appointments/{booked['id']}", secret=booked["secret"])

        assert (first.status_code, first.json()["state"]) == (200, "cancelled")
        assert second.json() == first.json()
        assert hold()["state"] == "held"

    def test_a_past_appointment_cannot_be_cancelled(self, api, book, set_time):
        booked = book()
        set_time(TUESDAY + timedelta(days=8))

        response = api.delete(f"/appointments/{booked['id']}", secret=booked["secret"])

        assert refusal(response) == (409, "wrong_state")

    def test_whoever_has_checked_in_cannot_cancel(self, api, book, office):
        booked = book("2026-11-24T10:00")
        check_in(office=office, code=booked["code"], actor=CITIZEN)

        response = api.delete(f"/appointments/{booked['id']}", secret=booked["secret"])

        assert refusal(response) == (409, "already_checked_in")


CALLS = [("GET", "", None), ("DELETE", "", None), ("POST", "/confirm", DETAILS)]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
class TestSecret:
    def test_without_a_secret_the_client_is_asked_for_it(self, api, hold, method, path, body):
        response = api.send(method, f"/appointments/{hold()['id']}{path}", body)

        assert refusal(response) == (401, "unauthorized")
        assert response["WWW-Authenticate"].startswith("X-Appointment-Secret")

    def test_a_wrong_secret_looks_like_an_unknown_appointment(self, api, hold, method, path, body):
        held, other = hold(), hold()
        wrong = api.send(method, f"/appointments/{held['id']}{path}", body, secret=other["secret"])
        unknown = api.send(method, f"/appointments/{uuid4()}{path}", body, secret=held["secret"])

        assert refusal(wrong) == (404, "not_found")
        assert wrong.json() == unknown.json()
        assert Appointment.objects.get(pk=held["id"]).state == "held"

    def test_a_staff_token_opens_no_appointment(self, api, hold, clerk_token, method, path, body):
        response = api.send(method, f"/appointments/{hold()['id']}{path}", body, token=clerk_token)

        assert refusal(response) == (401, "unauthorized")


class TestLimit:
    def test_one_address_cannot_hold_without_end(self, try_to_hold, settings):
        settings.HOLDS_PER_MINUTE = 2
        for _ in range(2):
            assert try_to_hold(REMOTE_ADDR="203.0.113.7").status_code == 201

        response = try_to_hold(f"{DAY}T09:00", REMOTE_ADDR="203.0.113.7")

        assert refusal(response) == (429, "too_many_attempts")
        assert response["Retry-After"] == "60"
        assert try_to_hold(f"{DAY}T09:00", REMOTE_ADDR="203.0.113.8").status_code == 201

    @pytest.mark.parametrize(("limit", "address"), [(0, "203.0.113.7"), (1, "127.0.0.1")])
    def test_no_limit_when_switched_off_or_on_this_machine(
        self, try_to_hold, settings, limit, address
    ):
        settings.HOLDS_PER_MINUTE = limit

        assert try_to_hold(REMOTE_ADDR=address).status_code == 201
        assert try_to_hold(REMOTE_ADDR=address).status_code == 201

    def test_a_forwarded_address_counts_only_behind_our_own_proxy(self, try_to_hold, settings):
        settings.HOLDS_PER_MINUTE = 1
        spoofed = {"REMOTE_ADDR": "203.0.113.7", "HTTP_X_FORWARDED_FOR": "198.51.100.1"}
        assert try_to_hold(**spoofed).status_code == 201
        spoofed["HTTP_X_FORWARDED_FOR"] = "198.51.100.2"
        assert try_to_hold(f"{DAY}T09:00", **spoofed).status_code == 429

        settings.HTTPS = True
        proxied = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "made up, 198.51.100.3"}
        assert try_to_hold(f"{DAY}T09:00", **proxied).status_code == 201
        proxied["HTTP_X_FORWARDED_FOR"] = "other, 198.51.100.3"
        assert try_to_hold(f"{DAY}T10:00", **proxied).status_code == 429
