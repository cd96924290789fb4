"""What protects whoever uses the site: forged forms, cookies, policies, hosts, ways out."""

import re
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from booking.domain.mails import letter
from booking.models import OutboxMail

from . import addresses
from .addresses import every_address, rightful, typical
from .database import contents, undone
from .pages import Page, faults_of, is_html
from .towns import NOBODY, Town

PAGES = [one for one in every_address() if not one.is_api]
EVIL = "evil.example"
WAYS_OUT = [
    f"https://{EVIL}/", f"//{EVIL}/", f"/\\{EVIL}", f"\\\\{EVIL}", f"///{EVIL}", f"https:{EVIL}",
    f"http:\\\\{EVIL}", f"/%09/{EVIL}", f"/%2F{EVIL}", f"https://testserver@{EVIL}/",
    f"javascript:location='//{EVIL}'",
]  # fmt: skip


def leads_outside(answer: HttpResponse) -> bool:
    """Whether an answer sends the browser to another site, or to script."""
    if 300 <= answer.status_code < 400:
        return not re.match(r"/(?![/\\])|\.\./change/", answer["Location"])
    if "HX-Redirect" in answer:
        return not re.match(r"/(?![/\\])", answer["HX-Redirect"])
    return is_html(answer) and any(map(is_outside, Page(answer.content.decode()).links))


def is_outside(link: str) -> bool:
    """Whether a browser that follows the link leaves the site."""
    if link.startswith(("//", "/\\", "\\")):
        return True
    # A calendar program fetches our own address with it.
    own = link.startswith(settings.PUBLIC_URL.replace("http", "webcal", 1) + "/calendar/")
    return not own and urlsplit(link).scheme not in ("", "mailto")


# Forged forms ----------------------------------------------------------------------


@pytest.mark.parametrize("key", sorted({one.key for one in PAGES}))
def test_no_page_takes_a_form_from_another_site(town, key):
    person = rightful(key, town)
    before = contents()
    for address in (one for one in PAGES if one.key == key):
        client = person.client(enforce_csrf_checks=True)
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            answer = client.generic(method, address.path(town), b"a=b", FORM)
            assert answer.status_code in (403, 405), (address.name, method, answer.status_code)
            assert faults_of(answer) == [], address.name
    assert contents() == before


FORM = "application/x-www-form-urlencoded"


def test_the_api_reads_no_cookie(town):
    """That is why it needs no such mark: another site's page cannot act in somebody's name."""
    for address in (one for one in every_address() if one.is_api):
        if address.key == addresses.PUBLIC:
            continue
        client = rightful(address.key, town).client(enforce_csrf_checks=True)
        client.defaults.clear()
        for method in ("GET", "POST", "DELETE"):
            answer = client.generic(method, address.path(town), b"{}", "application/json")
            assert answer.status_code in (401, 405), (address.name, method, answer.status_code)


def test_a_form_that_was_open_too_long_is_answered_in_our_words(town):
    client = Client(enforce_csrf_checks=True)
    answer = client.post(reverse("login"), {"username": "a", "password": "b"})
    assert answer.status_code == 403
    assert faults_of(answer) == []
    assert "Sie dürfen diese Seite nicht öffnen" in answer.content.decode()


# Cookies ---------------------------------------------------------------------------


@pytest.fixture
def over_https(settings) -> None:
    """As the settings are for an address with https."""
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = True
    settings.PUBLIC_URL = "https://termine.example.org"
    settings.ALLOWED_HOSTS = ["termine.example.org"]
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_HSTS_SECONDS = 60


PROXY = {"HTTP_HOST": "termine.example.org", "HTTP_X_FORWARDED_PROTO": "https"}


def cookies_of_a_day(town: Town, **how: str) -> dict[str, object]:
    """Every cookie that the site sets: booking, pairing, signing in, working."""
    set_ones = {}
    password = {"username": town.clerk.username, "password": "a long enough password"}
    for person, method, path, sent in (
        (NOBODY, "get", f"{reverse('times', args=[town.office.pk])}?offering={town.offering.pk}",
         {}),
        (NOBODY, "post", reverse("kiosk_pairing"), {}),
        (NOBODY, "post", reverse("display_pairing"), {}),
        (NOBODY, "post", reverse("login"), password),
        (NOBODY, "get", reverse("here", args=[town.appointment.pk, town.secret]), {}),
        (town.at_kiosk, "get", reverse("kiosk"), {}),
        (town.at_display, "get", reverse("display"), {}),
        (town.desk, "get", reverse("desk_office", args=[town.office.pk]), {}),
    ):  # fmt: skip
        answer = getattr(person.client(), method)(path, sent, **how)
        assert answer.status_code in (200, 302), path
        set_ones |= dict(answer.cookies)
    return set_ones


def test_every_cookie_is_kept_from_scripts_other_sites_and_the_open_line(town, over_https):
    found = cookies_of_a_day(town, **PROXY)
    assert set(found) == {
        "sessionid", "csrftoken", "schalter_flow", "schalter_kiosk", "schalter_display",
        "schalter_staff", "schalter_here",
    }  # fmt: skip
    for name, cookie in found.items():
        assert cookie["httponly"] is True, name
        assert cookie["secure"] is True, name
        assert cookie["samesite"] in ("Lax", "Strict"), name
        assert cookie["domain"] == "", name


def test_whoever_looks_around_gets_no_cookie(town):
    for name, argument in (("start", town.authority.slug), ("choose", town.office.pk),
                           ("privacy", town.authority.slug)):  # fmt: skip
        assert dict(Client().get(reverse(name, args=[argument])).cookies) == {}


# The line and the host -------------------------------------------------------------


def test_the_open_line_leads_to_the_closed_one(town, over_https):
    for address in PAGES:
        answer = Client().get(address.path(town), HTTP_HOST="termine.example.org")
        assert answer.status_code == 301
        assert answer["Location"].startswith("https://termine.example.org/")
    answer = Client().get("/", **PROXY)
    assert "max-age=" in answer["Strict-Transport-Security"]


def test_without_https_nobody_claims_to_have_it(town):
    answer = Client().get("/health", HTTP_X_FORWARDED_PROTO="https")
    assert not answer.wsgi_request.is_secure()


HOSTS = [
    EVIL, f"testserver@{EVIL}", f"testserver.{EVIL}", "testserver:x", "a\r\nb", "testserver/../",
    f"testserver, {EVIL}",
]  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
def test_an_unknown_host_is_refused(town, host):
    for path in (reverse("start", args=[town.authority.slug]), reverse("login"), "/setup/"):
        answer = Client().get(path, HTTP_HOST=host)
        assert answer.status_code == 400, (host, path)
        assert EVIL not in answer.content.decode()


def test_no_address_is_made_of_what_a_request_says_of_itself(town, settings):
    settings.ALLOWED_HOSTS = ["*"]
    forged = {
        "HTTP_HOST": EVIL,
        "HTTP_X_FORWARDED_HOST": EVIL,
        "HTTP_X_ORIGINAL_URL": f"https://{EVIL}/",
        "HTTP_X_FORWARDED_SERVER": EVIL,
        "HTTP_FORWARDED": f"host={EVIL}",
        "HTTP_REFERER": f"https://{EVIL}/",
        "SCRIPT_NAME": "",
    }
    for address in typical():
        for method in ("get", "post"):
            with undone():
                asked = rightful(address.key, town).client()
                answer = getattr(asked, method)(address.path(town), **forged)
            assert not leads_outside(answer), address.name
            # Headers are ours, and what a page holds may be kept by others.
            assert EVIL not in answer.content.decode(errors="replace"), address.name
            assert EVIL not in str(answer.headers), address.name
    details = {"name": "Kim", "email": "kim@example.org", "expected_start": ""}
    Client().post(
        reverse("appointment", args=[town.appointment.pk, town.secret]), details, **forged
    )
    assert OutboxMail.objects.exists()
    for mail in map(letter, OutboxMail.objects.all()):
        assert EVIL not in mail.body + mail.calendar + mail.subject


# Ways out --------------------------------------------------------------------------


@pytest.mark.parametrize("where", WAYS_OUT)
def test_no_address_leads_to_another_site(town, where):
    password = {"username": town.clerk.username, "password": "a long enough password"}
    for path in (reverse("login"), reverse("logout"), "/setup/login/", "/setup/logout/",
                 reverse("desk"), reverse("pair_device"), reverse("kiosk_pairing")):  # fmt: skip
        for person in (NOBODY, town.desk, town.setup):
            for method in ("get", "post"):
                client = person.client()
                answer = getattr(client, method)(path, password | {"next": where})
                assert not leads_outside(answer), (path, method)
                answer = client.post(f"{path}?next={where}", password)
                assert not leads_outside(answer), path


@pytest.mark.parametrize("path", [f"//{EVIL}/", f"//{EVIL}/%2e%2e", f"/en//{EVIL}", f"/\\{EVIL}/",
                                  f"//{EVIL}/staff/login", f"/setup//{EVIL}"])  # fmt: skip
def test_no_path_becomes_the_name_of_a_host(town, path):
    for person in (NOBODY, town.setup):
        answer = person.client().get(path)
        assert not leads_outside(answer)


def test_the_way_to_another_language_stays_on_the_page(town):
    for query in ("?next=//evil.example", "?a=%0d%0aSet-Cookie:b"):
        answer = Client().get(reverse("start", args=[town.authority.slug]) + query)
        links = Page(answer.content.decode()).links
        assert any(link.startswith("/en/") for link in links)
        assert not leads_outside(answer)


# Headers ---------------------------------------------------------------------------


HEADERS = [
    "HTTP_ACCEPT_LANGUAGE", "HTTP_REFERER", "HTTP_USER_AGENT", "HTTP_ACCEPT", "HTTP_COOKIE",
    "HTTP_HX_CURRENT_URL", "HTTP_HX_TARGET", "HTTP_HX_REQUEST", "HTTP_AUTHORIZATION",
    "HTTP_X_APPOINTMENT_SECRET", "HTTP_IDEMPOTENCY_KEY", "HTTP_ORIGIN", "CONTENT_TYPE",
    "HTTP_X_FORWARDED_FOR", "HTTP_X_HTTP_METHOD_OVERRIDE",
]  # fmt: skip


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: b=c", "\x00", "ä", "x" * 10_000])
def test_no_header_of_a_request_breaks_an_answer(town, value):
    """In all headers at once, and in those alone that choose what is done."""
    every = dict.fromkeys(HEADERS, value)
    for address in typical():
        client = rightful(address.key, town).client()
        for sent in (every, {"HTTP_HX_REQUEST": value}, {"CONTENT_TYPE": value}):
            for method in ("GET", "POST"):
                with undone():
                    answer = client.generic(method, address.path(town), b"a=b", FORM, **sent)
                assert answer.status_code < 500, (address.name, sent)
                assert not any("\n" in str(header) for header in answer.headers.values())


PRIVATE = {addresses.SECRET, addresses.DESK, addresses.SETUP, addresses.PAIR, addresses.TICKET,
           addresses.KIOSK, addresses.DISPLAY, addresses.ARRIVE}  # fmt: skip


def test_nothing_private_is_kept_by_a_cache_and_no_page_put_into_a_foreign_one(town):
    for address in every_address():
        asked = rightful(address.key, town).client()
        with undone():
            answer = asked.get(address.path(town))
        # Scripts of the set-up's words are the same for everybody.
        if address.key in PRIVATE and answer.status_code == 200 and "jsi18n" not in address.name:
            # A calendar program keeps what it has fetched, and asks whether it is still true.
            kept = "private, no-cache" if address.name == "subscription_ics" else "no-store"
            assert kept in answer.get("Cache-Control", ""), address.name
        own = address.name in {"kiosk_slip", "kiosk_booked_slip"}
        assert answer["X-Frame-Options"] == ("SAMEORIGIN" if own else "DENY"), address.name
        who = "'self'" if own else "'none'"
        assert f"frame-ancestors {who}" in answer["Content-Security-Policy"], address.name


def test_nobody_gives_another_address_to_get_round_a_limit(town, settings):
    """Without our own proxy in front, what a request says of its origin counts for nothing."""
    settings.HOLDS_PER_MINUTE = 1
    form = {"offering": f"{town.offering.pk}:1", "start": "2026-11-24T11:00+01:00"}
    path = reverse("hold", args=[town.office.pk])
    for number, tail in enumerate(("", "wait=1", "wait=1")):
        answer = Client().post(path, form, REMOTE_ADDR="192.0.2.7",
                               HTTP_X_FORWARDED_FOR=f"198.51.100.{number}")  # fmt: skip
        assert answer.url.endswith(tail)
