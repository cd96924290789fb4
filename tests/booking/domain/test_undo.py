"""Taking back the last action: for ten seconds, and only while nobody has gone on from there."""

from datetime import timedelta

import pytest

from booking import clock
from booking.domain import visits
from booking.domain.actor import CITIZEN, Actor
from booking.domain.arrivals import draw_ticket
from booking.domain.counters import close_counter, open_counter
from booking.domain.errors import CounterBusy, CounterClosed, CounterTaken, NothingToUndo
from booking.domain.event_log import standing
from booking.domain.items import Item
from booking.domain.undo import last_action, undo
from booking.models import LastAction, Queue, Visit, VisitItem
from tests.factories import CounterFactory, OfferingFactory, OfficeFactory, make_staff

State = Visit.State


@pytest.fixture
def wait(set_time):
    def seconds(count):
        set_time(clock.now() + timedelta(seconds=count))

    return seconds


@pytest.fixture
def draw(offering, wait):
    def one():
        wait(1)
        return draw_ticket(office=offering.office, items=[Item(offering, 1)], actor=CITIZEN)

    return one


@pytest.fixture
def mine(counter, clerk):
    return open_counter(counter.pk, staff=clerk)


@pytest.fixture
def staff(clerk):
    return Actor(staff=clerk)


def look(visit):
    fresh = Visit.objects.get(pk=visit.pk)
    return fresh.state, fresh.counter, fresh.due_at, fresh.due_rule


def test_finish_and_call_are_one_action_and_undone_together(draw, mine, clerk, staff):
    first, second = draw(), draw()
    visits.call_next(mine.pk, staff=clerk)
    visits.begin(first.pk, actor=staff)
    before = look(first), look(second)
    visits.finish_and_call_next(mine.pk, staff=clerk)
    version = Queue.objects.get().version
    undo(staff=clerk)
    assert (look(first), look(second)) == before
    assert before[0][0] == State.SERVING
    assert Queue.objects.get().version == version + 1


@pytest.mark.parametrize("action", ["begin", "missed", "put_back", "park", "leave"])
def test_every_action_with_a_called_person_can_be_undone(draw, mine, clerk, staff, action, wait):
    visit = draw()
    wait(40 * 60)
    visits.call_next(mine.pk, staff=clerk)
    before = look(visit)
    getattr(visits, action)(visit.pk, actor=staff)
    undo(staff=clerk)
    assert look(visit) == before


def test_a_priority_and_a_call_are_undone_with_the_old_place(draw, mine, clerk, staff):
    visit = draw()
    before = look(visit)
    visits.set_priority(visit.pk, priority=Visit.Priority.URGENT, actor=staff)
    undo(staff=clerk)
    assert look(visit) == before
    visits.call_visit(visit.pk, mine.pk, staff=clerk)
    undo(staff=clerk)
    assert look(visit) == before


def test_a_transfer_comes_back_with_number_and_services(draw, office, mine, clerk, staff):
    visit = draw()
    kita = OfficeFactory(authority=office.authority)
    other = OfferingFactory(office=kita)
    visits.transfer(visit.pk, actor=staff, office=kita, items=[Item(other, 3)])
    undo(staff=clerk)
    back = Visit.objects.get(pk=visit.pk)
    assert (back.office, back.number) == (office, visit.number)
    assert [item.offering.office for item in VisitItem.objects.all()] == [office]


def test_ten_seconds_and_no_longer(draw, mine, clerk, wait):
    visit = draw()
    visits.call_next(mine.pk, staff=clerk)
    wait(9.9)
    assert last_action(clerk) is not None
    wait(0.1)
    assert last_action(clerk) is None
    with pytest.raises(NothingToUndo):
        undo(staff=clerk)
    assert look(visit)[0] == State.CALLED


def test_the_same_action_is_undone_once(draw, mine, clerk):
    draw()
    visits.call_next(mine.pk, staff=clerk)
    undo(staff=clerk)
    with pytest.raises(NothingToUndo):
        undo(staff=clerk)


def test_what_somebody_else_has_gone_on_from_stays(draw, office, mine, clerk, staff):
    visit = draw()
    colleague = make_staff(office)
    visits.call_next(mine.pk, staff=clerk)
    visits.put_back(visit.pk, actor=staff)
    theirs = open_counter(CounterFactory(office=office).pk, staff=colleague)
    visits.call_next(theirs.pk, staff=colleague)
    with pytest.raises(NothingToUndo):
        undo(staff=clerk)
    assert look(visit)[:2] == (State.CALLED, theirs)
    undo(staff=colleague)
    assert look(visit)[0] == State.WAITING


def test_nobody_comes_back_to_a_counter_that_is_closed_or_taken(draw, office, mine, clerk, staff):
    visit = draw()
    visits.call_next(mine.pk, staff=clerk)
    visits.park(visit.pk, actor=staff)
    close_counter(mine.pk, staff=clerk)
    with pytest.raises(CounterClosed):
        undo(staff=clerk)
    open_counter(mine.pk, staff=make_staff(office))
    with pytest.raises(CounterTaken):
        undo(staff=clerk)
    assert look(visit)[0] == State.PARKED


def test_nobody_comes_back_to_a_counter_where_somebody_else_is(draw, mine, clerk, staff):
    first, second = draw(), draw()
    visits.call_next(mine.pk, staff=clerk)
    visits.park(first.pk, actor=staff)
    old = LastAction.objects.get(staff=clerk)
    visits.call_next(mine.pk, staff=clerk)
    old.save()
    with pytest.raises(CounterBusy):
        undo(staff=clerk)
    assert look(second)[:2] == (State.CALLED, mine)


def test_a_second_call_cannot_be_made_unheard(draw, mine, clerk, staff):
    visit = draw()
    visits.call_next(mine.pk, staff=clerk)
    visits.recall(visit.pk, actor=staff)
    assert last_action(clerk) is None


def test_the_log_keeps_what_was_undone_and_tells_what_stands(draw, mine, clerk, staff):
    visit = draw()
    visits.call_next(mine.pk, staff=clerk)
    visits.missed(visit.pk, actor=staff)
    undo(staff=clerk)
    visits.begin(visit.pk, actor=staff)
    events = list(visit.events.all())
    assert [one.kind for one in events] == ["drawn", "called", "missed", "undone", "begun"]
    assert [one.kind for one in standing(events)] == ["drawn", "called", "begun"]
    assert events[3].staff == clerk


def test_what_a_device_does_is_nobodys_to_undo(draw, clerk):
    draw()
    assert not LastAction.objects.exists()
