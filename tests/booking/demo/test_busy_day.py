"""A working day of the demo town, played up to half past nine."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db.models import F

from booking import clock
from booking.domain.hours import affected_appointments
from booking.models import (
    Appointment,
    Counter,
    Office,
    OutboxMail,
    Slot,
    Visit,
    VisitEvent,
)
from tests.conftest import TUESDAY

from .conftest import load

pytestmark = pytest.mark.usefixtures("busy_town")


def everything() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in apps.get_models()}


def citizen_office() -> Office:
    return Office.objects.get(name_de="Bürgerbüro")


def test_loading_again_changes_nothing():
    before = everything()
    events = list(VisitEvent.objects.values_list("pk", "at"))
    load(busy=True)
    assert everything() == before
    assert list(VisitEvent.objects.values_list("pk", "at")) == events


def test_a_busy_day_makes_every_screen_alive():
    office, now = citizen_office(), clock.now()
    states = list(office.visits.values_list("state", flat=True))
    assert states.count("waiting") >= 8
    assert states.count("done") >= 8
    assert {"called", "serving", "parked", "missed"} <= set(states)
    overdue = office.visits.filter(state="waiting", due_at__lt=now)
    assert overdue.exists()
    assert office.appointments.filter(start__gt=now, start__date=now.date()).exists()
    assert office.appointments.filter(start__date__gt=now.date()).count() > 10
    daycare = Office.objects.get(name_de="Kindertageseinrichtungen")
    assert daycare.visits.filter(state="waiting").exists()


def test_the_first_counter_and_clerk_stay_free():
    assert Counter.objects.get(label="1").staff is None
    assert not Counter.objects.filter(staff__username="clerk1").exists()
    staffed = Counter.objects.filter(office=citizen_office(), staff__isnull=False)
    assert sorted(staffed.values_list("label", "staff__username")) == [
        ("2", "clerk2"), ("3", "clerk3"), ("4", "clerk4"), ("5", "clerk5"), ("6", "clerk6"),
    ]  # fmt: skip


def test_the_past_of_a_busy_day_has_true_times():
    for visit in Visit.objects.prefetch_related("events"):
        times = [event.at for event in visit.events.all()]
        assert times == sorted(times)
        assert times[0] == visit.arrived_at
        assert times[-1] <= TUESDAY
    assert not Appointment.objects.filter(booked_at__gt=TUESDAY).exists()
    assert not Appointment.objects.filter(booked_at__gt=F("start")).exists()


def test_a_busy_day_keeps_the_invariants_of_the_slots():
    for slot in Slot.objects.filter(booked__gt=0).select_related("series"):
        end = slot.start + timedelta(minutes=slot.series.unit_minutes)
        held = slot.series.appointments.filter(
            state__in=Appointment.LIVE, start__lt=end, end__gt=slot.start
        )
        assert held.count() == slot.booked
    assert sum(affected_appointments(office).count() for office in Office.objects.all()) == 0


def test_made_up_citizens_get_no_mail_and_bear_no_names():
    assert OutboxMail.objects.count() == 0
    names = Appointment.objects.values_list("name", flat=True)
    assert all(name.startswith("Familie Muster ") for name in names)


def test_the_next_working_day_is_filled_once(set_time):
    tuesday = Visit.objects.count()
    set_time(TUESDAY + timedelta(days=1))
    load(busy=True)
    assert Visit.objects.count() > tuesday
    assert not Visit.objects.filter(state__in=Visit.OPEN, day=TUESDAY.date()).exists()
    before = everything()
    load(busy=True)
    assert everything() == before
