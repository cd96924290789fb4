"""Signing in under attack."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from booking.sign_in import COOKIE
from tests import factories

PASSWORD = "a long enough password"


def sign_in(client: Client, username: str, password: str = PASSWORD, **how):
    values = {"username": username, "password": password}
    return client.post(reverse("login"), values, **how)


def guess(client: Client, username: str) -> None:
    for _attempt in range(settings.AXES_FAILURE_LIMIT):
        sign_in(client, username, "wrong")


def test_ten_wrong_passwords_lock_the_account_for_every_unknown_browser(clerk):
    guess(Client(), clerk.username)
    assert sign_in(Client(), clerk.username).status_code == 429


def test_strangers_do_not_lock_out_a_browser_that_has_signed_in_before(clerk):
    own = Client()
    sign_in(own, clerk.username)
    own.post(reverse("logout"))
    guess(Client(), clerk.username)
    assert sign_in(own, clerk.username).status_code == 302


def test_a_known_browser_has_its_own_limit(clerk):
    own = Client()
    sign_in(own, clerk.username)
    own.post(reverse("logout"))
    guess(own, clerk.username)
    assert sign_in(own, clerk.username).status_code == 429


def test_the_mark_of_one_account_does_not_help_with_another(clerk, office):
    own, colleague = Client(), factories.make_staff(office)
    sign_in(own, clerk.username)
    own.post(reverse("logout"))
    guess(Client(), colleague.username)
    assert sign_in(own, colleague.username).status_code == 429


@pytest.mark.parametrize("mark", ["", "0" * 64, "ä", "\x00"])
def test_a_made_up_mark_counts_as_none(clerk, mark):
    guess(Client(), clerk.username)
    forger = Client()
    forger.cookies[COOKIE] = mark
    assert sign_in(forger, clerk.username).status_code == 429


def test_the_mark_is_kept_from_scripts_and_tells_no_name(clerk):
    client = Client()
    sign_in(client, clerk.username)
    cookie = client.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert clerk.username not in cookie.value


@pytest.mark.parametrize("query", ["", "?next=/desk/"])
def test_a_way_back_to_the_login_page_itself_goes_round_in_no_circle(client, clerk, query):
    client.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(reverse("login"), {"next": reverse("login") + query})
    assert (answer.status_code, answer.url) == (302, reverse("desk"))


@pytest.mark.parametrize("where", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_signing_in_leads_to_no_other_site(client, clerk, where):
    answer = client.post(
        reverse("login"), {"username": clerk.username, "password": PASSWORD, "next": where}
    )
    assert (answer.status_code, answer.url) == (302, reverse("desk"))


def test_the_session_has_another_key_after_signing_in(client, clerk):
    client.session["anything"] = 1
    before = client.session.session_key
    sign_in(client, clerk.username)
    assert client.session.session_key != before


@pytest.mark.parametrize(
    "username", ["x" * 151, "x" * 100_000, "\x00", "\u0661", "\U0001f600" * 150]
)
def test_no_login_name_is_too_strange(db, username):
    assert sign_in(Client(), username).status_code == 200


def test_a_form_without_its_mark_is_refused_on_a_page_of_ours(db):
    answer = sign_in(Client(enforce_csrf_checks=True), "somebody")
    assert answer.status_code == 403
    assert "Sie dürfen diese Seite nicht öffnen" in answer.content.decode()
    assert "<style" not in answer.content.decode()
