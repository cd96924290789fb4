"""A simulated day in the database is what the simulation says, as the real path writes it."""

from datetime import timedelta

import pytest

from booking.domain import visits
from booking.domain.actor import CITIZEN, Actor
from booking.domain.arrivals import draw_ticket
from booking.domain.counters import open_counter
from booking.domain.day_log import DayLog, Event, Person, Work, observe
from booking.domain.items import Item
from booking.domain.recorded_days import read_days
from booking.models import Appointment, Counter, Queue, TicketSeries, Visit, VisitEvent
from booking.simulation.day import simulate
from booking.simulation.office import (
    DayTaken,
    NothingToSimulate,
    plan_of,
    until,
    write_day,
)
from tests.conftest import TUESDAY
from tests.factories import CounterFactory, OfferingFactory, OfficeFactory, make_staff

LAST_TUESDAY = TUESDAY.date() - timedelta(days=7)


@pytest.fixture
def busy_office(office):
    for letter in "AB":
        OfferingFactory(office=office, letter=letter, minutes=8)
    for _ in range(3):
        CounterFactory(office=office)
    return office


@pytest.fixture
def staff(busy_office):
    return [make_staff(busy_office) for _ in range(3)]


@pytest.fixture
def day(busy_office):
    plan = plan_of(busy_office, LAST_TUESDAY, "tests", forgotten_finish=0.05, gone=0.1)
    return simulate(plan, "tests", day=LAST_TUESDAY)


def test_what_is_read_back_is_what_was_simulated(busy_office, staff, day):
    write_day(busy_office, day.log, staff)
    [read] = read_days(busy_office, LAST_TUESDAY, LAST_TUESDAY)
    assert read.persons.keys() == day.log.persons.keys()
    for pk, person in read.persons.items():
        told = day.log.persons[pk]
        assert (person.work, person.needs) == (told.work, told.needs)
        assert person.appointment == told.appointment
        assert person.arrived == pytest.approx(told.arrived, abs=1e-6)
        assert person.due == pytest.approx(told.due, abs=1e-6)
    assert [event[1:] for event in read.events] == [event[1:] for event in day.log.events]
    assert {one.id for one in read.booked} == {one.id for one in day.log.booked}
    assert read.hours == day.log.hours


def test_the_log_tells_exactly_the_waits_that_the_simulation_knows(busy_office, staff, day):
    write_day(busy_office, day.log, staff)
    [read] = read_days(busy_office, LAST_TUESDAY, LAST_TUESDAY)
    seen = observe(read)
    waits = {pk: at - read.persons[pk].arrived for pk, at in seen.called.items()}
    assert waits == pytest.approx(day.truth.waits, abs=1e-6)
    assert len(waits) > 20


def test_the_bulk_rows_are_those_of_the_domains_functions(busy_office, staff, set_time):
    """One visit, once through the domain and once as a simulated day a week before."""
    offering = busy_office.offerings.first()
    counter = busy_office.counters.first()
    clerk = staff[0]
    open_counter(counter.pk, staff=clerk)
    actor = Actor(staff=clerk)
    real = draw_ticket(office=busy_office, items=[Item(offering, 2)], actor=CITIZEN)
    minute = timedelta(minutes=1)
    set_time(TUESDAY + 5 * minute)
    visits.call_next(counter.pk, staff=clerk)
    set_time(TUESDAY + 6 * minute)
    visits.begin(real.pk, actor=actor)
    set_time(TUESDAY + 16 * minute)
    visits.finish(real.pk, actor=actor)

    arrived = TUESDAY.hour * 60.0 + TUESDAY.minute
    person = Person(
        "00000000-0000-4000-8000-000000000001",
        Work(offering.pk, 16.0),
        frozenset([offering.pk]),
        arrived,
        arrived + 30,
    )
    steps = [("drawn", 0, None), ("called", 5, counter.pk), ("begun", 6, counter.pk)]
    steps.append(("finished", 16, counter.pk))
    events = [Event(arrived + at, person.id, kind, where) for kind, at, where in steps]
    log = DayLog(LAST_TUESDAY, {counter.pk: None}, {person.id: person}, events)
    write_day(busy_office, log, staff)

    def rows(day):
        visit = Visit.objects.filter(day=day).values().get()
        items = list(visit_items(visit["id"]))
        events = list(VisitEvent.objects.filter(visit=visit["id"]).order_by("id").values())
        for event in events:
            del event["id"], event["visit_id"]
            event["at"] -= timedelta(days=(day - LAST_TUESDAY).days)
        for name in ("arrived_at", "due_at", "called_at"):
            visit[name] -= timedelta(days=(day - LAST_TUESDAY).days)
        del visit["id"], visit["day"]
        return visit, items, events

    def visit_items(visit):
        return Visit.objects.get(pk=visit).items.values_list("offering", "quantity")

    assert rows(LAST_TUESDAY) == rows(TUESDAY.date())
    assert {one.last for one in TicketSeries.objects.all()} == {1}


def test_a_service_with_its_own_target_wait_is_due_by_it(busy_office, staff):
    offering = busy_office.offerings.filter(letter="B").get()
    offering.target_wait_minutes = 3
    offering.save()
    plan = plan_of(busy_office, LAST_TUESDAY, "tests", booked_share=0)
    write_day(busy_office, simulate(plan, "tests", day=LAST_TUESDAY).log, staff)
    seen = {
        (one.letter, one.due_rule, (one.due_at - one.arrived_at) // timedelta(minutes=1))
        for one in Visit.objects.all()
    }
    assert seen == {("A", "target", 30), ("B", "service", 3)}


def test_numbers_are_counted_and_appointments_bear_no_names(busy_office, staff, day):
    version = Queue.objects.filter(pk=busy_office.pk).first()
    write_day(busy_office, day.log, staff)
    for series in TicketSeries.objects.all():
        serials = Visit.objects.filter(letter=series.letter).values_list("serial", flat=True)
        assert sorted(serials) == [*range(1, series.last + 1)]
    assert not Appointment.objects.exclude(name="", email="", phone="", code=None).exists()
    assert Queue.objects.get(pk=busy_office.pk).version == (version.version if version else 0) + 1


def test_a_day_that_is_not_over_leaves_people_waiting_and_counters_staffed(busy_office, staff, day):
    write_day(busy_office, until(day.log, 10 * 60.0), staff)
    at_counter = Visit.objects.filter(state__in=Visit.AT_COUNTER)
    assert at_counter.exists()
    assert all(visit.counter.state == Counter.State.OPEN for visit in at_counter)
    assert not VisitEvent.objects.filter(kind="forgotten").exists()


def test_a_day_on_which_somebody_really_came_is_left_alone(busy_office, staff, day):
    write_day(busy_office, day.log, staff)
    before = VisitEvent.objects.count()
    with pytest.raises(DayTaken):
        write_day(busy_office, day.log, staff)
    assert VisitEvent.objects.count() == before


def test_an_office_that_is_closed_has_nothing_to_simulate(busy_office):
    with pytest.raises(NothingToSimulate):
        plan_of(busy_office, LAST_TUESDAY + timedelta(days=1), "tests")
    with pytest.raises(NothingToSimulate):
        plan_of(OfficeFactory(), LAST_TUESDAY, "tests")
