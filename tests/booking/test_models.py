"""What the database refuses, whoever asks."""

from datetime import date, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from booking.models import (
    Appointment,
    AppointmentItem,
    Closure,
    Counter,
    Device,
    OpeningHours,
    OutboxMail,
    Slot,
    StaffRole,
    Visit,
    VisitItem,
    WorkerHeartbeat,
)
from tests import factories
from tests.conftest import TUESDAY


def refused(model, **values):
    """Whether the database refuses a row."""
    try:
        with transaction.atomic():
            model.objects.create(**values)
    except IntegrityError:
        return True
    return False


@pytest.fixture
def appointment(office):
    return {
        "office": office,
        "start": TUESDAY,
        "end": TUESDAY + timedelta(minutes=10),
        "created_at": TUESDAY,
        "expires_at": TUESDAY,
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"end": TUESDAY},
        {"expires_at": None},
        {"state": "booked", "name": ""},
        {"blanked_at": TUESDAY, "name": "Erika Mustermann"},
        {"blanked_at": TUESDAY, "code": "12345678"},
    ],
)
def test_an_appointment_is_whole(appointment, changes):
    assert not refused(Appointment, **appointment)
    assert refused(Appointment, **appointment | changes)


@pytest.mark.parametrize("field", ["code", "idempotency_key"])
def test_codes_and_keys_are_given_once(appointment, field):
    assert not refused(Appointment, **appointment | {field: "12345678"})
    assert refused(Appointment, **appointment | {field: "12345678"})


@pytest.mark.parametrize(
    ("model", "name"), [(AppointmentItem, "appointment"), (VisitItem, "visit")]
)
def test_an_offering_is_named_once_for_one_person_at_least(
    office, offering, appointment, visit, model, name
):
    made = (
        Appointment.objects.create(**appointment)
        if name == "appointment"
        else Visit.objects.create(**visit)
    )
    assert refused(model, **{name: made}, offering=offering, quantity=0)
    assert not refused(model, **{name: made}, offering=offering, quantity=1)
    assert refused(model, **{name: made}, offering=offering, quantity=1)


@pytest.mark.parametrize(("booked", "capacity"), [(4, 3), (-1, 3)])
def test_a_slot_is_never_overbooked(office, booked, capacity):
    series = office.opening_hours.get()
    start = TUESDAY + timedelta(seconds=1)
    assert refused(Slot, series=series, start=start, booked=booked, capacity=capacity)
    assert not refused(Slot, series=series, start=start, booked=3, capacity=3)
    assert refused(Slot, series=series, start=start, booked=0, capacity=3)


@pytest.mark.parametrize(
    "changes",
    [
        {"closes": time(8)},
        {"valid_until": date(2025, 12, 31)},
        {"unit_minutes": 4},
        {"unit_minutes": 121},
        {"online_counters": 4},
        {"short_notice_counters": 3},
        {"weekday": 7},
    ],
)
def test_opening_hours_make_sense(office, changes):
    values = {
        "office": office,
        "weekday": 1,
        "opens": time(8),
        "closes": time(12),
        "valid_from": date(2026, 1, 1),
        "counters": 3,
        "online_counters": 2,
    }
    assert not refused(OpeningHours, **values)
    assert refused(OpeningHours, **values | changes)


@pytest.fixture
def visit(office):
    return {
        "office": office,
        "day": TUESDAY.date(),
        "letter": "A",
        "serial": 1,
        "arrived_at": TUESDAY,
        "due_at": TUESDAY,
    }


def test_a_number_is_given_once_a_day(visit):
    assert not refused(Visit, **visit)
    assert refused(Visit, **visit)
    assert not refused(Visit, **visit | {"day": TUESDAY.date() + timedelta(days=1)})


def test_a_visit_has_a_counter_when_called_and_only_then(visit, counter):
    assert refused(Visit, **visit, state="called")
    assert refused(Visit, **visit, state="waiting", counter=counter)
    assert not refused(Visit, **visit, state="called", counter=counter)
    assert refused(Visit, **visit | {"serial": 2}, state="serving", counter=counter)


def test_a_counter_is_closed_without_staff_and_open_with(counter, clerk, office):
    another = {"office": office, "label": "another"}
    assert refused(Counter, **another, state="open")
    assert refused(Counter, **another, state="closed", staff=clerk)
    assert not refused(Counter, **another, state="open", staff=clerk)
    assert refused(Counter, office=office, label="third", state="open", staff=clerk)
    assert refused(Counter, **another)


def test_a_closure_ends_after_it_begins(office):
    day = TUESDAY.date()
    assert refused(Closure, office=office, first_day=day, last_day=day - timedelta(days=1))


def test_a_device_is_bound_when_paired(office):
    values = {"kind": "kiosk", "created_at": TUESDAY}
    assert refused(Device, **values, token_hash="a", office=office)
    assert refused(Device, **values, token_hash="a", paired_at=TUESDAY)
    assert refused(
        Device, **values, token_hash="a", office=office, paired_at=TUESDAY, pairing_code="123456"
    )
    assert refused(Device, **values, token_hash="a", printer="network")
    assert not refused(Device, **values, token_hash="a", pairing_code="123456")
    assert refused(Device, **values, token_hash="b", pairing_code="123456")


def test_a_mail_waits_with_a_recipient_and_forgets_it_once_sent(appointment):
    values = {
        "appointment": Appointment.objects.create(**appointment),
        "kind": "confirmation",
        "language": "de",
        "sequence": 0,
        "created_at": TUESDAY,
        "next_attempt_at": TUESDAY,
    }
    to = {"recipient": "erika@example.org"}
    assert refused(OutboxMail, **values)
    assert refused(OutboxMail, **values, **to, state="sent", sent_at=TUESDAY)
    assert refused(OutboxMail, **values, state="sent")
    assert not refused(OutboxMail, **values, **to)
    assert not refused(OutboxMail, **values, state="sent", sent_at=TUESDAY)


def test_a_role_belongs_to_an_authority_unless_it_is_the_operators(office, clerk):
    assert refused(StaffRole, user=clerk, role="lead")
    assert refused(StaffRole, user=clerk, role="operator", authority=office.authority)
    assert not refused(StaffRole, user=clerk, role="operator")
    assert refused(StaffRole, user=clerk, role="operator")
    whole = {"user": clerk, "role": "lead", "authority": office.authority}
    assert not refused(StaffRole, **whole)
    assert refused(StaffRole, **whole)


def test_there_is_one_heartbeat(db):
    assert refused(WorkerHeartbeat, id=2, seen_at=TUESDAY)


@pytest.mark.parametrize("slug", ["kiosk", "en", "api", "static"])
def test_a_town_cannot_take_an_address_of_the_site(db, slug):
    with pytest.raises(ValidationError):
        factories.AuthorityFactory.build(slug=slug).full_clean()


def test_a_time_zone_must_exist(office):
    office.time_zone = "Europe/Zeitz"
    with pytest.raises(ValidationError):
        office.full_clean()


@pytest.mark.parametrize(("serial", "number"), [(1, "A001"), (999, "A999"), (1000, "A1000")])
def test_a_number_is_a_letter_and_three_digits(serial, number):
    assert Visit(letter="A", serial=serial).number == number
