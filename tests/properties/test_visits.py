"""Any sequence of arriving, calling, serving, parking, transferring and changing counters."""

from contextlib import suppress
from datetime import timedelta
from itertools import pairwise

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from booking.domain import counters, visits
from booking.domain.actor import CITIZEN, Actor
from booking.domain.arrivals import check_in, draw_ticket
from booking.domain.confirming import confirm_appointment
from booking.domain.errors import Refused
from booking.domain.event_log import standing
from booking.domain.holding import hold_appointment
from booking.domain.items import Item
from booking.domain.undo import UNDO_FOR, before_of, undo
from booking.domain.visit_states import TRANSITIONS
from booking.domain.waiting import servable_by
from booking.models import Counter, LastAction, Queue, User, Visit, VisitEvent
from tests import factories
from tests.conftest import TUESDAY

from .conftest import RolledBackMachine

places = st.integers(0, 30)
ARRIVALS = {"checked_in", "drawn"}
BY_EVENT = {transition.event: transition for transition in TRANSITIONS.values()}
MOVES = ["recall", "put_back", "begin", "finish", "missed", "park", "unpark", "leave"]


class VisitMachine(RolledBackMachine):
    def __init__(self, set_time) -> None:
        super().__init__()
        self.set_time = set_time
        self.now = TUESDAY

    @initialize()
    def open_two_offices(self) -> None:
        self.set_time(self.now)
        first = factories.OfficeFactory()
        self.offices = [first, factories.OfficeFactory(authority=first.authority)]
        services = [factories.ServiceFactory(authority=first.authority) for _ in range(2)]
        self.staff = [User.objects.create(username=f"clerk{number}") for number in range(3)]
        self.offerings, self.counters, self.codes = [], [], []
        for office in self.offices:
            factories.make_hours(office)
            self.offerings += [
                factories.OfferingFactory(office=office, service=one) for one in services
            ]
            self.counters += [factories.CounterFactory(office=office) for _ in range(2)]
        # One counter serves only one of the offerings.
        self.counters[1].offerings.add(self.offerings[0])
        # At the second office everybody with two services needs two counters.
        self.counters[2].offerings.add(self.offerings[2])
        self.counters[3].offerings.add(self.offerings[3])
        for number in range(3):
            start = TUESDAY + timedelta(minutes=10 * (number + 1))
            items = [Item(self.offerings[0], 1)]
            held = hold_appointment(office=first, items=items, start=start)
            confirm_appointment(held.pk, name="E. M.", email="e@example.org")
            self.codes.append(held.code)
        self.remember()

    def remember(self) -> None:
        """What the next change is measured against."""
        self.events = VisitEvent.objects.count()
        self.versions = dict(Queue.objects.values_list("office", "version"))

    def pick(self, place: int) -> Visit | None:
        every = list(Visit.objects.order_by("arrived_at", "letter", "serial", "pk"))
        return every[place % len(every)] if every else None

    def changed_by(self, events: int) -> None:
        """So many events were written, and the version rose with them."""
        assert VisitEvent.objects.count() == self.events + events
        versions = dict(Queue.objects.values_list("office", "version"))
        risen = [key for key in versions if versions[key] > self.versions.get(key, 0)]
        assert all(versions[key] >= old for key, old in self.versions.items())
        assert bool(risen) or events == 0
        self.remember()

    @rule(place=st.integers(0, 3))
    def draw(self, place) -> None:
        offering = self.offerings[place]
        items = [Item(offering, 1)]
        with suppress(Refused):
            draw_ticket(office=offering.office, items=items, actor=CITIZEN)
            self.changed_by(1)

    @rule(office=st.integers(0, 1))
    def draw_for_two_services(self, office) -> None:
        items = [Item(offering, 1) for offering in self.offerings[2 * office :][:2]]
        with suppress(Refused):
            draw_ticket(office=self.offices[office], items=items, actor=CITIZEN)
            self.changed_by(1)

    @precondition(lambda self: Visit.objects.exists())
    @rule(visit=places, first=st.booleans())
    def finish_item(self, visit, first) -> None:
        chosen = self.pick(visit)
        items = list(chosen.items.all())
        offering = (items[0] if first else items[-1]).offering_id
        try:
            visits.finish_item(chosen.pk, offering, actor=Actor(staff=self.staff[0]))
        except Refused:
            self.changed_by(0)
        else:
            assert chosen.state == "serving"
            self.changed_by(1)

    @rule(place=st.integers(0, 2))
    def check_in(self, place) -> None:
        with suppress(Refused):
            check_in(office=self.offices[0], code=self.codes[place], actor=CITIZEN)
            self.changed_by(1)

    @rule(place=st.integers(0, 3), clerk=st.integers(0, 2), take_over=st.booleans())
    def open_counter(self, place, clerk, take_over) -> None:
        counter, staff = self.counters[place], self.staff[clerk]
        with suppress(Refused):
            counters.open_counter(counter.pk, staff=staff, take_over=take_over)
        self.changed_by(0)

    @rule(
        place=st.integers(0, 3), clerk=st.integers(0, 2), what=st.sampled_from(["close", "p", "o"])
    )
    def change_counter(self, place, clerk, what) -> None:
        counter, staff = self.counters[place], self.staff[clerk]
        with suppress(Refused):
            if what == "close":
                counters.close_counter(counter.pk, staff=staff)
            else:
                counters.pause_counter(counter.pk, staff=staff, paused=what == "p")
        self.changed_by(0)

    @rule(place=st.integers(0, 3), finishing=st.booleans())
    def call_next(self, place, finishing) -> None:
        counter = Counter.objects.get(pk=self.counters[place].pk)
        waiting = Visit.objects.filter(servable_by(counter), office=counter.office)
        earliest = waiting.filter(state="waiting").order_by("due_at").first()
        finished = (
            Visit.objects.filter(counter=counter, state="serving").count() if finishing else 0
        )
        call = visits.finish_and_call_next if finishing else visits.call_next
        try:
            called = call(counter.pk, staff=counter.staff or self.staff[0])
        except Refused:
            self.changed_by(0)
            return
        if called is None:
            assert earliest is None
        else:
            # Nobody it could have served is due before: nobody starves.
            assert called.due_at == earliest.due_at
        self.changed_by(finished + (called is not None))

    @rule(visit=places, place=st.integers(0, 3))
    def call_visit(self, visit, place) -> None:
        counter = Counter.objects.get(pk=self.counters[place].pk)
        if (chosen := self.pick(visit)) is not None:
            try:
                visits.call_visit(chosen.pk, counter.pk, staff=counter.staff or self.staff[0])
                self.changed_by(1)
            except Refused:
                self.changed_by(0)

    @precondition(lambda self: Visit.objects.exists())
    @rule(visit=places, action=st.sampled_from(MOVES))
    def act(self, visit, action) -> None:
        chosen = self.pick(visit)
        possible = chosen.state in TRANSITIONS[action].sources
        try:
            getattr(visits, action)(chosen.pk, actor=Actor(staff=self.staff[0]))
        except Refused:
            assert not possible
            self.changed_by(0)
        else:
            assert possible
            self.changed_by(1)

    @precondition(lambda self: Visit.objects.exists())
    @rule(visit=places, priority=st.sampled_from(Visit.Priority))
    def set_priority(self, visit, priority) -> None:
        chosen = self.pick(visit)
        try:
            visits.set_priority(chosen.pk, priority=priority, actor=Actor(staff=self.staff[0]))
        except Refused:
            assert chosen.state != "waiting"
            self.changed_by(0)
        else:
            self.changed_by(int(chosen.priority != priority))

    @precondition(lambda self: Visit.objects.exists())
    @rule(visit=places, where=st.integers(0, 1), other_service=st.booleans())
    def transfer(self, visit, where, other_service) -> None:
        office = self.offices[where]
        items = [Item(self.offerings[2 * where + 1], 1)] if other_service else []
        chosen = self.pick(visit)
        try:
            moved = visits.transfer(chosen.pk, actor=CITIZEN, office=office, items=items)
        except Refused:
            self.changed_by(0)
        else:
            assert moved.due_at == chosen.due_at
            self.changed_by(1)

    @rule(clerk=st.integers(0, 2))
    def undo(self, clerk) -> None:
        staff = self.staff[clerk]
        last = LastAction.objects.filter(staff=staff).first()
        try:
            restored = undo(staff=staff)
        except Refused:
            self.changed_by(0)
            return
        assert self.now - last.at < UNDO_FOR
        self.changed_by(len(last.before))
        for visit, step in zip(restored, reversed(last.before), strict=True):
            now = before_of(Visit.objects.get(pk=visit.pk), with_items=step["items"] is not None)
            assert now["fields"] == step["fields"]
            assert now["items"] == step["items"]

    @rule(seconds=st.integers(0, 9) | st.integers(0, 15).map(lambda minutes: 60 * minutes))
    def wait(self, seconds) -> None:
        self.now += timedelta(seconds=seconds)
        self.set_time(self.now)

    @invariant()
    def a_visit_has_a_counter_only_when_called(self) -> None:
        for visit in Visit.objects.all():
            assert (visit.counter_id is not None) == (visit.state in Visit.AT_COUNTER)

    @invariant()
    def nobody_waits_whom_the_open_counters_could_serve_and_none_may_call(self) -> None:
        for office in getattr(self, "offices", []):
            at_work = list(office.counters.exclude(state=Counter.State.CLOSED))
            offered = set()
            for counter in at_work:
                own = set(counter.offerings.values_list("pk", flat=True))
                offered |= own or set(office.offerings.values_list("pk", flat=True))
            for visit in Visit.objects.filter(office=office, state="waiting"):
                to_do = set(visit.items.filter(done_at=None).values_list("offering", flat=True))
                callable_ = any(
                    Visit.objects.filter(servable_by(counter), pk=visit.pk).exists()
                    for counter in at_work
                )
                assert callable_ == bool(to_do & offered or (at_work and not to_do))

    @invariant()
    def a_counter_has_at_most_one_visit(self) -> None:
        at_counter = list(Visit.objects.exclude(counter=None).values_list("counter", flat=True))
        assert len(at_counter) == len(set(at_counter))

    @invariant()
    def the_log_alone_tells_the_state(self) -> None:
        for visit in Visit.objects.prefetch_related("events"):
            state, counter = None, None
            for event in standing(visit.events.all()):
                if event.kind in ARRIVALS:
                    assert state is None
                    state = "waiting"
                    continue
                transition = BY_EVENT[event.kind]
                assert state in transition.sources
                state = transition.target
                counter = event.counter_id if state in Visit.AT_COUNTER else None
            assert (state, counter) == (visit.state, visit.counter_id)

    @invariant()
    def what_is_undone_was_undone_by_whoever_did_it(self) -> None:
        for visit in Visit.objects.prefetch_related("events"):
            events = list(visit.events.all())
            for before, event in pairwise(events):
                if event.kind == VisitEvent.Kind.UNDONE:
                    assert before.staff_id == event.staff_id


def test_visits_stay_right_whatever_happens(play, set_time):
    play(lambda: VisitMachine(set_time), examples=30, steps=30)
