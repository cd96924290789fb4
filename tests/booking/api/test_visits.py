from datetime import timedelta
from uuid import uuid4

import pytest

from booking.domain.devices import make_device
from booking.domain.kiosk_closing import close_kiosk
from booking.models import Visit, VisitEvent
from tests.conftest import TUESDAY
from tests.factories import OfferingFactory, OfficeFactory, make_hours

from .test_appointments import refusal

TODAY_AT_TEN = "2026-11-24T10:00"


@pytest.fixture
def arrive(api, office, kiosk_token):
    def attempt(body, **options):
        options.setdefault("token", kiosk_token)
        return api.post(f"/offices/{office.pk}/visits", body, **options)

    return attempt


@pytest.fixture
def act(api, clerk_token):
    def action(visit, name, body=None):
        return api.post(f"/visits/{visit['id']}/{name}", body, token=clerk_token)

    return action


@pytest.fixture
def called(api, draw, open_counter, clerk_token):
    """A visit that has been called to the counter."""
    draw()
    return api.post(f"/counters/{open_counter.pk}/next", token=clerk_token).json()["visit"]


class TestWalkIn:
    def test_a_kiosk_draws_a_ticket(self, arrive, offering):
        response = arrive({"offerings": [{"id": str(offering.pk), "quantity": 2}]})

        visit = Visit.objects.get()
        assert response.status_code == 201
        assert response.json() == {
            "id": str(visit.pk),
            "number": "A001",
            "people_ahead": 0,
            "state": "waiting",
        }
        assert VisitEvent.objects.get().device is not None

    def test_staff_draw_one_for_somebody(self, arrive, offering, clerk, clerk_token):
        response = arrive({"offerings": [{"id": str(offering.pk)}]}, token=clerk_token)

        assert response.status_code == 201
        assert VisitEvent.objects.get().staff == clerk

    def test_the_second_has_one_person_ahead(self, draw, set_time):
        draw()
        set_time(TUESDAY + timedelta(minutes=1))

        assert draw()["people_ahead"] == 1

    def test_outside_hours_no_ticket_is_drawn(self, arrive, offering, set_time):
        set_time(TUESDAY + timedelta(hours=10))

        response = arrive({"offerings": [{"id": str(offering.pk)}]})

        assert refusal(response) == (409, "office_closed")

    def test_a_full_day_draws_no_ticket(self, arrive, office, offering):
        office.daily_tickets = 0
        office.save()

        assert refusal(arrive({"offerings": [{"id": str(offering.pk)}]})) == (409, "day_full")

    def test_a_kiosk_that_the_front_desk_has_closed_draws_no_ticket(self, arrive, office, offering):
        close_kiosk(office)

        assert refusal(arrive({"offerings": [{"id": str(offering.pk)}]})) == (409, "tickets_ended")

    def test_what_cannot_be_chosen_says_why(self, arrive, office):
        by_appointment = OfferingFactory(office=office, walk_in=False)

        assert refusal(arrive({"offerings": []})) == (422, "nothing_chosen")
        assert refusal(arrive({"offerings": [{"id": "x"}]})) == (422, "unknown_offering")
        chosen = {"offerings": [{"id": str(by_appointment.pk)}]}
        assert refusal(arrive(chosen)) == (422, "not_walk_in")


class TestPriority:
    """Whoever comes with an appointment and whoever comes without."""

    @pytest.fixture(params=["code", "offerings"])
    def body(self, request, offering):
        def make(priority):
            if request.param == "offerings":
                return {"offerings": [{"id": str(offering.pk)}], "priority": priority}
            booked = request.getfixturevalue("book")(TODAY_AT_TEN)
            return {"code": booked["code"], "priority": priority}

        return make

    @pytest.mark.parametrize("priority", ["urgent", "assisted", "normal"])
    def test_staff_may_give_any(self, arrive, body, clerk_token, priority):
        assert arrive(body(priority), token=clerk_token).status_code == 201
        assert Visit.objects.get().priority == priority
        assert VisitEvent.objects.get().priority == priority

    def test_a_kiosk_may_say_that_assistance_is_needed_where_its_office_asks(
        self, arrive, body, office
    ):
        asked = body("assisted")
        assert refusal(arrive(asked)) == (403, "priority_not_permitted")
        office.kiosk_asks_assistance = True
        office.save()
        assert refusal(arrive(asked | {"priority": "urgent"})) == (403, "priority_not_permitted")
        assert arrive(asked).status_code == 201
        assert Visit.objects.get().priority == "assisted"

    @pytest.mark.parametrize("priority", ["", "highest", None, 1, ["urgent"]])
    def test_what_is_no_class_is_refused(self, arrive, body, clerk_token, priority):
        response = arrive(body(priority), token=clerk_token)
        assert refusal(response) == (422, "invalid_request")
        assert not Visit.objects.exists()


class TestCheckIn:
    def test_the_code_checks_in(self, arrive, book):
        booked = book(TODAY_AT_TEN)

        response = arrive({"code": f"{booked['code'][:4]} {booked['code'][4:]}"})

        assert response.status_code == 201
        assert (response.json()["number"], response.json()["state"]) == ("A001", "waiting")
        assert str(Visit.objects.get().appointment_id) == booked["id"]

    def test_an_unknown_code_is_not_found(self, arrive):
        assert refusal(arrive({"code": "12345678"})) == (404, "code_unknown")
        assert refusal(arrive({"code": "\0"})) == (404, "code_unknown")

    def test_checking_in_twice_is_a_conflict(self, arrive, book):
        booked = book(TODAY_AT_TEN)
        arrive({"code": booked["code"]})

        assert refusal(arrive({"code": booked["code"]})) == (409, "already_checked_in")

    def test_another_day_says_which(self, arrive, book):
        response = arrive({"code": book()["code"]})

        assert refusal(response) == (409, "wrong_day")
        assert response.json()["start"] == "2026-12-01T08:00:00+01:00"

    def test_too_early_says_when_check_in_opens(self, arrive, book):
        response = arrive({"code": book("2026-11-24T11:30")["code"]})

        assert refusal(response) == (409, "too_early")
        assert response.json()["opens"] == "2026-11-24T10:30:00+01:00"

    def test_too_late_says_when_it_was(self, arrive, book, set_time):
        booked = book(TODAY_AT_TEN)
        set_time(TUESDAY + timedelta(hours=2))

        response = arrive({"code": booked["code"]})

        assert refusal(response) == (409, "too_late")
        assert response.json()["start"] == "2026-11-24T10:00:00+01:00"

    def test_a_cancelled_appointment_says_so(self, api, arrive, book):
        booked = book(TODAY_AT_TEN)
        api.delete(f"/appointments/{booked['id']}", secret=booked["secret"])

        assert refusal(arrive({"code": booked["code"]})) == (409, "appointment_cancelled")

    def test_the_wrong_office_names_the_right_one(self, api, office, book):
        other = OfficeFactory(authority=office.authority)
        token = make_device(kind="kiosk", office=other)[1]
        body = {"code": book(TODAY_AT_TEN)["code"]}

        response = api.post(f"/offices/{other.pk}/visits", body, token=token)

        assert refusal(response) == (409, "wrong_office")
        assert office.address in response.json()["detail"]

    def test_a_code_of_another_town_is_unknown(self, api, book):
        elsewhere = OfficeFactory()
        token = make_device(kind="kiosk", office=elsewhere)[1]
        body = {"code": book(TODAY_AT_TEN)["code"]}

        response = api.post(f"/offices/{elsewhere.pk}/visits", body, token=token)

        assert refusal(response) == (404, "code_unknown")

    def test_guessing_ends_also_with_the_right_code(self, api, arrive, book, office):
        booked = book(TODAY_AT_TEN)
        for guess in range(20):
            assert refusal(arrive({"code": f"1234567{guess % 10}"})) == (404, "code_unknown")

        response = arrive({"code": booked["code"]})

        assert refusal(response) == (429, "too_many_attempts")
        assert response["Retry-After"] == "60"
        other_kiosk = make_device(kind="kiosk", office=office)[1]
        assert arrive({"code": booked["code"]}, token=other_kiosk).status_code == 201


class TestBody:
    @pytest.mark.parametrize("body", [{}, {"code": "1", "offerings": []}, [], "x", None])
    def test_it_is_either_a_code_or_offerings(self, arrive, body):
        assert refusal(arrive(body)) == (422, "invalid_request")


class TestIdempotency:
    def test_the_same_key_draws_one_ticket(self, draw):
        assert draw(key="tap") == draw(key="tap")
        assert Visit.objects.count() == 1

    def test_the_same_key_checks_in_once(self, arrive, book):
        booked = book(TODAY_AT_TEN)

        first = arrive({"code": booked["code"]}, key="tap")
        second = arrive({"code": booked["code"]}, key="tap")

        assert (first.status_code, second.status_code) == (201, 201)
        assert first.json() == second.json()

    def test_the_same_key_for_something_else_is_a_conflict(self, arrive, draw, book, office):
        first, second = book(TODAY_AT_TEN), book("2026-11-24T10:10")
        other = OfferingFactory(office=office)
        draw(key="ticket")
        arrive({"code": first["code"]}, key="code")

        for body, key in [
            ({"offerings": [{"id": str(other.pk)}]}, "ticket"),
            ({"code": second["code"]}, "ticket"),
            ({"code": second["code"]}, "code"),
        ]:
            assert refusal(arrive(body, key=key)) == (409, "idempotency_key_reused")

    def test_two_kiosks_do_not_share_keys(self, draw, arrive, office, offering):
        other_kiosk = make_device(kind="kiosk", office=office)[1]
        body = {"offerings": [{"id": str(offering.pk)}]}

        first = draw(key="1")
        second = arrive(body, token=other_kiosk, key="1").json()

        assert first["number"] != second["number"]


class TestActions:
    def test_an_action_answers_the_whole_visit(self, act, called, counter, offering):
        response = act(called, "begin")

        assert response.status_code == 200
        assert response.json() == {
            "id": called["id"],
            "number": "A001",
            "state": "serving",
            "counter": counter.label,
            "offerings": [{"id": str(offering.pk), "quantity": 1, "name": offering.service.name}],
            "arrived_at": "2026-11-24T09:30:00+01:00",
            "due_at": "2026-11-24T10:00:00+01:00",
            "appointment": None,
        }

    @pytest.mark.parametrize(
        ("names", "state"),
        [
            (["recall"], "called"),
            (["begin"], "serving"),
            (["begin", "finish"], "done"),
            (["missed"], "missed"),
            (["park"], "parked"),
            (["begin", "park", "unpark"], "waiting"),
        ],
    )
    def test_every_action_leads_to_its_state(self, act, called, names, state):
        responses = [act(called, name) for name in names]

        assert [response.status_code for response in responses] == [200] * len(names)
        assert responses[-1].json()["state"] == state

    @pytest.mark.parametrize("name", ["recall", "begin", "finish", "missed", "unpark"])
    def test_an_action_in_the_wrong_state_is_a_conflict(self, act, draw, name):
        response = act(draw(), name)

        assert refusal(response) == (409, "wrong_state")
        assert response.json()["state"] == "waiting"

    def test_who_has_an_appointment_keeps_its_time_but_no_name_is_told(self, act, arrive, book):
        booked = book(TODAY_AT_TEN)
        visit = arrive({"code": booked["code"]}).json()

        response = act(visit, "park")

        assert response.json()["appointment"] == {
            "id": booked["id"],
            "start": "2026-11-24T10:00:00+01:00",
        }
        assert "Muster" not in response.content.decode()

    def test_an_unknown_action_or_visit_is_not_found(self, act, draw):
        assert refusal(act(draw(), "leave")) == (404, "not_found")
        assert refusal(act({"id": uuid4()}, "begin")) == (404, "not_found")
        assert refusal(act({"id": "1"}, "begin")) == (404, "not_found")


class TestTransfer:
    def test_to_other_services_of_the_same_office(self, act, called, office):
        other = OfferingFactory(office=office)

        response = act(called, "transfer", {"offerings": [{"id": str(other.pk), "quantity": 2}]})

        answer = response.json()
        assert (response.status_code, answer["state"], answer["counter"]) == (200, "waiting", None)
        assert answer["due_at"] == called["due_at"]
        assert answer["offerings"] == [
            {"id": str(other.pk), "quantity": 2, "name": other.service.name}
        ]

    def test_to_one_offering_by_its_id_alone(self, act, called, office):
        other = OfferingFactory(office=office)

        answer = act(called, "transfer", {"offering": str(other.pk)}).json()

        assert [item["id"] for item in answer["offerings"]] == [str(other.pk)]

    def test_to_another_office_of_the_town(self, act, called, office, offering):
        other = OfficeFactory(authority=office.authority)
        same_service = OfferingFactory(office=other, service=offering.service)

        response = act(called, "transfer", {"office": str(other.pk)})

        assert response.status_code == 200
        assert [item["id"] for item in response.json()["offerings"]] == [str(same_service.pk)]
        assert Visit.objects.get().office == other

    def test_not_where_the_service_is_not_offered(self, act, called, office):
        other = OfficeFactory(authority=office.authority)

        response = act(called, "transfer", {"office": str(other.pk)})

        assert refusal(response) == (422, "unknown_offering")

    @pytest.mark.parametrize("body", [None, {}, {"offerings": []}])
    def test_it_needs_a_target(self, act, called, body):
        assert refusal(act(called, "transfer", body)) == (422, "invalid_request")

    def test_another_town_does_not_exist_here(self, act, called):
        elsewhere = OfficeFactory()
        make_hours(elsewhere)

        for office in (elsewhere.pk, uuid4(), "1"):
            response = act(called, "transfer", {"office": str(office)})
            assert refusal(response) == (404, "not_found")

    def test_whoever_is_done_goes_nowhere(self, act, called, offering):
        act(called, "missed")

        response = act(called, "transfer", {"offering": str(offering.pk)})

        assert refusal(response) == (409, "wrong_state")
