"""Priority and the place after a call in vain: what the rules of ``call_order`` do to visits."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from booking.domain import visits
from booking.domain.actor import CITIZEN, Actor
from booking.domain.arrivals import check_in, draw_ticket
from booking.domain.confirming import confirm_appointment
from booking.domain.counters import open_counter
from booking.domain.devices import make_device
from booking.domain.errors import PriorityNotPermitted, WrongState
from booking.domain.holding import hold_appointment
from booking.domain.items import Item
from booking.domain.waiting import waiting_visits
from booking.models import Device, Queue, Visit, VisitEvent
from tests.conftest import TUESDAY
from tests.factories import OfficeFactory
from tests.queue_display.desk_people import booked

Priority = Visit.Priority


def minutes(count):
    return TUESDAY + timedelta(minutes=count)


@pytest.fixture
def draw(office, offering, set_time):
    def one(at=0, **changes):
        set_time(minutes(at))
        values = {"office": office, "items": [Item(offering, 1)], "actor": CITIZEN}
        return draw_ticket(**values | changes)

    return one


@pytest.fixture
def staff(clerk):
    return Actor(staff=clerk)


@pytest.fixture
def kiosk(office):
    return Actor(device=make_device(kind=Device.Kind.KIOSK, office=office)[0])


def waiting(office):
    return [(one.number, one.due_rule) for one in waiting_visits(office)]


def test_whoever_checks_in_may_say_so_only_where_draws_may(office, offering, kiosk, staff):
    code = booked(offering, minutes(45)).code
    with pytest.raises(PriorityNotPermitted):
        check_in(office=office, code=code, actor=kiosk, priority=Priority.ASSISTED)
    office.kiosk_asks_assistance = True
    with pytest.raises(PriorityNotPermitted):
        check_in(office=office, code=code, actor=kiosk, priority=Priority.URGENT)
    assert not Visit.objects.exists()
    visit = check_in(office=office, code=code, actor=kiosk, priority=Priority.ASSISTED)
    assert (visit.due_at, visit.due_rule) == (minutes(10), Visit.DueRule.ASSISTED)
    assert visit.events.get().priority == Priority.ASSISTED


def test_an_urgent_person_is_next_and_a_small_child_waits_less(draw, office, staff):
    draw(0), draw(1), draw(2), draw(22)
    assert [number for number, _rule in waiting(office)] == ["A001", "A002", "A003", "A004"]
    everybody = {one.number: one.pk for one in Visit.objects.all()}
    visits.set_priority(everybody["A004"], priority=Priority.URGENT, actor=staff)
    visits.set_priority(everybody["A003"], priority=Priority.ASSISTED, actor=staff)
    assert waiting(office) == [
        ("A003", "assisted"), ("A004", "urgent"), ("A001", "target"), ("A002", "target")
    ]  # fmt: skip


def test_a_priority_is_logged_with_who_gave_it_and_changes_the_queue_once(draw, clerk, staff):
    visit = draw()
    version = Queue.objects.get().version
    for _press in range(2):
        visits.set_priority(visit.pk, priority=Priority.ASSISTED, actor=staff)
    event = visit.events.exclude(kind=VisitEvent.Kind.DRAWN).get()
    assert (event.kind, event.priority, event.staff) == ("prioritised", "assisted", clerk)
    assert Queue.objects.get().version == version + 1


def test_a_priority_taken_back_gives_the_old_place(draw, staff):
    visit = draw()
    visits.set_priority(visit.pk, priority=Priority.URGENT, actor=staff)
    back = visits.set_priority(visit.pk, priority=Priority.NORMAL, actor=staff)
    assert (back.due_at, back.due_rule) == (minutes(30), Visit.DueRule.TARGET)


def test_an_early_appointment_is_due_sooner_with_priority(
    office, offering, booked_at_ten, set_time, staff
):
    set_time(minutes(5))
    visit = check_in(office=office, code=booked_at_ten.code, actor=CITIZEN)
    assert (visit.due_at, visit.due_rule) == (minutes(30), Visit.DueRule.ON_TIME)
    urgent = visits.set_priority(visit.pk, priority=Priority.URGENT, actor=staff)
    assert (urgent.due_at, urgent.due_rule) == (minutes(5), Visit.DueRule.URGENT)


@pytest.fixture
def booked_at_ten(office, offering):
    held = hold_appointment(office=office, items=[Item(offering, 1)], start=minutes(30))
    return confirm_appointment(held.pk, name="Erika Beispiel", email="erika@example.org")


def test_only_who_waits_is_given_a_priority(draw, counter, clerk, staff):
    visit = draw()
    open_counter(counter.pk, staff=clerk)
    visits.call_next(counter.pk, staff=clerk)
    with pytest.raises(WrongState):
        visits.set_priority(visit.pk, priority=Priority.URGENT, actor=staff)
    assert Visit.objects.get(pk=visit.pk).priority == Priority.NORMAL


def test_the_staff_give_a_ticket_with_any_priority(draw, staff):
    ticket = draw(actor=staff, priority=Priority.URGENT)
    assert (ticket.priority, ticket.due_at, ticket.due_rule) == ("urgent", TUESDAY, "urgent")
    assert ticket.events.get().priority == Priority.URGENT


@pytest.mark.parametrize(
    ("asks", "priority", "allowed"),
    [
        (True, Priority.ASSISTED, True),
        (False, Priority.ASSISTED, False),
        (True, Priority.URGENT, False),
    ],
)
def test_a_kiosk_gives_only_the_priority_it_may_ask_for(
    draw, office, kiosk, asks, priority, allowed
):
    office.kiosk_asks_assistance = asks
    office.save()
    if allowed:
        assert draw(actor=kiosk, priority=priority).due_at == minutes(10)
    else:
        with pytest.raises(PriorityNotPermitted):
            draw(actor=kiosk, priority=priority)
        assert not Visit.objects.exists()


# The place after a call ------------------------------------------------------------


def test_whoever_did_not_come_is_not_the_very_next_call(draw, counter, clerk, staff, set_time):
    first, second = draw(0), draw(1)
    open_counter(counter.pk, staff=clerk)
    set_time(minutes(40))
    assert visits.call_next(counter.pk, staff=clerk) == first
    back = visits.put_back(first.pk, actor=staff)
    assert (back.due_at, back.due_rule) == (minutes(45), Visit.DueRule.RETURNED)
    assert visits.call_next(counter.pk, staff=clerk) == second


def test_whoever_was_called_ahead_of_time_and_put_back_keeps_the_place(draw, counter, clerk, staff):
    visit = draw()
    open_counter(counter.pk, staff=clerk)
    visits.call_next(counter.pk, staff=clerk)
    back = visits.put_back(visit.pk, actor=staff)
    assert (back.due_at, back.due_rule) == (visit.due_at, Visit.DueRule.TARGET)


@pytest.mark.parametrize("away", ["park", "transfer"])
def test_parked_or_sent_on_the_place_is_the_old_one(draw, counter, clerk, staff, set_time, away):
    first, _second = draw(0), draw(1)
    open_counter(counter.pk, staff=clerk)
    set_time(minutes(40))
    visits.call_next(counter.pk, staff=clerk)
    visits.begin(first.pk, actor=staff)
    getattr(visits, away)(first.pk, actor=staff)
    if away == "park":
        visits.unpark(first.pk, actor=staff)
    assert visits.call_next(counter.pk, staff=clerk) == first


# What the database says no to ------------------------------------------------------


@pytest.mark.parametrize("rule", ["on_time", "urgent", "assisted"])
def test_a_visit_without_appointment_and_priority_cannot_be_due_for_one(draw, rule):
    visit = draw()
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.filter(pk=visit.pk).update(due_rule=rule)


@pytest.mark.parametrize(
    "waits",
    [
        {"urgent_wait_minutes": 11, "assisted_wait_minutes": 10},
        {"assisted_wait_minutes": 31, "target_wait_minutes": 30},
    ],
)
def test_no_class_of_priority_waits_longer_than_a_lower_one(db, waits):
    office = OfficeFactory()
    for field, value in waits.items():
        setattr(office, field, value)
    with pytest.raises(ValidationError, match="Die Dringenden"):
        office.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        office.save()
