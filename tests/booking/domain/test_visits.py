from datetime import timedelta

import pytest
from django.db import transaction

from booking import clock
from booking.domain import visits
from booking.domain.actor import CITIZEN, Actor
from booking.domain.arrivals import draw_ticket
from booking.domain.counters import open_counter
from booking.domain.errors import (
    CannotServe,
    CounterBusy,
    CounterClosed,
    CounterTaken,
    NotPermitted,
    OfferingUnknown,
    WrongState,
)
from booking.domain.items import Item
from booking.domain.waiting import people_ahead
from booking.models import Queue, Visit, VisitEvent
from tests.conftest import TUESDAY
from tests.factories import (
    CounterFactory,
    OfferingFactory,
    OfficeFactory,
    make_hours,
    make_staff,
)

State = Visit.State


@pytest.fixture
def draw(office, offering, set_time):
    """Draws tickets one minute apart."""
    drawn = []

    def one(for_offering=None, at=None):
        set_time(TUESDAY + timedelta(minutes=len(drawn)))
        item = Item(for_offering or offering, 1)
        where = at or item.offering.office
        drawn.append(draw_ticket(office=where, items=[item], actor=CITIZEN))
        return drawn[-1]

    return one


@pytest.fixture
def mine(counter, clerk):
    return open_counter(counter.pk, staff=clerk)


@pytest.fixture
def colleague(office):
    return make_staff(office)


@pytest.fixture
def theirs(office, colleague):
    return open_counter(CounterFactory(office=office).pk, staff=colleague)


@pytest.fixture
def kita(office):
    """Another office of the same town."""
    other = OfficeFactory(authority=office.authority, name="Kita")
    make_hours(other)
    return other


def look(visit):
    """What the database says of a visit now."""
    visit = Visit.objects.select_related("counter", "office").get(pk=visit.pk)
    return visit.state, visit.counter


def events(visit):
    return list(visit.events.values_list("kind", flat=True))


# Calling ---------------------------------------------------------------------------


def test_two_clerks_pressing_next_get_two_people(draw, mine, clerk, theirs, colleague):
    first, second = draw(), draw()
    assert visits.call_next(mine.pk, staff=clerk) == first
    assert visits.call_next(theirs.pk, staff=colleague) == second
    assert look(first) == (State.CALLED, mine)
    assert look(second) == (State.CALLED, theirs)


def test_the_earliest_due_time_is_called_first_not_the_first_to_arrive(draw, mine, clerk):
    early, urgent = draw(), draw()
    Visit.objects.filter(pk=urgent.pk).update(due_at=early.due_at - timedelta(minutes=1))
    assert visits.call_next(mine.pk, staff=clerk) == urgent


def test_nobody_waiting_is_no_error_and_no_news(mine, clerk):
    version = Queue.objects.get().version
    assert visits.call_next(mine.pk, staff=clerk) is None
    assert visits.finish_and_call_next(mine.pk, staff=clerk) is None
    assert Queue.objects.get().version == version


@pytest.mark.parametrize("press_next", [visits.call_next, visits.finish_and_call_next])
def test_next_while_called_is_refused_and_skips_nobody(draw, mine, clerk, press_next):
    first, second = draw(), draw()
    press_next(mine.pk, staff=clerk)
    with pytest.raises(CounterBusy) as refusal:
        press_next(mine.pk, staff=clerk)
    assert refusal.value.visit == first
    assert look(first) == (State.CALLED, mine)
    assert look(second) == (State.WAITING, None)


def test_next_while_serving_finishes_and_calls(draw, mine, clerk):
    first, second = draw(), draw()
    visits.call_next(mine.pk, staff=clerk)
    visits.begin(first.pk, actor=Actor(staff=clerk))
    assert visits.finish_and_call_next(mine.pk, staff=clerk) == second
    assert look(first) == (State.DONE, None)
    assert look(second) == (State.CALLED, mine)
    assert events(first) == ["drawn", "called", "begun", "finished"]


def test_next_while_serving_finishes_even_when_nobody_waits(draw, mine, clerk):
    only = draw()
    visits.call_next(mine.pk, staff=clerk)
    visits.begin(only.pk, actor=Actor(staff=clerk))
    assert visits.finish_and_call_next(mine.pk, staff=clerk) is None
    assert look(only) == (State.DONE, None)


def test_finishing_and_calling_is_one_change_for_everybody_else(draw, mine, clerk):
    first, _second = draw(), draw()
    visits.call_next(mine.pk, staff=clerk)
    visits.begin(first.pk, actor=Actor(staff=clerk))
    version = Queue.objects.get().version
    visits.finish_and_call_next(mine.pk, staff=clerk)
    assert Queue.objects.get().version == version + 1


def test_a_counter_is_called_to_only_by_whoever_sits_there(draw, mine, colleague, counter, office):
    waiting = draw()
    with pytest.raises(CounterTaken):
        visits.call_next(mine.pk, staff=colleague)
    with pytest.raises(CounterClosed):
        visits.call_next(CounterFactory(office=office).pk, staff=colleague)
    assert look(waiting) == (State.WAITING, None)


def test_a_counter_passes_over_whom_it_cannot_serve(draw, office, mine, clerk):
    passports = OfferingFactory(office=office, letter="P")
    mine.offerings.add(passports)
    other, wanted = draw(), draw(passports)
    assert visits.call_next(mine.pk, staff=clerk) == wanted
    visits.put_back(wanted.pk, actor=Actor(staff=clerk))
    with pytest.raises(CannotServe):
        visits.call_visit(other.pk, mine.pk, staff=clerk)
    assert look(other) == (State.WAITING, None)


def test_a_chosen_person_is_called_out_of_turn(draw, mine, clerk):
    first, chosen = draw(), draw()
    assert visits.call_visit(chosen.pk, mine.pk, staff=clerk) == chosen
    assert look(chosen) == (State.CALLED, mine)
    assert look(first) == (State.WAITING, None)


def test_a_person_called_by_a_colleague_cannot_be_called_again(
    draw, mine, clerk, theirs, colleague
):
    wanted = draw()
    visits.call_visit(wanted.pk, theirs.pk, staff=colleague)
    with pytest.raises(WrongState):
        visits.call_visit(wanted.pk, mine.pk, staff=clerk)
    assert look(wanted) == (State.CALLED, theirs)


def test_a_person_of_another_office_cannot_be_called(draw, mine, clerk, kita):
    elsewhere = draw(OfferingFactory(office=kita, letter="K"))
    with pytest.raises(NotPermitted):
        visits.call_visit(elsewhere.pk, mine.pk, staff=clerk)


# At the counter --------------------------------------------------------------------


def test_calling_again_is_marked_and_leaves_the_place(draw, mine, clerk, set_time):
    visit = draw()
    visits.call_next(mine.pk, staff=clerk)
    set_time(TUESDAY + timedelta(minutes=5))
    again = visits.recall(visit.pk, actor=Actor(staff=clerk))
    assert (again.state, again.counter, again.recalled) == (State.CALLED, mine, True)
    assert again.called_at == clock.now()


def test_a_new_call_is_not_a_recall(draw, mine, clerk):
    visit = draw()
    visits.call_next(mine.pk, staff=clerk)
    visits.recall(visit.pk, actor=Actor(staff=clerk))
    visits.put_back(visit.pk, actor=Actor(staff=clerk))
    assert visits.call_next(mine.pk, staff=clerk).recalled is False


@pytest.mark.parametrize("action", ["put_back", "missed", "park"])
def test_whoever_is_sent_from_the_counter_frees_it(draw, mine, clerk, action):
    first, second = draw(), draw()
    visits.call_next(mine.pk, staff=clerk)
    getattr(visits, action)(first.pk, actor=Actor(staff=clerk))
    assert look(first)[1] is None
    visits.call_visit(second.pk, mine.pk, staff=clerk)
    assert look(second) == (State.CALLED, mine)


@pytest.mark.parametrize(
    ("away", "back"), [("missed", "put_back"), ("park", "unpark")], ids=["missed", "parked"]
)
def test_who_comes_back_has_the_old_place(draw, mine, clerk, away, back):
    first, _second = draw(), draw()
    visits.call_next(mine.pk, staff=clerk)
    getattr(visits, away)(first.pk, actor=Actor(staff=clerk))
    getattr(visits, back)(first.pk, actor=Actor(staff=clerk))
    assert visits.call_next(mine.pk, staff=clerk) == first


def test_an_action_that_comes_too_late_is_refused_and_changes_nothing(draw, mine, clerk):
    visit = draw()
    visits.call_next(mine.pk, staff=clerk)
    visits.begin(visit.pk, actor=Actor(staff=clerk))
    with pytest.raises(WrongState) as refusal:
        visits.missed(visit.pk, actor=Actor(staff=clerk))
    assert visit.number in refusal.value.message
    assert look(visit) == (State.SERVING, mine)
    assert events(visit) == ["drawn", "called", "begun"]


def test_the_log_says_who_did_what_where(draw, mine, clerk, office):
    visit = draw()
    visits.call_next(mine.pk, staff=clerk)
    visits.missed(visit.pk, actor=Actor(staff=clerk))
    event = VisitEvent.objects.get(kind="missed")
    assert (event.visit, event.office, event.counter, event.staff, event.at) == (
        visit,
        office,
        mine,
        clerk,
        clock.now(),
    )


def test_a_person_in_a_colleagues_hands_is_not_mine_to_change(draw, mine, clerk, theirs, colleague):
    waiting, called = draw(), draw()
    visits.call_visit(called.pk, theirs.pk, staff=colleague)
    with transaction.atomic():
        visits.require_in_hand(waiting.pk, staff=clerk)
        visits.require_in_hand(called.pk, staff=colleague)
        with pytest.raises(CounterTaken):
            visits.require_in_hand(called.pk, staff=clerk)


# Transferring ----------------------------------------------------------------------


def test_a_transfer_keeps_number_and_place(draw, mine, clerk, office, kita, offering):
    same_service = OfferingFactory(office=kita, service=offering.service, letter="K")
    visit = draw()
    visits.call_next(mine.pk, staff=clerk)
    sent = visits.transfer(visit.pk, actor=Actor(staff=clerk), office=kita)
    assert (sent.office, sent.state, sent.counter) == (kita, State.WAITING, None)
    assert (sent.number, sent.due_at) == (visit.number, visit.due_at)
    assert [item.offering for item in sent.items.all()] == [same_service]
    assert VisitEvent.objects.get(kind="transferred").office == office


def test_a_transfer_draws_a_new_number_where_the_old_one_is_taken(draw, clerk, kita, offering):
    there = OfferingFactory(office=kita, letter="A")
    visit = draw()
    for _ in range(2):
        draw(there)
    sent = visits.transfer(visit.pk, actor=Actor(staff=clerk), office=kita, items=[Item(there, 1)])
    assert (visit.number, sent.number) == ("A001", "A003")


def test_a_number_brought_along_is_not_drawn_again(draw, clerk, kita):
    there = OfferingFactory(office=kita, letter="A")
    visit = draw()
    visits.transfer(visit.pk, actor=Actor(staff=clerk), office=kita, items=[Item(there, 1)])
    assert draw(there).number == "A002"


def test_a_transfer_to_another_service_stays_in_the_office(draw, office, clerk):
    passports = OfferingFactory(office=office, letter="P")
    visit = draw()
    sent = visits.transfer(visit.pk, actor=Actor(staff=clerk), items=[Item(passports, 2)])
    assert (sent.office, sent.number) == (office, visit.number)
    assert [(item.offering, item.quantity) for item in sent.items.all()] == [(passports, 2)]


def test_a_transfer_to_where_the_service_is_not_offered_is_refused(draw, clerk, kita, office):
    visit = draw()
    with pytest.raises(OfferingUnknown):
        visits.transfer(visit.pk, actor=Actor(staff=clerk), office=kita)
    assert Visit.objects.get(pk=visit.pk).office == office


def test_nobody_is_transferred_to_another_town(draw, clerk):
    visit = draw()
    with pytest.raises(NotPermitted):
        visits.transfer(visit.pk, actor=Actor(staff=clerk), office=OfficeFactory())


def test_a_transfer_is_news_at_both_offices(draw, clerk, kita, office):
    there = OfferingFactory(office=kita, letter="K")
    visit = draw()
    before = dict(Queue.objects.values_list("office", "version"))
    visits.transfer(visit.pk, actor=Actor(staff=clerk), office=kita, items=[Item(there, 1)])
    after = dict(Queue.objects.values_list("office", "version"))
    assert after[office.pk] == before[office.pk] + 1
    assert after[kita.pk] == before.get(kita.pk, 0) + 1


# Waiting ---------------------------------------------------------------------------


def test_people_ahead_counts_those_due_earlier(draw, mine, clerk):
    first, second, third = draw(), draw(), draw()
    assert [people_ahead(visit) for visit in (first, second, third)] == [0, 1, 2]
    visits.call_next(mine.pk, staff=clerk)
    first.refresh_from_db()
    assert [people_ahead(visit) for visit in (first, second, third)] == [0, 0, 1]
