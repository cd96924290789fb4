"""Ids of another town, put into forms and bodies by hand."""

import pytest
from django.contrib import admin
from django.db.models import F, Model
from django.test import Client
from django.urls import reverse

from booking.domain.permissions import make_staff_token
from booking.models import Counter, Offering, OpeningHours, Situation, StaffRole, Visit
from booking.setup.scope import visible

from .database import rows, undone
from .pages import Form, Page
from .towns import Town, with_token

MODELS = sorted(model._meta.model_name for model in admin.site._registry)
# Rows inside other pages, by the name of their form.
INSIDE = {
    "counters": "counter", "offerings": "offering", "closures": "closure", "roles": "role",
}  # fmt: skip
WITHOUT_CHOICES = {"appointment", "authority", "device", "visit"}


def things_of(town: Town) -> dict[str, list[tuple]]:
    """Every row the lead of a town sees in the set-up."""
    return {model.__name__: rows(visible(model, town.lead)) for model in admin.site._registry}


def mixed_up() -> list[Model]:
    """What belongs to one town and names something of another."""
    return [
        *Offering.objects.exclude(office__authority=F("service__authority")),
        *Situation.objects.filter(services__isnull=False).exclude(
            services__authority=F("authority")
        ),
        *Counter.objects.filter(offerings__isnull=False).exclude(offerings__office=F("office")),
        *OpeningHours.objects.filter(offerings__isnull=False).exclude(
            offerings__office=F("office")
        ),
        *StaffRole.objects.filter(office__isnull=False).exclude(office__authority=F("authority")),
        *Visit.objects.exclude(items__offering__office__authority=F("office__authority")),
        *Visit.objects.filter(counter__isnull=False).exclude(counter__office=F("office")),
    ]


def is_first_of_its_kind(name: str) -> bool:
    """Of the rows inside a page the first: the others are checked by the same form."""
    return "-" not in name or "-0-" in name


def forms_of(client: Client, path: str) -> list[Form]:
    answer = client.get(path)
    return Page(answer.content.decode()).forms if answer.status_code == 200 else []


def foreign(other: Town, model: str, name: str) -> Model | None:
    """What the other town has for a field of that name, where the field names an object."""
    field = name.rpartition("-")[2]
    kind = {
        "offerings": "offering",
        "services": "service",
        "id": INSIDE.get(name.partition("-")[0], model),
    }
    return other.thing(kind.get(field, field)) if kind.get(field, field) in MODELS else None


@pytest.mark.parametrize("model", MODELS)
def test_no_form_of_the_setup_takes_what_belongs_to_another_town(town, other, model):
    """Each choice of each form, and each hidden id, in turn."""
    client, tried = town.setup.client(), 0
    before, mixed = things_of(other), mixed_up()
    own = town.thing(model)
    paths = [
        reverse(f"admin:booking_{model}_add"),
        reverse(f"admin:booking_{model}_change", args=[own.pk]),
    ]
    for path in paths:
        for form in forms_of(client, path):
            if form.method != "post" or form.action:
                continue
            for name in sorted(one for one in form.names if is_first_of_its_kind(one)):
                if thing := foreign(other, model, name):
                    sent = [pair for pair in form.fields if pair[0] != name]
                    post(client, path, [*sent, (name, str(thing.pk))])
                    tried += 1
    assert tried or model in WITHOUT_CHOICES
    assert things_of(other) == before
    assert mixed_up() == mixed == []


def post(client: Client, path: str, fields: list[tuple[str, str]]) -> None:
    values: dict[str, list[str]] = {}
    for name, value in fields:
        values.setdefault(name, []).append(value)
    with undone():
        answer = client.post(path, values)
        assert answer.status_code in (200, 302, 403), (path, fields[-1])
        assert mixed_up() == [], fields[-1]


@pytest.mark.parametrize("model", MODELS)
def test_no_action_on_a_list_reaches_another_town(town, other, model):
    client, before = town.setup.client(), things_of(other)
    for action in ("delete_selected", "revoke"):
        chosen = {"action": action, "_selected_action": [str(other.thing(model).pk)], "post": "yes"}
        answer = client.post(reverse(f"admin:booking_{model}_changelist"), chosen)
        assert answer.status_code in (200, 302)
        assert other.word not in answer.content.decode()
    assert things_of(other) == before


def test_no_device_is_paired_with_an_office_of_another_town(town, other):
    device = town.citizen.client()
    device.post(reverse("kiosk_pairing"))
    code = device.get(reverse("kiosk_pairing")).context
    typed = {"code": code["code_left"] + code["code_right"], "kind": "kiosk", "name": ""}
    lead, path = town.setup.client(), reverse("pair_device")
    assert lead.post(path, typed | {"office": str(other.office.pk)}).status_code == 200
    assert device.get(reverse("kiosk")).status_code == 302
    assert lead.post(path, typed | {"office": str(town.office.pk)}).status_code == 302
    assert device.get(reverse("kiosk")).status_code == 200


def test_an_offering_of_another_office_is_booked_drawn_and_transferred_nowhere(town, other):
    before = things_of(town), things_of(other)
    desk, kiosk = town.desk.client(), town.at_kiosk.client()
    for foreign in (other.offering, town.sister_offering):
        body = {"offerings": [{"id": str(foreign.pk)}], "start": "2026-11-24T11:00"}
        for client, path in (
            (desk, f"/api/v1/offices/{town.office.pk}/appointments"),
            (kiosk, f"/api/v1/offices/{town.office.pk}/visits"),
            (desk, f"/api/v1/visits/{town.visit.pk}/transfer"),
        ):
            answer = client.post(path, body, content_type="application/json")
            assert (answer.status_code, answer.json()["code"]) == (422, "unknown_offering")
        form = {"offering": f"{foreign.pk}:1", "start": "2026-11-24T11:00+01:00"}
        assert desk.post(reverse("hold", args=[town.office.pk]), form).status_code == 302
        kiosk.post(reverse("kiosk_services"), {"offering": str(foreign.pk)})
    for office in (other.office.pk, "x"):
        path = f"/api/v1/visits/{town.visit.pk}/transfer"
        answer = desk.post(path, {"office": str(office)}, content_type="application/json")
        assert answer.status_code == 404
        form = {"target": f"{office}:", "quantity": "1"}
        desk.post(reverse("desk_transfer", args=[town.visit.pk]), form)
    assert (things_of(town), things_of(other)) == before


def test_a_code_of_another_town_is_unknown_at_the_kiosk(town, other):
    before = things_of(other)
    for code in (other.appointment.code, str(other.appointment.pk), str(other.visit.pk)):
        answer = town.at_kiosk.client().post(reverse("kiosk_check_in"), {"code": code})
        assert answer.status_code == 200
        assert other.word not in answer.content.decode()
        path = f"/api/v1/offices/{town.office.pk}/visits"
        body = {"code": code}
        answer = town.at_kiosk.client().post(path, body, content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (404, "code_unknown")
    assert things_of(other) == before


def test_a_clerk_of_two_towns_calls_nobody_to_the_other_towns_counter(town, other):
    StaffRole.objects.create(
        user=other.clerk, role=StaffRole.Role.CLERK, authority=town.authority, office=town.office
    )
    both = with_token(make_staff_token(other.clerk), other.clerk).client()
    answer = both.post(reverse("desk_call", args=[other.counter.pk, town.visit.pk]))
    assert answer.status_code in (302, 404)
    town.visit.refresh_from_db()
    assert town.visit.state == Visit.State.WAITING
