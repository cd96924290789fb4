import pytest
from django.conf import settings
from django.core.management import CommandError
from modeltranslation.utils import build_localized_fieldname

from booking import clock
from booking.domain.availability import free_starts
from booking.domain.items import Item
from booking.domain.permissions import IN_SETUP, offices_of
from booking.models import (
    Appointment,
    Device,
    Offering,
    Office,
    Service,
    StaffRole,
    User,
    Visit,
)

from .conftest import load

pytestmark = pytest.mark.usefixtures("town")

STAFF = "lead frontdesk clerk1 clerk2 clerk3 clerk4 clerk5 clerk6 kita1 kita2 nord1 nord2".split()


def citizen_office() -> Office:
    return Office.objects.get(name_de="Bürgerbüro")


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


def test_every_name_is_there_in_all_languages():
    load()
    for named in [*Service.objects.all(), *Office.objects.all()]:
        for language, _name in settings.LANGUAGES:
            assert getattr(named, build_localized_fieldname("name", language)), (named, language)


def test_staff_can_log_in_with_the_printed_password():
    password = load().split()[-1]
    assert sorted(User.objects.values_list("username", flat=True)) == sorted(STAFF)
    assert all(user.check_password(password) for user in User.objects.all())
    lead, clerk = User.objects.get(username="lead"), User.objects.get(username="clerk1")
    assert offices_of(lead, IN_SETUP).count() == 3
    assert [office.name_de for office in offices_of(clerk)] == ["Bürgerbüro"]
    assert offices_of(clerk, IN_SETUP).count() == 0
    assert StaffRole.objects.filter(role=StaffRole.Role.OPERATOR).count() == 0


def test_an_unreadable_wish_is_one_clear_line(monkeypatch):
    monkeypatch.setenv("DEMO_CLOCK", "later")
    with pytest.raises(CommandError, match="2026-11-24T09:30"):
        load()


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
