"""Arriving: what makes a visit, what does not, and when it is due."""

from datetime import timedelta

import pytest

from booking.domain import arrivals, errors
from booking.domain.actor import CITIZEN
from booking.domain.cancelling import cancel_appointment
from booking.domain.confirming import confirm_appointment
from booking.domain.holding import hold_appointment
from booking.domain.items import Item
from booking.domain.waiting import people_ahead
from booking.models import Queue, Visit, VisitEvent
from tests import factories
from tests.conftest import TUESDAY

TEN = TUESDAY + timedelta(minutes=30)


@pytest.fixture
def appointment(office, offering):
    """Booked for two persons today at 10:00."""
    held = hold_appointment(office=office, items=[Item(offering, 2)], start=TEN)
    return confirm_appointment(held.pk, name="Erika Beispiel", email="erika@example.org")


def check_in(appointment, office=None, **changes):
    values = {"office": office or appointment.office, "code": appointment.code, "actor": CITIZEN}
    return arrivals.check_in(**values | changes)


def draw(offering, quantity=1, **changes):
    values = {"office": offering.office, "items": [Item(offering, quantity)], "actor": CITIZEN}
    return arrivals.draw_ticket(**values | changes)


def test_check_in_makes_a_visit_with_what_was_booked(appointment, offering):
    visit = check_in(appointment)
    assert (visit.number, visit.state, visit.day) == ("A001", "waiting", TUESDAY.date())
    assert [(row.offering, row.quantity) for row in visit.items.all()] == [(offering, 2)]
    assert [event.kind for event in visit.events.all()] == [VisitEvent.Kind.CHECKED_IN]


@pytest.mark.parametrize(
    ("minutes_late", "due_after_start"),
    [(-30, 0), (0, 0), (10, 0), (11, 26), (60, 75)],
)
def test_who_is_on_time_is_due_at_the_start_and_who_is_late_a_while_after(
    appointment, set_time, minutes_late, due_after_start
):
    set_time(TEN + timedelta(minutes=minutes_late))
    assert check_in(appointment).due_at == TEN + timedelta(minutes=due_after_start)


@pytest.mark.parametrize(
    ("minutes", "refusal"),
    [(-61, errors.TooEarly), (61, errors.TooLate), (-24 * 60, errors.WrongDay)],
)
def test_check_in_has_its_time(appointment, set_time, minutes, refusal):
    set_time(TEN + timedelta(minutes=minutes))
    with pytest.raises(refusal):
        check_in(appointment)
    assert Visit.objects.count() == 0


def test_check_in_opens_and_closes_to_the_minute(office, offering, set_time):
    for minutes in (-60, 60):
        held = hold_appointment(office=office, items=[Item(offering, 1)], start=TEN)
        booked = confirm_appointment(held.pk, name="E", email="e@example.org")
        set_time(TEN + timedelta(minutes=minutes))
        assert check_in(booked).appointment == booked
        set_time(TUESDAY)


def test_a_cancelled_appointment_cannot_check_in(appointment):
    cancel_appointment(appointment.pk)
    with pytest.raises(errors.AppointmentCancelled):
        check_in(appointment)


def test_a_hold_is_not_yet_known(office, offering):
    held = hold_appointment(office=office, items=[Item(offering, 1)], start=TEN)
    with pytest.raises(errors.CodeUnknown):
        check_in(held)


def test_the_other_office_of_the_town_is_named(appointment):
    elsewhere = factories.OfficeFactory(authority=appointment.office.authority)
    with pytest.raises(errors.WrongOffice) as refused:
        check_in(appointment, office=elsewhere)
    assert refused.value.office == appointment.office


def test_a_code_of_another_town_is_unknown(appointment):
    with pytest.raises(errors.CodeUnknown):
        check_in(appointment, office=factories.OfficeFactory())


@pytest.mark.parametrize(
    "shape",
    ["{id}", "{ID}", "https://town.example/en/ticket/{id}/", "{hex}", "https:ß-ticket-{ß}-"],
)
def test_the_id_is_found_in_what_a_scanner_sends(appointment, shape):
    identity = str(appointment.pk)
    scanned = shape.format(
        id=identity,
        ID=identity.upper(),
        hex=appointment.pk.hex,
        ß=identity.replace("-", "ß"),
    )
    assert check_in(appointment, code=scanned).appointment == appointment


@pytest.mark.parametrize("code", ["", " ", "f" * 64, "f" * 40, "\x00" * 8, "12 34", "x" * 10_000])
def test_anything_else_is_unknown(appointment, code):
    with pytest.raises(errors.CodeUnknown):
        check_in(appointment, code=code)


def test_a_second_check_in_is_refused_and_the_visit_can_be_found(appointment):
    visit = check_in(appointment)
    with pytest.raises(errors.AlreadyCheckedIn):
        check_in(appointment)
    assert arrivals.find_visit(appointment.office, appointment.code) == visit
    assert Visit.objects.count() == 1


def test_before_check_in_a_code_has_no_visit(appointment):
    assert arrivals.find_visit(appointment.office, appointment.code) is None


def test_the_same_key_answers_the_same_visit(appointment):
    assert check_in(appointment, idempotency_key="k") == check_in(appointment, idempotency_key="k")


def test_a_key_never_answers_somebody_elses_visit(appointment, offering):
    ticket = draw(offering, idempotency_key="k")
    with pytest.raises(errors.KeyReused):
        check_in(appointment, idempotency_key="k")
    with pytest.raises(errors.KeyReused):
        draw(offering, quantity=2, idempotency_key="k")
    assert list(Visit.objects.all()) == [ticket]


def test_a_ticket_is_due_after_the_target_wait(offering):
    visit = draw(offering)
    assert visit.due_at == TUESDAY + timedelta(minutes=30)
    assert [event.kind for event in visit.events.all()] == [VisitEvent.Kind.DRAWN]


def test_an_appointment_on_time_comes_before_who_arrives_later(appointment, offering, set_time):
    set_time(TUESDAY - timedelta(minutes=1))
    first = draw(offering)
    set_time(TUESDAY + timedelta(minutes=1))
    second = draw(offering)
    set_time(TUESDAY + timedelta(minutes=2))
    checked_in = check_in(appointment)
    assert [people_ahead(visit) for visit in (first, checked_in, second)] == [0, 1, 2]


def test_each_letter_counts_for_itself(office, offering):
    other = factories.OfferingFactory(office=office, letter="B")
    numbers = [draw(each).number for each in (offering, other, offering)]
    assert numbers == ["A001", "B001", "A002"]


def test_numbers_begin_anew_each_day(offering, set_time):
    draw(offering)
    set_time(TUESDAY + timedelta(days=7))
    assert draw(offering).number == "A001"


def test_a_service_that_needs_an_appointment_gives_no_ticket(office):
    with pytest.raises(errors.NotWalkIn):
        draw(factories.OfferingFactory(office=office, walk_in=False))


@pytest.mark.parametrize(
    ("hour", "minute", "drawn"),
    [(7, 59, False), (8, 0, True), (11, 30, True), (11, 31, False), (12, 0, False)],
)
def test_tickets_are_drawn_until_half_an_hour_before_closing(
    offering, set_time, hour, minute, drawn
):
    set_time(TUESDAY.replace(hour=hour, minute=minute))
    if drawn:
        assert draw(offering).number == "A001"
    else:
        with pytest.raises(errors.OfficeClosed):
            draw(offering)


def test_appointments_do_not_count_against_the_tickets_of_the_day(appointment, office, offering):
    office.daily_tickets = 1
    office.save()
    check_in(appointment)
    draw(offering)
    with pytest.raises(errors.DayFull):
        draw(offering)


def test_who_draws_twice_on_a_full_day_keeps_the_ticket(office, offering):
    office.daily_tickets = 1
    office.save()
    first = draw(offering, idempotency_key="k")
    assert draw(offering, idempotency_key="k") == first


def test_every_arrival_raises_the_queues_version_once(office, offering, appointment):
    before = Queue.objects.get(pk=office.pk).version
    draw(offering)
    check_in(appointment)
    assert Queue.objects.get(pk=office.pk).version == before + 2
