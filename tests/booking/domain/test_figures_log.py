"""A day played through the domain at known moments, read back from its log."""

from datetime import UTC, date, datetime, timedelta

import pytest

from booking.domain import visits
from booking.domain.actor import CITIZEN
from booking.domain.arrivals import check_in, draw_ticket
from booking.domain.confirming import confirm_appointment
from booking.domain.counters import close_counter, open_counter
from booking.domain.figures import Appointments, Arrivals, Spread
from booking.domain.figures_log import figures_of
from booking.domain.holding import hold_appointment
from booking.domain.items import Item
from booking.domain.retention import delete_expired_personal_data
from booking.models import VisitEvent
from tests import factories
from tests.conftest import BERLIN, TUESDAY

pytestmark = pytest.mark.django_db

DAY = TUESDAY.date()


def local(clock_time: str, day: date = DAY) -> datetime:
    hour, minute = map(int, clock_time.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BERLIN).astimezone(UTC)


@pytest.fixture
def at(set_time):
    """Move the clock to a time of the day."""
    return lambda clock_time, day=DAY: set_time(local(clock_time, day))


@pytest.fixture
def draw(office, offering):
    return lambda: draw_ticket(office=office, items=[Item(offering, 1)], actor=CITIZEN)


@pytest.fixture
def serve(counter, clerk, at):
    """Call the next at one time, begin at once, finish at another."""

    def serve(called: str, finished: str) -> None:
        at(called)
        visit = visits.call_next(counter.pk, staff=clerk)
        visits.begin(visit.pk, actor=CITIZEN)
        at(finished)
        visits.finish(visit.pk, actor=CITIZEN)

    return serve


def book(office, offering, clock_time):
    held = hold_appointment(office=office, items=[Item(offering, 1)], start=local(clock_time))
    return confirm_appointment(held.pk, name="Familie Muster", email="muster@example.org")


def test_a_day_played_through_the_domain_gives_its_figures(
    office, offering, counter, clerk, at, draw, serve
):
    at("8:00")
    booked, _missed = book(office, offering, "9:10"), book(office, offering, "9:20")
    open_counter(counter.pk, staff=clerk)
    draw()
    serve("8:05", "8:20")
    at("9:05")
    check_in(office=office, code=booked.code, actor=CITIZEN)
    serve("9:11", "9:31")
    at("11:00")
    close_counter(counter.pk, staff=clerk)

    found = figures_of(office, DAY, DAY)
    assert found.arrivals == Arrivals(walk_ins=1, appointments=1)
    assert found.waits == Spread(2, 5.5, pytest.approx(5.9))
    assert found.services[offering.pk].minutes == Spread(2, 17.5, pytest.approx(19.5))
    assert found.appointments == Appointments(kept=1, missed=1)
    assert {hour: one.open for hour, one in found.counters_by_hour.items()} == {8: 1, 9: 1, 10: 1}


def test_figures_stay_the_same_when_personal_data_has_gone(office, offering, at, draw):
    at("8:00")
    kept = book(office, offering, "9:10")
    book(office, offering, "9:20")
    at("9:05")
    check_in(office=office, code=kept.code, actor=CITIZEN)
    at("18:00")
    before = figures_of(office, DAY, DAY)
    at("9:00", DAY + timedelta(days=10))
    assert delete_expired_personal_data() == 2
    after = figures_of(office, DAY, DAY)
    assert after == before
    assert after.appointments == Appointments(kept=1, missed=1)


def test_whoever_can_still_check_in_is_not_missing_yet(office, offering, at):
    at("8:00")
    book(office, offering, "9:10")
    at("10:09")
    assert figures_of(office, DAY, DAY).appointments == Appointments()
    at("10:11")
    assert figures_of(office, DAY, DAY).appointments == Appointments(missed=1)


def test_nothing_after_the_end_of_the_period_counts(office, at, draw, serve, counter, clerk):
    at("8:00")
    open_counter(counter.pk, staff=clerk)
    draw()
    at("8:30")
    draw()
    assert figures_of(office, DAY, DAY, until=local("8:29")).arrivals.total == 1
    assert figures_of(office, DAY, DAY).arrivals.total == 2
    next_day = DAY + timedelta(days=1)
    assert figures_of(office, next_day, next_day).days == 0


def test_a_visit_sent_to_another_office_counts_at_both_once(office, offering, at, draw, clerk):
    sister = factories.OfficeFactory(authority=office.authority)
    same = factories.OfferingFactory(office=sister, service=offering.service)
    third = factories.OfficeFactory(authority=office.authority)
    desk = factories.CounterFactory(office=sister)
    colleague = factories.make_staff(sister)
    at("8:00")
    visit = draw()
    at("8:10")
    visits.transfer(visit.pk, actor=CITIZEN, office=sister)
    open_counter(desk.pk, staff=colleague)
    at("8:30")
    visits.begin(visits.call_next(desk.pk, staff=colleague).pk, actor=CITIZEN)
    at("8:40")
    visits.finish(visit.pk, actor=CITIZEN)

    here, there = figures_of(office, DAY, DAY), figures_of(sister, DAY, DAY)
    assert (here.arrivals, here.outcomes) == (Arrivals(walk_ins=1), {"sent_on": 1})
    assert here.waits == Spread()
    assert (there.arrivals, there.outcomes) == (Arrivals(brought=1), {"done": 1})
    assert there.waits == Spread(1, 20, 20)
    assert there.services[same.pk].minutes.median == 10
    assert figures_of(third, DAY, DAY).days == 0


def test_a_transfer_within_the_office_is_no_second_arrival(office, offering, at, draw):
    second = factories.OfferingFactory(office=office)
    at("8:00")
    visit = draw()
    visits.transfer(visit.pk, actor=CITIZEN, items=[Item(second, 1)])
    found = figures_of(office, DAY, DAY)
    assert (found.arrivals, found.outcomes) == (Arrivals(walk_ins=1), {"open": 1})


def test_the_wait_that_was_told_is_compared_with_the_one_there_was(
    office, at, draw, serve, counter, clerk
):
    at("8:00")
    open_counter(counter.pk, staff=clerk)
    draw()
    VisitEvent.objects.filter(kind="drawn").update(told_low=2, told_median=4, told_high=9)
    serve("8:10", "8:20")
    forecast = figures_of(office, DAY, DAY).forecast
    assert (forecast.count, forecast.mean_error, forecast.within) == (1, 6, 0)


@pytest.mark.parametrize("people", [1, 9])
def test_the_log_is_read_in_four_queries_however_long_it_is(
    office, offering, at, draw, people, django_assert_num_queries
):
    for minute in range(people):
        at(f"8:{minute:02}")
        draw()
        book(office, offering, f"{10 + minute // 6}:{minute % 6}0")
    with django_assert_num_queries(4):
        figures_of(office, DAY - timedelta(days=27), DAY)


def test_another_offices_log_is_not_read(office, draw, at):
    at("8:00")
    draw()
    assert figures_of(office, DAY, DAY).days == 1
    assert figures_of(factories.OfficeFactory(), DAY, DAY).days == 0
