"""Who sees and changes what: lead, lead of another town, lead of one office, operator, clerk."""

from datetime import date

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from booking.domain.devices import make_device
from booking.domain.notices import save_notice
from booking.models import (
    Authority,
    Closure,
    Counter,
    Device,
    Notice,
    Offering,
    Office,
    OpeningHours,
    Service,
    StaffRole,
    User,
)
from tests import factories

pytestmark = pytest.mark.django_db

Role = StaffRole.Role
OWN_MODELS = [
    Authority,
    Office,
    Counter,
    Service,
    Offering,
    OpeningHours,
    Closure,
    User,
    Device,
    Notice,
]


def login(client: Client, user: User) -> Client:
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def address(obj, action: str = "change") -> str:
    return reverse(f"admin:booking_{obj._meta.model_name}_{action}", args=[obj.pk])


def things_of(town) -> list:
    """One object of each model that belongs to a town."""
    office = town.office
    closure = Closure.objects.create(
        office=office, first_day=date(2027, 5, 1), last_day=date(2027, 5, 2)
    )
    device, _token = make_device(kind=Device.Kind.KIOSK, office=office, name="Eingang")
    notice = Notice(office=office, heading="Fest")
    save_notice(notice)
    return [
        office.authority,
        office,
        factories.CounterFactory(office=office),
        town.offering.service,
        town.offering,
        factories.make_hours(office),
        closure,
        town.clerk,
        device,
        notice,
    ]


def test_the_lead_opens_everything_of_the_own_town(as_lead, town):
    for thing in things_of(town):
        answer = as_lead.get(address(thing))
        assert answer.status_code == 200, thing
        assert b'name="_save"' in answer.content, thing


def test_the_lead_sees_nothing_of_another_town(as_lead, other):
    for thing in things_of(other):
        for action in ("change", "delete"):
            # Django sends whoever asks for what is not there back to the start.
            answer = as_lead.get(address(thing, action))
            assert answer.status_code in (302, 403), (thing, action)
            assert as_lead.post(address(thing, action), {"post": "yes"}).status_code in (302, 403)
        assert type(thing).objects.filter(pk=thing.pk).exists()
        listed = as_lead.get(reverse(f"admin:booking_{thing._meta.model_name}_changelist"))
        assert str(other.office) not in listed.content.decode()
        assert thing not in listed.context["cl"].result_list


def test_no_selection_offers_what_belongs_to_another_town(as_lead, town, other):
    things_of(other)
    for model in (Office, Counter, Service, Offering, OpeningHours, Closure, User, Notice):
        answer = as_lead.get(reverse(f"admin:booking_{model._meta.model_name}_add"))
        assert answer.status_code == 200
        assert "Beispielstadt" not in answer.content.decode(), model


def test_a_forged_choice_of_another_towns_office_is_refused(as_lead, other):
    posted = {"office": str(other.office.pk), "label": "9", "position": 0}
    answer = as_lead.post(reverse("admin:booking_counter_add"), posted)
    assert answer.status_code == 200
    assert answer.context["errors"]
    assert Counter.objects.count() == 0


def test_the_operator_opens_everything_everywhere(client, operator, town, other):
    login(client, operator)
    for thing in [*things_of(town), *things_of(other)]:
        assert client.get(address(thing)).status_code == 200, thing


def test_an_operator_can_begin_with_an_empty_database(client, operator):
    login(client, operator)
    assert client.get("/setup/").status_code == 200
    assert client.get("/setup/booking/authority/add/").status_code == 200


@pytest.mark.parametrize("role", [Role.CLERK, Role.FRONT_DESK])
def test_other_staff_have_no_access_and_no_loop(client, town, role):
    login(client, factories.make_staff(town.office, role))
    answer = client.get("/setup/", follow=True)
    assert answer.status_code == 403
    assert client.get(address(town.office)).status_code == 302


def test_the_login_is_our_own(client):
    assert client.get("/setup/").headers["Location"] == "/setup/login/?next=/setup/"
    answer = client.get("/setup/login/?next=/setup/")
    assert answer.headers["Location"] == "/staff/login/?next=/setup/"


def test_a_lead_who_was_deactivated_is_out(client, town):
    town.lead.is_active = False
    town.lead.save()
    login(client, town.lead)
    assert client.get("/setup/").status_code == 302


def test_a_superuser_without_a_role_has_no_access(client, town):
    user = factories.UserFactory(is_staff=True, is_superuser=True)
    login(client, user)
    assert client.get("/setup/", follow=True).status_code == 403


def test_the_lead_of_one_office_leaves_the_others_and_the_staff_alone(client, town):
    second = factories.OfficeFactory(authority=town.office.authority, name="Standesamt")
    login(client, factories.make_staff(second, Role.LEAD))
    assert client.get(address(second)).status_code == 200
    assert client.get(address(town.office)).status_code == 302
    assert client.get(address(town.clerk)).status_code == 302
    assert client.get("/setup/booking/user/add/").status_code == 403
    assert client.get("/setup/booking/office/add/").status_code == 403
    service = client.get(address(town.offering.service))
    assert service.status_code == 200
    assert b'name="_save"' not in service.content


def user_form(user: User, *roles: dict) -> dict:
    posted = {
        "username": user.username,
        "display_name": "",
        "is_active": "on",
        "roles-TOTAL_FORMS": len(roles),
        "roles-INITIAL_FORMS": user.roles.count(),
        "roles-MIN_NUM_FORMS": 0,
        "roles-MAX_NUM_FORMS": 1000,
    }
    for number, role in enumerate(roles):
        posted |= {f"roles-{number}-{key}": value for key, value in role.items()}
        posted[f"roles-{number}-user"] = user.pk
    return posted


def test_a_lead_cannot_make_an_operator(as_lead, town):
    role = town.clerk.roles.get()
    posted = user_form(town.clerk, {"id": role.pk, "role": "operator"})
    answer = as_lead.post(address(town.clerk), posted)
    assert answer.status_code == 200
    assert answer.context["errors"]
    assert StaffRole.objects.filter(role=Role.OPERATOR).count() == 0


def test_a_lead_cannot_give_a_role_in_another_town(as_lead, town, other):
    role = town.clerk.roles.get()
    own = town.office.authority_id
    for authority, office in [
        (other.office.authority_id, ""),
        (own, other.office.pk),
    ]:
        posted = user_form(
            town.clerk,
            {"id": role.pk, "role": "clerk", "authority": own, "office": town.office.pk},
            {"role": "lead", "authority": authority, "office": office},
        )
        answer = as_lead.post(address(town.clerk), posted)
        assert answer.status_code == 200
        assert answer.context["errors"]
    assert town.clerk.roles.count() == 1


def test_an_operator_cannot_mix_an_office_with_another_authority(client, operator, town, other):
    login(client, operator)
    role = town.clerk.roles.get()
    posted = user_form(
        town.clerk,
        {
            "id": role.pk,
            "role": "clerk",
            "authority": town.office.authority_id,
            "office": other.office.pk,
        },
    )
    assert client.post(address(town.clerk), posted).context["errors"]
    role.refresh_from_db()
    assert role.office == town.office


def test_a_lead_gives_a_colleague_another_role(as_lead, town):
    role = town.clerk.roles.get()
    own = town.office.authority_id
    posted = user_form(
        town.clerk,
        {"id": role.pk, "role": "front_desk", "authority": own, "office": town.office.pk},
    )
    assert as_lead.post(address(town.clerk), posted).status_code == 302
    role.refresh_from_db()
    assert role.role == Role.FRONT_DESK


def test_a_colleague_who_also_works_elsewhere_is_not_the_leads_to_change(as_lead, town, other):
    StaffRole.objects.create(user=town.clerk, role=Role.CLERK, authority=other.office.authority)
    answer = as_lead.get(address(town.clerk))
    assert answer.status_code == 200
    assert b'name="_save"' not in answer.content
    password = reverse("admin:auth_user_password_change", args=[town.clerk.pk])
    assert as_lead.get(password).status_code == 403


def test_an_operators_password_is_not_the_leads_to_change(as_lead, town, operator):
    StaffRole.objects.create(user=operator, role=Role.LEAD, authority=town.office.authority)
    password = reverse("admin:auth_user_password_change", args=[operator.pk])
    assert as_lead.get(password).status_code == 403


def test_a_new_colleague_needs_a_role(as_lead, town):
    posted = {
        "username": "neu",
        "password1": "ein langes Passwort",
        "password2": "ein langes Passwort",
        "roles-TOTAL_FORMS": 1,
        "roles-INITIAL_FORMS": 0,
        "roles-0-role": "clerk",
        "roles-0-authority": town.office.authority_id,
        "roles-0-office": town.office.pk,
    }
    without = posted | {"roles-0-role": "", "roles-0-authority": "", "roles-0-office": ""}
    assert as_lead.post("/setup/booking/user/add/", without).status_code == 200
    assert as_lead.post("/setup/booking/user/add/", posted).status_code == 302
    assert User.objects.get(username="neu").roles.get().office == town.office


def test_every_registered_model_is_in_the_list_by_task(client, operator):
    login(client, operator)
    groups = client.get("/setup/").context["app_list"]
    listed = {model["model"] for group in groups for model in group["models"]}
    assert listed == set(admin.site._registry)
