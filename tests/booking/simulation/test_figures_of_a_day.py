"""The figures of a simulated day are those that the simulation itself knows to be true.

They are reckoned here from what the simulation did – its own record of a day, before anything
is in a database – and by none of the functions that make the figures. Once the day is done by
the domain's functions, each at its moment, and once written by the command.
"""

from collections import Counter, defaultdict
from datetime import date, time, timedelta
from itertools import chain
from statistics import fmean, median, quantiles

import pytest
from django.core.management import call_command

from booking.domain import arrivals
from booking.domain.figures import ForecastError
from booking.domain.figures_log import figures_of
from booking.simulation.office import days_of_office, write_appointments
from booking.simulation.played import play_day
from tests.conftest import TUESDAY
from tests.factories import CounterFactory, OfferingFactory, OfficeFactory, make_hours, make_staff

SEED = "figures"
LAST_TUESDAY = TUESDAY.date() - timedelta(days=7)
# What somebody is told who draws a ticket: 10 %, median, 90 %.
TOLD = (2, 6, 14)


@pytest.fixture
def busy_office(db):
    office = OfficeFactory()
    make_hours(office)
    make_hours(office, opens=time(13), closes=time(16))
    for position, minutes in enumerate((8, 15)):
        OfferingFactory(office=office, letter="AB"[position], minutes=minutes, position=position)
    for _ in range(3):
        CounterFactory(office=office)
    return office


@pytest.fixture
def staff(busy_office):
    return [make_staff(busy_office) for _ in range(3)]


def simulated(office, day: date):
    (made,) = days_of_office(office, SEED, last=day, counters=3)
    return made


def ninetieth(values):
    return quantiles(values, n=10, method="inclusive")[8] if len(values) > 1 else values[0]


def spread(values):
    return (
        len(values),
        pytest.approx(median(values), abs=1e-6),
        pytest.approx(ninetieth(values), abs=1e-6),
    )


class Truth:
    """What really was, from the simulation's record of the day. Minutes since midnight."""

    def __init__(self, made):
        self.log, self.waits = made.log, made.truth.waits
        self.people = made.log.persons
        self.told = {pk: TOLD for pk, one in self.people.items() if one.appointment is None}
        self.of = defaultdict(list)
        for event in made.log.events:
            self.of[event.visit].append(event)

    def kind(self, pk):
        return "walk_in" if self.people[pk].appointment is None else "appointment"

    def hour(self, pk):
        return int(self.people[pk].arrived // 60)

    def stretches(self, begins, ends):
        """By person: from each event of one kind to the next of another."""
        found = defaultdict(list)
        for pk, events in self.of.items():
            since = None
            for event in events:
                if event.kind in ends and since is not None and event.at < 24 * 60:
                    found[pk].append((since, event.at))
                    since = None
                if event.kind in begins:
                    since = event.at
        return found

    def open(self):
        """When somebody was at a counter; who is left standing there is where it ends."""
        left = {events[-1].counter for events in self.of.values() if events[-1].kind == "forgotten"}
        for counter, since, until in self.log.presence:
            of_counter = [
                one.at
                for one in self.log.events
                if one.counter == counter and one.kind != "forgotten"
            ]
            is_last = not any(
                one.counter == counter and one.since > since for one in self.log.presence
            )
            yield since, max(of_counter) if is_last and counter in left else until


def by_hour(spans):
    """Minutes of each hour that the spans cover, in parts of an hour."""
    hours = Counter()
    for since, until in spans:
        for hour in range(int(since // 60), int(until // 60) + 1):
            hours[hour] += max(min(until, 60 * hour + 60) - max(since, 60 * hour), 0) / 60
    return hours


def require_true(found, truth, office):
    """Every figure of the page, one after the other."""
    people, waits = truth.people, truth.waits
    kinds = Counter(truth.kind(pk) for pk in people)
    assert (found.days, found.arrivals.total) == (1, len(people))
    assert (found.arrivals.walk_ins, found.arrivals.appointments) == (
        kinds["walk_in"], kinds["appointment"],
    )  # fmt: skip
    assert found.arrivals.walk_in_share == kinds["walk_in"] / len(people)
    assert {hour: one.total for hour, one in found.arrivals_by_hour.items()} == Counter(
        truth.hour(pk) for pk in people
    )
    assert found.arrivals_by_day == {truth.log.day: found.arrivals}

    assert found.waits == spread(list(waits.values()))
    weekday = truth.log.day.weekday()
    for hour in {truth.hour(pk) for pk in waits}:
        of_hour = [wait for pk, wait in waits.items() if truth.hour(pk) == hour]
        assert found.waits_by_hour[hour] == spread(of_hour)
        assert found.waits_by_weekday_and_hour[weekday, hour] == spread(of_hour)
    assert found.waits_by_weekday == {weekday: found.waits}
    for kind, of_kind in found.waits_by_kind.items():
        assert of_kind == spread([wait for pk, wait in waits.items() if truth.kind(pk) == kind])

    ends = {"finished": "done", "missed": "missed", "forgotten": "open"}
    assert found.outcomes == Counter(ends[events[-1].kind] for events in truth.of.values())

    served = defaultdict(list)
    minutes = {one.pk: one.minutes for one in office.offerings.all()}
    for pk, spans in truth.stretches({"begun"}, {"finished", "parked"}).items():
        work = people[pk].work
        if truth.of[pk][-1].kind == "finished":
            persons = round(work.minutes / minutes[work.offering])
            served[work.offering].append(sum(b - a for a, b in spans) / persons)
    assert {pk: one.minutes for pk, one in found.services.items()} == {
        pk: spread(values) for pk, values in served.items()
    }

    came = {one.appointment for one in people.values()}
    missed = [one for one in truth.log.booked if one.id not in came]
    assert (found.appointments.kept, found.appointments.missed) == (
        len(truth.log.booked) - len(missed), len(missed),
    )  # fmt: skip
    assert found.appointments.missed_share == len(missed) / len(truth.log.booked)

    at_counter = truth.stretches({"called"}, {"finished", "missed", "parked"})
    waiting = truth.stretches({"drawn", "checked_in", "unparked"}, {"called"})
    needed = Counter()
    for pk, spans in at_counter.items():
        needed[truth.hour(pk)] += sum(b - a for a, b in spans) / 60
    open_, in_use, waited = (
        by_hour(spans)
        for spans in (truth.open(), chain(*at_counter.values()), chain(*waiting.values()))
    )
    assert set(found.counters_by_hour) == {hour for hour in open_ if open_[hour]} | {
        truth.hour(pk) for pk in people
    }
    for hour, counters in found.counters_by_hour.items():
        assert counters == (
            1,
            pytest.approx(open_[hour], abs=1e-6),
            pytest.approx(in_use[hour], abs=1e-6),
            pytest.approx(needed[hour], abs=1e-6),
            pytest.approx(waited[hour], abs=1e-6),
        ), hour


def test_a_day_done_through_the_domain(busy_office, staff, monkeypatch, set_time):
    low, middle, high = TOLD
    told = {"told_low": low, "told_median": middle, "told_high": high}
    monkeypatch.setattr(arrivals, "told_at_drawing", lambda *_: told)
    made = simulated(busy_office, LAST_TUESDAY)
    write_appointments(busy_office, made.log)
    play_day(busy_office, made.log, staff)

    truth = Truth(made)
    found = figures_of(busy_office, LAST_TUESDAY, LAST_TUESDAY)
    assert len(truth.people) > 60
    require_true(found, truth, busy_office)
    errors = [truth.waits[pk] - middle for pk in truth.told if pk in truth.waits]
    assert found.forecast == ForecastError(
        len(errors),
        pytest.approx(fmean(map(abs, errors)), abs=1e-6),
        pytest.approx(fmean(errors), abs=1e-6),
        sum(low - middle <= error <= high - middle for error in errors) / len(errors),
    )


@pytest.mark.parametrize("weeks", [1, 2])
def test_a_day_of_the_command(busy_office, staff, weeks):
    day = TUESDAY.date() - timedelta(weeks=weeks)
    truth = Truth(simulated(busy_office, day))
    call_command("simulate_day", seed=SEED, real=True, day=day, verbosity=0)
    found = figures_of(busy_office, day, day)
    require_true(found, truth, busy_office)
    assert found.forecast == ForecastError()
