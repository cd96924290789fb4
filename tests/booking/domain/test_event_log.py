"""What the logs hold for the figures: what a visit is for, and when counters were open."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from booking.domain import visits
from booking.domain.actor import CITIZEN
from booking.domain.arrivals import draw_ticket
from booking.domain.counters import close_counter, open_counter, pause_counter
from booking.domain.items import Item
from booking.models import CounterEvent, VisitEvent
from booking.setup.deleting import reasons_to_keep
from tests import factories

pytestmark = pytest.mark.django_db


def log_of(counter) -> list[str]:
    events = CounterEvent.objects.filter(counter=counter).order_by("pk")
    return list(events.values_list("kind", flat=True))


def what_for() -> list[tuple]:
    events = VisitEvent.objects.order_by("pk")
    return list(events.values_list("kind", "offering", "quantity"))


@pytest.fixture
def second(office, offering):
    return factories.OfferingFactory(office=office)


def test_a_counter_logs_when_it_opens_pauses_and_closes(counter, clerk):
    open_counter(counter.pk, staff=clerk)
    pause_counter(counter.pk, staff=clerk, paused=True)
    pause_counter(counter.pk, staff=clerk, paused=True)
    pause_counter(counter.pk, staff=clerk, paused=False)
    close_counter(counter.pk, staff=clerk)
    close_counter(counter.pk, staff=clerk)
    assert log_of(counter) == ["opened", "paused", "resumed", "closed"]


def test_calling_somebody_ends_a_pause_in_the_log_too(counter, clerk):
    open_counter(counter.pk, staff=clerk)
    pause_counter(counter.pk, staff=clerk, paused=True)
    visits.call_next(counter.pk, staff=clerk)
    assert log_of(counter) == ["opened", "paused", "resumed"]


def test_moving_to_another_counter_closes_the_one_before(counter, office, clerk):
    other = factories.CounterFactory(office=office)
    open_counter(counter.pk, staff=clerk)
    open_counter(other.pk, staff=clerk)
    assert (log_of(counter), log_of(other)) == (["opened", "closed"], ["opened"])


def test_the_log_of_counters_has_no_place_for_a_name():
    fields = {field.name for field in CounterEvent._meta.get_fields()}
    assert fields == {"id", "office", "counter", "kind", "at"}


def test_the_arrival_says_what_the_visit_is_for(office, offering, second):
    draw_ticket(office=office, items=[Item(offering, 2)], actor=CITIZEN)
    draw_ticket(office=office, items=[Item(offering, 1), Item(second, 3)], actor=CITIZEN)
    assert what_for() == [("drawn", offering.pk, 2), ("drawn", None, 4)]


def test_a_transfer_says_what_it_is_for_from_then_on(office, offering, second):
    visit = draw_ticket(office=office, items=[Item(offering, 1)], actor=CITIZEN)
    visits.transfer(visit.pk, actor=CITIZEN)
    visits.transfer(visit.pk, actor=CITIZEN, items=[Item(second, 1)])
    assert what_for()[1:] == [("transferred", None, None), ("transferred", second.pk, 1)]
    visit.items.all().delete()
    assert reasons_to_keep(second) != []


def test_visits_from_before_the_log_said_so_get_it_when_the_database_is_updated(
    office, offering, second
):
    draw_ticket(office=office, items=[Item(offering, 2)], actor=CITIZEN)
    draw_ticket(office=office, items=[Item(offering, 1), Item(second, 3)], actor=CITIZEN)
    moved = draw_ticket(office=office, items=[Item(offering, 1)], actor=CITIZEN)
    visits.transfer(moved.pk, actor=CITIZEN, items=[Item(second, 1)])
    VisitEvent.objects.update(offering=None, quantity=None)
    import_module("booking.migrations.0010_figures").log_what_visits_were_for(apps, None)
    assert what_for() == [
        ("drawn", offering.pk, 2), ("drawn", None, 4), ("drawn", None, None),
        ("transferred", None, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "told",
    [
        {"told_low": 5, "told_median": 4, "told_high": 9},
        {"told_low": 1, "told_median": 4, "told_high": 3},
        {"told_median": 4},
    ],
)
def test_a_told_wait_is_whole_and_in_order(office, offering, told):
    visit = draw_ticket(office=office, items=[Item(offering, 1)], actor=CITIZEN)
    with pytest.raises(IntegrityError), transaction.atomic():
        visit.events.update(**told)
    assert visit.events.update(told_low=2, told_median=4, told_high=9) == 1
