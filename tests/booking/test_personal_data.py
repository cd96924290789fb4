"""No personal field without an entry; notice, record and export are made of the entries."""

import json

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import translation
from modeltranslation.utils import build_localized_fieldname

from booking.domain.own_data import citizens_entries, declared, record_of_processing
from booking.models import AppointmentItem, StaffRole
from booking.models.personal import Whose
from booking.security import appointment_secret
from tests import factories
from tests.wishes import make

# What the office sets up and what machines make: it is about no person.
OF_THE_OFFICE = {
    "booking.Authority", "booking.Office", "booking.Closure", "booking.Service",
    "booking.Offering", "booking.Device", "booking.Notice", "booking.TicketSeries",
    "booking.OpeningHours", "booking.Situation", "booking.WaitForecast",
    "auth.Permission", "auth.Group",
    "contenttypes.ContentType",
    # Unused: what somebody may do follows from the roles.
    "booking.User_groups", "booking.User_user_permissions",
}  # fmt: skip


def in_all_languages(field: str) -> set[str]:
    return {field, *(build_localized_fieldname(field, code) for code, _name in settings.LANGUAGES)}


IMPERSONAL = {
    "booking.Counter": {"label", *in_all_languages("place")},
    # The class of an error, never its sentence.
    "booking.OutboxMail": {"last_error"},
    # The letter of the service, and a random key of the kiosk.
    "booking.Visit": {"letter", "idempotency_key"},
}


def may_be_personal(field: models.Field) -> bool:
    """Whether anything could be typed into a field, or it names somebody who works here."""
    free = (models.CharField, models.TextField, models.JSONField, models.GenericIPAddressField,
            models.FileField, models.BinaryField, models.DateField)  # fmt: skip
    if isinstance(field, models.DateTimeField) or field.choices:
        return False
    return isinstance(field, free) or field.related_model is get_user_model()


def undeclared(model: type[models.Model]) -> set[str]:
    known = set(declared(model)) | IMPERSONAL.get(model._meta.label, set())
    return {
        field.name
        for field in model._meta.concrete_fields
        if may_be_personal(field) and field.name not in known
    } - {"day"}


@pytest.mark.parametrize(
    "model",
    [
        one
        for one in apps.get_models(include_auto_created=True)
        if one._meta.label not in OF_THE_OFFICE
    ],
    ids=lambda model: model._meta.label,
)
def test_each_field_that_may_hold_something_personal_is_declared(model):
    assert undeclared(model) == set()
    assert set(declared(model)) <= {field.name for field in model._meta.get_fields()}


def test_a_field_that_nobody_has_declared_is_found(monkeypatch):
    """That the test above can fail."""
    model = apps.get_model("booking.Appointment")
    monkeypatch.delitem(model.personal_data, "phone")
    assert undeclared(model) == {"phone"}


def test_what_is_about_the_office_is_declared_nowhere():
    for label in OF_THE_OFFICE:
        assert declared(apps.get_model(label)) == {}, label


@pytest.mark.parametrize("days", [1, 14])
def test_the_privacy_notice_tells_every_entry(client, office, days):
    office.authority.retention_days = days
    office.authority.save()
    path = "/en" + reverse("privacy", args=[office.authority.slug]).removeprefix("/en")
    page = client.get(path).content.decode()
    with translation.override("en"):
        for entry in citizens_entries():
            for told in (entry.kept.what, entry.kept.why, entry.kept.until.text(days)):
                assert f">{told}</d" in page
    assert "your phone number, if you give one" in page
    word = "1 day" if days == 1 else "14 days"
    assert f"Deleted {word} after the day of the appointment. At once when it is cancelled." in page


def test_the_record_in_the_set_up_tells_every_field(client, office):
    lead = Client()
    lead.force_login(
        factories.make_staff(office, StaffRole.Role.LEAD),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    page = lead.get(reverse("admin:record")).content.decode()
    for whose in Whose:
        for entry in record_of_processing(whose):
            assert f"<code>{', '.join(entry.fields)}</code>" in page
    stranger = Client()
    stranger.force_login(
        factories.make_staff(office), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert stranger.get(reverse("admin:record")).status_code == 302


def test_the_export_holds_every_citizens_field(client, checked_in, offering):
    make(offering, checked_in.email, appointment=checked_in)
    path = reverse("own_data", args=[checked_in.pk, appointment_secret(checked_in.pk)])
    response = client.get(path)
    assert "attachment" in response["Content-Disposition"]
    kept = json.loads(response.content)
    where = {
        "Appointment": kept["appointment"],
        "OutboxMail": kept["messages"][0],
        "Visit": kept["visit"],
        "CalendarSubscription": kept["calendar_subscription"],
        "Wish": kept["wishes"][0],
    }
    for entry in record_of_processing(Whose.CITIZEN):
        if entry.model is not AppointmentItem:
            assert set(entry.fields) <= set(where[entry.model.__name__]), entry
    assert kept["appointment"]["name"] == "Kim Muster"
    assert kept["visit"]["note"] == "braucht einen Dolmetscher"
    assert kept["services"] == [{"service": "Personalausweis", "quantity": 1}]
    assert "staff" not in response.content.decode()
