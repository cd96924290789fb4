"""What a log is read as."""

from datetime import date

from booking.domain.day_log import (
    Booked,
    Call,
    DayLog,
    Event,
    Person,
    Presence,
    Service,
    Shown,
    Turn,
    Work,
    observe,
    presence_of,
)

WORK, NEEDS = Work("passport", 10.0), frozenset(["passport"])


def log_of(events, booked=(), appointments=None):
    visits = dict.fromkeys(event.visit for event in events)
    arrived = {event.visit: event.at for event in reversed(events)}
    appointments = appointments or {}
    persons = {
        one: Person(one, WORK, NEEDS, arrived[one], 30.0, appointments.get(one)) for one in visits
    }
    return DayLog(date(2026, 11, 24), {1: None}, persons, events, booked)


def served(visit, arrived, called, begun, finished, counter=1):
    return [
        Event(arrived, visit, "drawn"),
        Event(called, visit, "called", counter),
        Event(begun, visit, "begun", counter),
        Event(finished, visit, "finished", counter),
    ]


def in_order(*events):
    return sorted(events, key=lambda event: event.at)


def test_a_service_lasts_from_begun_to_finished():
    seen = observe(log_of(served("A1", 0, 2, 3, 15)))
    assert seen.services == [Service(WORK, 3, 15)]
    assert seen.calls == [Call(2, 1, True)]
    assert seen.called == {"A1": 2}


def test_a_turn_is_measured_only_while_somebody_waits():
    waited = in_order(*served("A1", 0, 0, 1, 10), *served("A2", 5, 12, 13, 20))
    came_later = in_order(*served("A1", 0, 0, 1, 10), *served("A2", 11, 12, 13, 20))
    assert observe(log_of(waited)).turns == [Turn(10, 2)]
    assert observe(log_of(came_later)).turns == []


def test_a_visit_ended_by_the_day_teaches_nothing_of_durations():
    events = [*served("A1", 0, 2, 3, 15)[:3], Event(1440, "A1", "forgotten", 1)]
    assert observe(log_of(events)).services == []


def test_who_did_not_come_when_called_is_a_call_in_vain():
    events = [Event(0, "A1", "drawn"), Event(5, "A1", "called", 1), Event(8, "A1", "missed", 1)]
    assert observe(log_of(events)).calls == [Call(5, 3, False)]


def test_appointments_are_kept_or_not():
    booked = [Booked("kept", WORK, NEEDS, 10), Booked("not kept", WORK, NEEDS, 20)]
    log = log_of(served("A1", 4, 9, 10, 15), booked, {"A1": "kept"})
    assert observe(log).shown == [Shown(10, -6), Shown(20, None)]


def test_only_what_has_happened_is_known():
    seen = observe(log_of(in_order(*served("A1", 0, 2, 3, 15), *served("A2", 0, 4, 5, 30))))
    assert seen.until(20).services == [Service(WORK, 3, 15)]
    assert seen.until(3.5).called == {"A1": 2}


def test_a_counter_without_calls_while_people_wait_was_away():
    events = in_order(*served("A1", 0, 0, 1, 10), *served("A2", 15, 60, 61, 70))
    assert presence_of(log_of(events)) == [Presence(1, 0, 10), Presence(1, 60, 70)]


def test_a_counter_without_calls_while_nobody_waits_was_there():
    events = in_order(*served("A1", 0, 0, 1, 10), *served("A2", 59, 60, 61, 70))
    assert presence_of(log_of(events)) == [Presence(1, 0, 70)]
