"""A form that is refused still holds everything that was typed, however strange."""

import pytest
from django.http import HttpResponse
from django.urls import reverse

from .database import undone
from .pages import Page, faults_of
from .values import TEXTS

# What no browser sends from a field of one line.
STRANGE = [text for text in TEXTS if text.strip() and text.isprintable() and len(text) < 6000]
MODELS = ("office", "service", "counter", "closure", "openinghours", "user", "offering")


def typed_on(answer: HttpResponse) -> dict[str, str]:
    """The texts in the fields of the page."""
    assert faults_of(answer) == []
    return dict(pair for form in Page(answer.content.decode()).forms for pair in form.texts)


def test_the_details_of_a_booking_stay(town):
    path = town.path_of_the_hold
    client = town.citizen.client()
    for text in STRANGE:
        typed = {"name": text, "email": text, "phone": text}
        sent = typed | {"expected_start": town.held.start.isoformat()}
        with undone():
            answer = client.post(path, sent)
        assert answer.status_code == 422, text[:40]
        assert typed_on(answer) == typed


def test_the_code_of_a_device_and_its_name_stay(town):
    client = town.setup.client()
    for text in STRANGE:
        typed = {"code": text, "name": text}
        with undone():
            answer = client.post(reverse("pair_device"), typed | {"kind": text, "office": text})
        assert answer.status_code == 200, text[:40]
        assert typed_on(answer) == typed


def test_the_name_at_the_login_stays(town, client):
    for text in STRANGE:
        with undone():
            answer = client.post(reverse("login"), {"username": text, "password": text})
        assert answer.status_code == 200, text[:40]
        assert typed_on(answer)["username"] == text
        # The password never comes back.
        assert "password" not in typed_on(answer)


@pytest.mark.parametrize("model", MODELS)
def test_what_a_lead_typed_stays(town, model):
    """The same text in every field at once."""
    client, path = town.setup.client(), reverse(f"admin:booking_{model}_add")
    with undone():
        page = Page(client.get(path).content.decode())
    form = next(one for one in page.forms if one.method == "post" and not one.action)
    # The row from which a script makes new ones is no part of the form.
    names = [name for name, _value in form.texts if "__prefix__" not in name]
    own = {name: value for name, value in form.fields if name not in names}
    for text in STRANGE[::6]:
        typed = dict.fromkeys(names, text)
        with undone():
            answer = client.post(path, own | typed)
        assert answer.status_code == 200, text[:40]
        shown = typed_on(answer)
        assert {name: shown.get(name) for name in names} == typed
