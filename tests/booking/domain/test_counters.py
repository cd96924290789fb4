import pytest

from booking.domain.actor import CITIZEN
from booking.domain.arrivals import draw_ticket
from booking.domain.counters import close_counter, open_counter, pause_counter
from booking.domain.errors import CounterBusy, CounterClosed, CounterTaken
from booking.domain.items import Item
from booking.domain.visits import call_next, finish_and_call_next
from booking.models import Counter, Queue, Visit
from tests.factories import CounterFactory, make_staff


@pytest.fixture
def colleague(office):
    return make_staff(office)


@pytest.fixture
def called(office, offering, counter, clerk):
    """Somebody called to the clerk's counter."""
    draw_ticket(office=office, items=[Item(offering, 1)], actor=CITIZEN)
    open_counter(counter.pk, staff=clerk)
    return call_next(counter.pk, staff=clerk)


def state_of(counter):
    counter.refresh_from_db()
    return counter.state, counter.staff


def test_taking_a_free_counter_opens_it(counter, clerk):
    open_counter(counter.pk, staff=clerk)
    assert state_of(counter) == (Counter.State.OPEN, clerk)


def test_a_taken_counter_is_refused_and_stays_with_the_colleague(counter, clerk, colleague):
    open_counter(counter.pk, staff=colleague)
    with pytest.raises(CounterTaken) as refusal:
        open_counter(counter.pk, staff=clerk)
    assert str(colleague) in refusal.value.message
    assert state_of(counter) == (Counter.State.OPEN, colleague)


def test_taking_over_is_explicit_and_keeps_whoever_is_there(called, counter, colleague):
    open_counter(counter.pk, staff=colleague, take_over=True)
    called.refresh_from_db()
    assert state_of(counter) == (Counter.State.OPEN, colleague)
    assert (called.state, called.counter) == (Visit.State.CALLED, counter)


def test_whoever_takes_another_counter_leaves_the_first(office, counter, clerk):
    other = CounterFactory(office=office)
    open_counter(counter.pk, staff=clerk)
    open_counter(other.pk, staff=clerk)
    assert state_of(counter) == (Counter.State.CLOSED, None)
    assert state_of(other) == (Counter.State.OPEN, clerk)


def test_nobody_leaves_somebody_behind_by_taking_another_counter(office, called, counter, clerk):
    other = CounterFactory(office=office)
    with pytest.raises(CounterBusy):
        open_counter(other.pk, staff=clerk)
    assert state_of(counter) == (Counter.State.OPEN, clerk)
    assert state_of(other) == (Counter.State.CLOSED, None)


def test_closing_a_busy_counter_is_refused(called, counter, clerk):
    with pytest.raises(CounterBusy) as refusal:
        close_counter(counter.pk, staff=clerk)
    assert called.number in refusal.value.message
    assert state_of(counter) == (Counter.State.OPEN, clerk)


def test_closing_frees_the_counter_and_closing_twice_changes_nothing(counter, clerk):
    open_counter(counter.pk, staff=clerk)
    close_counter(counter.pk, staff=clerk)
    version = Queue.objects.get().version
    close_counter(counter.pk, staff=clerk)
    assert state_of(counter) == (Counter.State.CLOSED, None)
    assert Queue.objects.get().version == version


def test_only_its_clerk_closes_or_pauses_a_counter(counter, clerk, colleague):
    open_counter(counter.pk, staff=clerk)
    with pytest.raises(CounterTaken):
        close_counter(counter.pk, staff=colleague)
    with pytest.raises(CounterTaken):
        pause_counter(counter.pk, staff=colleague, paused=True)
    assert state_of(counter) == (Counter.State.OPEN, clerk)


def test_a_closed_counter_has_no_pause(counter, clerk):
    with pytest.raises(CounterClosed):
        pause_counter(counter.pk, staff=clerk, paused=True)


def test_a_pause_begins_and_ends(counter, clerk):
    open_counter(counter.pk, staff=clerk)
    pause_counter(counter.pk, staff=clerk, paused=True)
    assert state_of(counter) == (Counter.State.PAUSED, clerk)
    pause_counter(counter.pk, staff=clerk, paused=False)
    assert state_of(counter) == (Counter.State.OPEN, clerk)


@pytest.mark.parametrize("call", [call_next, finish_and_call_next])
def test_a_pause_ends_with_next_even_when_nobody_waits(counter, clerk, call):
    open_counter(counter.pk, staff=clerk)
    pause_counter(counter.pk, staff=clerk, paused=True)
    assert call(counter.pk, staff=clerk) is None
    assert state_of(counter) == (Counter.State.OPEN, clerk)
