"""Clerks who press their keys at the same moment."""

from collections import Counter as Tally
from functools import partial

import pytest

from booking.domain import visits
from booking.domain.actor import CITIZEN, Actor
from booking.domain.arrivals import draw_ticket
from booking.domain.counters import close_counter, open_counter, pause_counter
from booking.domain.errors import CounterTaken, NothingToUndo
from booking.domain.undo import undo
from booking.domain.visits import begin, call_next, finish, finish_and_call_next, missed
from booking.models import Counter, User, Visit, VisitEvent
from tests import factories

from .rivals import Meeting, assert_only_refused, race

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desks(office):
    """Eight clerks, each at an open counter."""
    counters = [factories.CounterFactory(office=office) for _ in range(8)]
    pairs = list(zip(counters, eight_clerks(), strict=True))
    for counter, clerk in pairs:
        open_counter(counter.pk, staff=clerk)
    return pairs


def eight_clerks():
    return [User.objects.create(username=f"clerk{number}") for number in range(8)]


def draw(office, items, count):
    return [draw_ticket(office=office, items=items, actor=CITIZEN) for _ in range(count)]


def test_eight_clerks_pressing_next_call_thirty_different_people(office, items, desks):
    draw(office, items, 30)

    def work(counter, clerk):
        called = []
        while (visit := call_next(counter.pk, staff=clerk)) is not None:
            called.append(visit.number)
            missed(visit.pk, actor=Actor(staff=clerk))
        return called

    outcomes = race([partial(work, *desk) for desk in desks])
    assert_only_refused(outcomes)
    called = sorted(number for numbers in outcomes for number in numbers)
    assert called == [f"A{serial:03d}" for serial in range(1, 31)]
    assert Tally(VisitEvent.objects.values_list("kind", flat=True)) == {
        "drawn": 30,
        "called": 30,
        "missed": 30,
    }


def test_one_key_for_finish_and_next_calls_nobody_twice(office, items, desks):
    draw(office, items, 30)

    def work(counter, clerk):
        served = []
        while (visit := finish_and_call_next(counter.pk, staff=clerk)) is not None:
            served.append(visit.number)
            begin(visit.pk, actor=Actor(staff=clerk))
        return served

    outcomes = race([partial(work, *desk) for desk in desks])
    assert_only_refused(outcomes)
    served = sorted(number for numbers in outcomes for number in numbers)
    assert served == [f"A{serial:03d}" for serial in range(1, 31)]
    assert Visit.objects.filter(state=Visit.State.DONE).count() == 30


def test_without_the_lock_two_clerks_call_the_same_person(
    office, items, desks, monkeypatch, no_row_locks
):
    draw(office, items, 2)
    monkeypatch.setattr(visits, "_call", Meeting(visits._call, 2))
    outcomes = race([partial(call_next, c.pk, staff=clerk) for c, clerk in desks[:2]])
    assert len({visit.pk for visit in outcomes}) == 1
    assert Tally(VisitEvent.objects.values_list("kind", flat=True)) == {"drawn": 2, "called": 2}


def test_eight_clerks_for_one_counter_one_sits_down_and_seven_are_told(office):
    counter = factories.CounterFactory(office=office)
    outcomes = race([partial(open_counter, counter.pk, staff=clerk) for clerk in eight_clerks()])
    winners = [one for one in outcomes if isinstance(one, Counter)]
    told = [one for one in outcomes if isinstance(one, CounterTaken)]
    assert (len(winners), len(told)) == (1, 7)
    assert {str(one) for one in told} == {str(CounterTaken(winners[0]))}
    assert Counter.objects.get(pk=counter.pk).staff == winners[0].staff


def test_one_clerk_at_two_desks_at_once_sits_at_one(office, clerk):
    counters = [factories.CounterFactory(office=office) for _ in range(6)]
    outcomes = race([partial(open_counter, counter.pk, staff=clerk) for counter in counters])
    assert_only_refused(outcomes)
    assert Counter.objects.filter(staff=clerk).count() == 1
    assert Counter.objects.exclude(state="closed").count() == 1


def test_clerks_who_swap_counters_do_not_deadlock(office, desks):
    seats = [counter for counter, _clerk in desks]
    acts = [
        partial(open_counter, seats[(place + 1) % 8].pk, staff=clerk, take_over=True)
        for place, (_counter, clerk) in enumerate(desks)
    ]
    for _round in range(5):
        assert_only_refused(race(acts))
    assert (
        Counter.objects.exclude(staff=None).count() == Counter.objects.filter(state="open").count()
    )


def test_finishing_pausing_and_taking_over_one_counter_do_not_deadlock(office, items, desks):
    (counter, clerk), (_other, colleague) = desks[:2]
    draw(office, items, 25)
    for _round in range(10):
        visit = call_next(counter.pk, staff=clerk)
        begin(visit.pk, actor=Actor(staff=clerk))
        outcomes = race(
            [
                partial(finish, visit.pk, actor=Actor(staff=clerk)),
                partial(pause_counter, counter.pk, staff=clerk, paused=True),
                partial(open_counter, counter.pk, staff=colleague, take_over=True),
                partial(close_counter, counter.pk, staff=clerk),
                partial(finish_and_call_next, counter.pk, staff=clerk),
            ]
        )
        assert_only_refused(outcomes)
        Visit.objects.filter(counter__isnull=False).update(state="done", counter=None)
        open_counter(counter.pk, staff=clerk, take_over=True)


def test_two_screens_of_one_person_undo_the_same_action_once(office, items, desks):
    (counter, clerk), *_others = desks
    draw(office, items, 2)
    first = call_next(counter.pk, staff=clerk)
    begin(first.pk, actor=Actor(staff=clerk))
    finish_and_call_next(counter.pk, staff=clerk)
    outcomes = race([partial(undo, staff=clerk)] * 2)
    assert_only_refused(outcomes)
    assert [type(one) for one in outcomes].count(NothingToUndo) == 1
    kinds = Tally(VisitEvent.objects.values_list("kind", flat=True))
    assert kinds["undone"] == 2
    states = dict(Visit.objects.values_list("pk", "state"))
    assert states.pop(first.pk) == Visit.State.SERVING
    assert list(states.values()) == [Visit.State.WAITING]


def test_undoing_on_one_screen_and_calling_on_the_other_never_meet_in_a_deadlock(
    office, items, desks
):
    (counter, clerk), *_others = desks
    (only,) = draw(office, items, 1)
    for _ in range(10):
        visits.set_priority(only.pk, priority=Visit.Priority.URGENT, actor=Actor(staff=clerk))
        outcomes = race(
            [partial(undo, staff=clerk), partial(finish_and_call_next, counter.pk, staff=clerk)]
        )
        assert_only_refused(outcomes)
        assert outcomes[1] == only
        only.refresh_from_db()
        if only.state == Visit.State.CALLED:  # else the undo came last and took back the call
            visits.put_back(only.pk, actor=Actor(staff=clerk))
        Visit.objects.update(priority=Visit.Priority.NORMAL, due_rule=Visit.DueRule.TARGET)
