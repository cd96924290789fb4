from datetime import UTC, datetime, timedelta

import pytest

from booking.domain.call_order import due_with_appointment, due_without_appointment

START = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("arrives", "due"), [(-60, 0), (-1, 0), (0, 0), (10, 0), (11, 26), (40, 55)]
)
def test_due_at_the_start_when_in_time_and_after_a_wait_when_late(arrives, due):
    assert due_with_appointment(
        start=START,
        arrived_at=START + timedelta(minutes=arrives),
        grace_minutes=10,
        late_wait_minutes=15,
    ) == START + timedelta(minutes=due)


def test_without_appointment_due_after_the_target_wait():
    assert due_without_appointment(arrived_at=START, target_wait_minutes=30) == START + timedelta(
        minutes=30
    )
