from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import F

from booking import clock
from booking.domain.availability import free_starts
from booking.domain.hours import affected_appointments
from booking.domain.items import Item
from booking.domain.permissions import IN_SETUP, offices_of
from booking.models import (
    Appointment,
    Authority,
    Counter,
    Device,
    Offering,
    Office,
    OutboxMail,
    Service,
    Slot,
    StaffRole,
    User,
    Visit,
    VisitEvent,
)
from tests import factories
from tests.conftest import TUESDAY

pytestmark = pytest.mark.django_db

STAFF = "lead frontdesk clerk1 clerk2 clerk3 clerk4 clerk5 clerk6 kita1 kita2 nord1 nord2".split()


def load(**options) -> str:
    out = StringIO()
    call_command("load_demo", stdout=out, **options)
    return out.getvalue()


def everything() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in apps.get_models()}


def citizen_office() -> Office:
    return Office.objects.get(name_de="Bürgerbüro")


def test_loading_again_changes_nothing():
    load(busy=True)
    before = everything()
    events = list(VisitEvent.objects.values_list("pk", "at"))
    load(busy=True)
    assert everything() == before
    assert list(VisitEvent.objects.values_list("pk", "at")) == events


def test_what_people_changed_stays():
    load()
    Service.objects.filter(slug="personalausweis").update(name_de="Perso")
    load()
    assert Service.objects.get(slug="personalausweis").name_de == "Perso"


def test_the_town_has_both_departments():
    load()
    daycare = Office.objects.get(name_de="Kindertageseinrichtungen")
    assert [one.service.name_de for one in daycare.offerings.all()] == [
        "Anmeldung der Kindertagesbetreuung",
        "Vertragsabschluss",
        "Klärung von Zahlungsverzug",
    ]
    assert citizen_office().offerings.count() >= 12
    labels = [counter.label for counter in citizen_office().counters.all()]
    assert labels == ["1", "2", "3", "4", "5", "6"]
    keys = Service.objects.exclude(leika="").values_list("slug", "leika")
    assert dict(keys) == {
        "wohnsitz-anmelden": "99115005104000",
        "meldebescheinigung": "99115003012000",
    }


def test_no_letter_is_shared_by_two_offices():
    load()
    pairs = Offering.objects.order_by().values_list("letter", "office").distinct()
    letters = [letter for letter, _office in pairs]
    assert len(letters) == len(set(letters))
    assert not set(letters) & {"I", "O"}


def test_every_text_is_there_in_both_languages():
    load()
    for service in Service.objects.all():
        for field in ("name", "summary", "documents", "keywords"):
            assert getattr(service, f"{field}_de"), (service.slug, field)
            assert getattr(service, f"{field}_en"), (service.slug, field)
        assert len(service.documents_de.splitlines()) == len(service.documents_en.splitlines())


def test_staff_can_log_in_with_the_printed_password():
    password = load().split()[-1]
    assert sorted(User.objects.values_list("username", flat=True)) == sorted(STAFF)
    assert all(user.check_password(password) for user in User.objects.all())
    lead, clerk = User.objects.get(username="lead"), User.objects.get(username="clerk1")
    assert offices_of(lead, IN_SETUP).count() == 3
    assert [office.name_de for office in offices_of(clerk)] == ["Bürgerbüro"]
    assert offices_of(clerk, IN_SETUP).count() == 0
    assert StaffRole.objects.filter(role=StaffRole.Role.OPERATOR).count() == 0


def test_the_public_password_never_comes_into_somebody_elses_database():
    factories.AuthorityFactory(slug="zeitz")
    with pytest.raises(CommandError, match="holds another town"):
        load()
    assert User.objects.count() == 0


def test_an_installation_that_says_it_is_no_demo_stays_none(settings, monkeypatch):
    monkeypatch.setenv("DEMO", "0")
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=0"):
        load()
    assert Authority.objects.count() == 0
    assert not settings.DEMO_CLOCK_FILE.exists()


def test_an_unreadable_wish_is_one_clear_line(monkeypatch):
    monkeypatch.setenv("DEMO_CLOCK", "later")
    with pytest.raises(CommandError, match="2026-11-24T09:30"):
        load()


def test_a_busy_day_makes_every_screen_alive():
    load(busy=True)
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
    load(busy=True)
    assert Counter.objects.get(label="1").staff is None
    assert not Counter.objects.filter(staff__username="clerk1").exists()
    staffed = Counter.objects.filter(office=citizen_office(), staff__isnull=False)
    assert sorted(staffed.values_list("label", "staff__username")) == [
        ("2", "clerk2"), ("3", "clerk3"), ("4", "clerk4"), ("5", "clerk5"), ("6", "clerk6"),
    ]  # fmt: skip


def test_the_past_of_a_busy_day_has_true_times():
    load(busy=True)
    for visit in Visit.objects.prefetch_related("events"):
        times = [event.at for event in visit.events.all()]
        assert times == sorted(times)
        assert times[0] == visit.arrived_at
        assert times[-1] <= TUESDAY
    assert not Appointment.objects.filter(booked_at__gt=TUESDAY).exists()
    assert not Appointment.objects.filter(booked_at__gt=F("start")).exists()


def test_a_busy_day_keeps_the_invariants_of_the_slots():
    load(busy=True)
    for slot in Slot.objects.filter(booked__gt=0).select_related("series"):
        end = slot.start + timedelta(minutes=slot.series.unit_minutes)
        held = slot.series.appointments.filter(
            state__in=Appointment.LIVE, start__lt=end, end__gt=slot.start
        )
        assert held.count() == slot.booked
    assert sum(affected_appointments(office).count() for office in Office.objects.all()) == 0


def test_made_up_citizens_get_no_mail_and_bear_no_names():
    load(busy=True)
    assert OutboxMail.objects.count() == 0
    names = Appointment.objects.values_list("name", flat=True)
    assert all(name.startswith("Familie Muster ") for name in names)


def test_the_next_working_day_is_filled_once(set_time):
    load(busy=True)
    tuesday = Visit.objects.count()
    set_time(TUESDAY + timedelta(days=1))
    load(busy=True)
    assert Visit.objects.count() > tuesday
    assert not Visit.objects.filter(state__in=Visit.OPEN, day=TUESDAY.date()).exists()
    before = everything()
    load(busy=True)
    assert everything() == before


def test_a_wish_for_an_earlier_day_finds_free_times_there(monkeypatch):
    load()
    monkeypatch.setenv("DEMO_CLOCK", "2026-03-24T09:30")
    load(busy=True)
    assert clock.today(citizen_office().zone).isoformat() == "2026-03-24"
    offering = citizen_office().offerings.get(service__slug="meldebescheinigung")
    free = free_starts(
        citizen_office(), [Item(offering, 1)], first_day=clock.today(citizen_office().zone), days=3
    )
    assert len(free) >= 2


@pytest.mark.parametrize("wish", ["2026-11-26T17:20", "2026-11-24T22:00", "2026-11-22T10:00"])
def test_any_moment_can_be_busy(monkeypatch, wish):
    """Late on the long Thursday, at night, on a Sunday."""
    monkeypatch.setenv("DEMO_CLOCK", wish)
    load(busy=True)
    open_visits = Visit.objects.filter(state__in=Visit.OPEN).exists()
    assert open_visits is (wish == "2026-11-26T17:20")
    assert Appointment.objects.filter(start__gt=clock.now()).exists()


def test_demo_devices_need_no_pairing(client):
    load()
    assert client.get("/demo/kiosk/").headers["Location"] == "/kiosk/"
    assert client.get("/demo/kiosk/").headers["Location"] == "/kiosk/"
    assert client.get("/en/demo/display/").headers["Location"] == "/en/display/"
    kinds = Device.objects.values_list("kind", "office__name_de")
    assert sorted(kinds) == [("display", "Bürgerbüro"), ("kiosk", "Bürgerbüro")]


def test_outside_the_demo_its_shortcuts_do_not_exist(client, settings):
    load()
    settings.DEMO = False
    assert client.get("/demo/kiosk/").status_code == 404
    assert Device.objects.count() == 0
