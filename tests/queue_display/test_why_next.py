"""The sentence that says why somebody is next."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from booking.domain import visits
from booking.domain.actor import CITIZEN, Actor
from booking.domain.arrivals import check_in, draw_ticket
from booking.domain.items import Item
from booking.models import Visit
from queue_display.desk_state import desk_state
from tests.conftest import BERLIN, TUESDAY
from tests.factories import OfferingFactory
from tests.queue_display.desk_people import booked


@pytest.fixture
def go_to(set_time):
    return lambda minutes: set_time(TUESDAY + timedelta(minutes=minutes))


@pytest.fixture
def why(office, clerk):
    def ask():
        with timezone.override(BERLIN):
            return desk_state(office, clerk).why

    return ask


@pytest.mark.parametrize(
    ("arrives", "sentence"),
    [
        (20, "Termin 10:00 Uhr, rechtzeitig angemeldet"),
        (40, "Termin 10:00 Uhr, rechtzeitig angemeldet"),
        (45, "Termin 10:00 Uhr, verspätet angemeldet um 10:15 Uhr"),
    ],
)
def test_an_appointment_is_named_with_its_time(
    office, offering, staffed_counter, why, go_to, arrives, sentence
):
    appointment = booked(offering, TUESDAY + timedelta(minutes=30))
    go_to(arrives)
    check_in(office=office, code=appointment.code, actor=CITIZEN)
    assert why().replace("\xa0", " ") == sentence


def test_who_waits_longest_is_told_from_who_is_merely_due(
    office, offering, arrive, staffed_counter, why, go_to
):
    appointment = booked(offering, TUESDAY + timedelta(minutes=59))
    check_in(office=office, code=appointment.code, actor=CITIZEN)
    go_to(10)
    arrive()
    go_to(34)
    assert why() == "Ohne Termin, wartet seit 24 min"
    Visit.objects.filter(appointment=appointment).update(arrived_at=TUESDAY + timedelta(minutes=11))
    assert why() == "Wartet seit 24 min, am längsten von allen"


def test_a_service_with_its_own_target_wait_is_the_reason(
    office, offering, arrive, staffed_counter, why, go_to
):
    arrive()
    go_to(2)
    collecting = OfferingFactory(office=office, letter="C", target_wait_minutes=5)
    draw_ticket(office=office, items=[Item(collecting, 1)], actor=CITIZEN)
    go_to(5)
    assert why() == "Wartet seit 3 min, Sollwartezeit der Dienstleistung 5 min"


@pytest.mark.parametrize(
    ("priority", "sentence"),
    [
        (Visit.Priority.URGENT, "Dringend, wartet seit 3 min"),
        (Visit.Priority.ASSISTED, "Eingeschränkte Mobilität oder Kleinkind, wartet seit 3 min"),
    ],
)
def test_a_priority_is_the_reason_where_it_decides(
    arrive, staffed_counter, why, go_to, clerk, priority, sentence
):
    visit = arrive()
    go_to(3)
    visits.set_priority(visit.pk, priority=priority, actor=Actor(staff=clerk))
    assert why() == sentence


def test_whoever_was_put_back_is_said_to_have_been(arrive, staffed_counter, why, go_to, clerk):
    visit = arrive()
    go_to(40)
    visits.call_next(staffed_counter.pk, staff=clerk)
    visits.put_back(visit.pk, actor=Actor(staff=clerk))
    assert why() == "War aufgerufen und wurde zurückgestellt, wartet seit 40 min"


def test_whoever_is_before_but_cannot_be_served_here_is_counted(
    office, arrive, staffed_counter, why, go_to
):
    arrive()
    go_to(1)
    passports = OfferingFactory(office=office, letter="P")
    staffed_counter.offerings.add(passports)
    draw_ticket(office=office, items=[Item(passports, 1)], actor=CITIZEN)
    assert why().endswith("; 1 Person davor kann hier nicht bedient werden")


def test_nobody_waiting_needs_no_reason(staffed_counter, why):
    assert why() == ""


# Giving a priority at the desk -----------------------------------------------------


@pytest.fixture
def at_desk(client, clerk):
    client.force_login(clerk)
    return client


def test_the_desk_gives_a_priority_and_shows_it(at_desk, office, staffed_counter, arrive):
    visit = arrive()
    address = reverse("desk_priority", args=[visit.pk])
    assert 'value="urgent"' in at_desk.get(address).content.decode()
    at_desk.post(address, {"priority": "urgent"})
    assert Visit.objects.get().priority == Visit.Priority.URGENT
    page = at_desk.get(reverse("desk_office", args=[office.pk])).content.decode()
    assert "tag--priority" in page
    assert "Dringend, wartet seit 0 min" in page


@pytest.mark.parametrize("priority", ["", "highest"])
def test_a_priority_that_does_not_exist_changes_nothing(at_desk, arrive, priority):
    visit = arrive()
    answer = at_desk.post(
        reverse("desk_priority", args=[visit.pk]), {"priority": priority}, follow=True
    )
    assert "Bitte wählen Sie einen Vorrang." in answer.content.decode()
    assert Visit.objects.get().priority == Visit.Priority.NORMAL
