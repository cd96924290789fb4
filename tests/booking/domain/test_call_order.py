from datetime import UTC, datetime, timedelta

import pytest

from booking.domain.call_order import Due, Priority, Rule, Waits, due, due_again
from booking.models import Visit

START = datetime(2026, 11, 24, 9, tzinfo=UTC)
WAITS = Waits(grace=10, late=15, target=30, assisted=10, urgent=0, returned=5)


def after(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def due_after(arrives, *, booked=False, priority="normal", targets=()):
    """The due time in minutes after ``START``, and the rule."""
    place = due(
        arrived_at=after(arrives),
        appointment=START if booked else None,
        priority=Priority(priority),
        waits=WAITS,
        targets=targets,
    )
    return (place.at - START) // timedelta(minutes=1), place.rule


@pytest.mark.parametrize(
    ("arrives", "place"),
    [
        (-60, (0, "on_time")),
        (0, (0, "on_time")),
        (10, (0, "on_time")),
        (11, (26, "late")),
        (40, (55, "late")),
    ],
)
def test_due_at_the_start_when_in_time_and_after_a_wait_when_late(arrives, place):
    assert due_after(arrives, booked=True) == place


@pytest.mark.parametrize(
    ("priority", "place"),
    [("normal", (30, "target")), ("assisted", (10, "assisted")), ("urgent", (0, "urgent"))],
)
def test_without_appointment_due_after_the_wait_of_the_class(priority, place):
    assert due_after(0, priority=priority) == place


@pytest.mark.parametrize(
    ("targets", "place"),
    [
        ([None], (30, "target")),
        ([5], (5, "service")),
        ([90], (90, "service")),
        ([90, None], (30, "target")),
        ([90, 20, None], (20, "service")),
        ([30], (30, "target")),
        ([0], (0, "service")),
    ],
)
def test_a_service_may_have_its_own_target_and_of_several_the_shortest_counts(targets, place):
    assert due_after(0, targets=targets) == place


def test_a_priority_counts_only_where_the_service_does_not_wait_less_anyhow():
    assert due_after(0, priority="assisted", targets=[5]) == (5, "service")
    assert due_after(0, priority="assisted", targets=[90]) == (10, "assisted")
    assert due_after(11, booked=True, targets=[5]) == (26, "late")


@pytest.mark.parametrize(
    ("arrives", "priority", "place"),
    [
        (-30, "assisted", (-20, "assisted")),
        (-5, "assisted", (0, "on_time")),
        (5, "urgent", (0, "on_time")),
        (20, "urgent", (20, "urgent")),
        (20, "assisted", (30, "assisted")),
    ],
)
def test_priority_never_makes_an_appointment_due_later(arrives, priority, place):
    assert due_after(arrives, booked=True, priority=priority) == place


@pytest.mark.parametrize(
    ("returned", "place"), [(-10, (0, "target")), (-5, (0, "target")), (7, (12, "returned"))]
)
def test_whoever_was_called_in_vain_waits_a_little_and_otherwise_keeps_the_place(returned, place):
    again = due_again(Due(START, Rule.TARGET), returned_at=after(returned), waits=WAITS)
    assert again == (after(place[0]), place[1])


def test_the_model_knows_the_same_classes_and_rules():
    assert Visit.Priority.values == [one.value for one in Priority]
    assert Visit.DueRule.values == [one.value for one in Rule]
