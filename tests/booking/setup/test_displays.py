"""What a lead sets up for the waiting room: displays, places of counters, notices."""

from datetime import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from booking.domain.devices import make_device
from booking.models import Counter, Device, Notice, Office, Queue, StaffRole
from tests import factories

pytestmark = pytest.mark.django_db

FORM = {
    "name": "Wartebereich",
    "layout": "waits",
    "call_seconds": 8,
    "diagonal_inches": 65,
    "distance_cm": 600,
    "gong_volume": 40,
    "voice_volume": 0,
    "quiet_from": "18:00",
    "quiet_until": "07:00",
}


@pytest.fixture
def display(town) -> Device:
    return make_device(kind=Device.Kind.DISPLAY, office=town.office)[0]


@pytest.fixture
def neighbour(town) -> Office:
    return factories.OfficeFactory(authority=town.office.authority, name="Standesamt")


def page_of(thing: object) -> str:
    return reverse(f"admin:booking_{thing._meta.model_name}_change", args=[thing.pk])


def version(office: Office) -> int:
    return Queue.objects.filter(pk=office.pk).values_list("version", flat=True).first() or 0


def test_a_display_is_set_up_and_its_screens_are_told(as_lead, display, neighbour):
    answer = as_lead.post(page_of(display), FORM | {"also_shows": [str(neighbour.pk)]})
    assert answer.status_code == 302
    display.refresh_from_db()
    assert {name: getattr(display, name) for name in FORM} == FORM | {
        "quiet_from": time(18),
        "quiet_until": time(7),
    }
    assert list(display.also_shows.all()) == [neighbour]
    assert (display.revision, version(display.office)) == (1, 1)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"distance_cm": 900}, "__all__"),  # too far for 65 inches
        ({"quiet_until": ""}, "__all__"),
        ({"gong_volume": 101}, "gong_volume"),
        ({"call_seconds": 2}, "call_seconds"),
        ({"diagonal_inches": 99_999}, "diagonal_inches"),
        ({"layout": "dancing"}, "layout"),
    ],
)
def test_a_screen_that_could_not_be_read_or_heard_is_refused(as_lead, display, wrong, field):
    answer = as_lead.post(page_of(display), FORM | wrong)
    assert answer.status_code == 200
    errors = answer.context["adminform"].form.errors
    assert list(errors) == [field]
    assert "violated" not in str(errors)
    display.refresh_from_db()
    assert (display.revision, display.layout) == (0, "calls")


def test_a_kiosk_has_a_printer_and_a_display_has_a_screen(as_lead, town, display):
    kiosk, _token = make_device(kind=Device.Kind.KIOSK, office=town.office)
    kiosk_page = as_lead.get(page_of(kiosk)).content.decode()
    display_page = as_lead.get(page_of(display)).content.decode()
    assert ('name="printer"' in kiosk_page, 'name="layout"' in kiosk_page) == (True, False)
    assert ('name="printer"' in display_page, 'name="layout"' in display_page) == (False, True)
    assert "/display/test/" in display_page


def test_only_offices_of_the_town_can_share_a_room(as_lead, display, other):
    page = as_lead.get(page_of(display)).content.decode()
    assert str(other.office.pk) not in page
    answer = as_lead.post(page_of(display), FORM | {"also_shows": [str(other.office.pk)]})
    assert answer.status_code == 200
    assert not display.also_shows.exists()


def test_what_the_lead_of_the_town_has_chosen_survives_the_lead_of_the_office(
    client: Client, town, display, neighbour
):
    display.also_shows.add(neighbour)
    lead = factories.UserFactory(username="office-lead")
    StaffRole.objects.create(
        user=lead,
        role=StaffRole.Role.LEAD,
        authority=town.office.authority,
        office=town.office,
    )
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    form = client.get(page_of(display)).context["adminform"].form
    posted = FORM | {"also_shows": [str(one.pk) for one in form.initial["also_shows"]]}
    assert client.post(page_of(display), posted).status_code == 302
    assert list(display.also_shows.all()) == [neighbour]


def test_a_counter_is_given_its_place(as_lead, town):
    counter = factories.CounterFactory(office=town.office)
    place = {"place_de": "im ersten Stock", "place_en": "first floor"}
    posted = {"office": str(town.office.pk), "label": "3", "position": 1} | place
    assert as_lead.post(page_of(counter), posted).status_code == 302
    counter = Counter.objects.get(pk=counter.pk)
    assert (counter.place_de, counter.place_en) == ("im ersten Stock", "first floor")


def notice_form(office: Office, **changes: object) -> dict[str, object]:
    return {"office": str(office.pk), "heading_de": "Fest", "position": 0} | changes


def sent(content: bytes, name: str = "fest.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/png")


def test_a_notice_with_a_picture_is_written_changed_and_removed(as_lead, town):
    add = reverse("admin:booking_notice_add")
    form = notice_form(town.office, upload=sent(factories.picture()))
    assert as_lead.post(add, form).status_code == 302
    notice = Notice.objects.get()
    assert bytes(notice.picture).startswith(b"RIFF")
    assert (
        as_lead.post(page_of(notice), notice_form(town.office, text_de="Heute")).status_code == 302
    )
    notice = Notice.objects.get()
    assert (notice.text_de, bool(notice.picture_digest)) == ("Heute", True)
    form = notice_form(town.office, without_picture="on")
    assert as_lead.post(page_of(notice), form).status_code == 302
    assert Notice.objects.get().picture_digest == ""
    gone = reverse("admin:booking_notice_delete", args=[notice.pk])
    assert as_lead.post(gone, {"post": "yes"}).status_code == 302
    assert (Notice.objects.count(), version(town.office)) == (0, 4)


def test_several_notices_are_removed_and_announced(as_lead, town):
    add = reverse("admin:booking_notice_add")
    for _ in range(2):
        as_lead.post(add, notice_form(town.office))
    chosen = [str(notice.pk) for notice in Notice.objects.all()]
    posted = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
    as_lead.post(reverse("admin:booking_notice_changelist"), posted)
    assert (Notice.objects.count(), version(town.office)) == (0, 4)


def test_what_is_no_picture_gets_a_sentence(as_lead, town, monkeypatch):
    add = reverse("admin:booking_notice_add")
    answer = as_lead.post(add, notice_form(town.office, upload=sent(b"<svg/>")))
    assert list(answer.context["adminform"].form.errors) == ["upload"]
    monkeypatch.setattr("booking.setup.notices.BYTES_AT_MOST", 10)
    answer = as_lead.post(add, notice_form(town.office, upload=sent(factories.picture())))
    assert list(answer.context["adminform"].form.errors) == ["upload"]
    assert not Notice.objects.exists()


def test_the_list_of_notices_needs_the_same_queries_for_one_and_for_many(
    as_lead, town, django_assert_num_queries
):
    add, listed = reverse("admin:booking_notice_add"), reverse("admin:booking_notice_changelist")
    as_lead.post(add, notice_form(town.office))
    as_lead.get(listed)
    with django_assert_num_queries(12) as queries:
        as_lead.get(listed)
    assert not any('"picture",' in query["sql"] for query in queries.captured_queries)
    for _ in range(5):
        as_lead.post(add, notice_form(town.office))
    with django_assert_num_queries(12):
        as_lead.get(listed)
