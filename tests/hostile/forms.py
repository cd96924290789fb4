"""What the pages themselves would send, and where to."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from urllib.parse import parse_qsl, urljoin

from django.http import HttpResponse
from django.test import Client

from .addresses import Address
from .database import undone
from .pages import Form, Page, faults_of, is_html
from .towns import Town
from .values import Pairs

FORM = "application/x-www-form-urlencoded"
MARK = "csrfmiddlewaretoken"
# For the fields that are empty at first and must not stay so.
PASSWORD = "sehr-geheim-2026"
HONEST = {
    "name": "Kim Muster", "email": "kim@example.org", "display_name": "Kim Muster",
    "name_de": "Rathaus", "name_en": "Town hall", "address": "Markt 1", "slug": "neu",
    "username": "kim", "password": PASSWORD, "password1": PASSWORD, "password2": PASSWORD,
    "old_password": "a long enough password", "new_password1": PASSWORD, "new_password2": PASSWORD,
    "first_day": "2027-06-01", "last_day": "2027-06-02", "opens": "13:00", "closes": "15:00",
    "label": "9", "letter": "B", "reason": "Fest", "minutes": "10", "valid_from": "2027-06-01",
    "counters": "1", "online_counters": "1", "day": "2026-12-01",
}  # fmt: skip


@dataclass(frozen=True)
class Sending:
    """One way to ask a page: ``valid`` is what an honest browser would send along."""

    method: str
    path: str
    valid: Pairs


def ask(
    client: Client, method: str, path: str, query: bytes = b"", body: bytes = b""
) -> HttpResponse:
    """Ask, and take back what it did to the database and to the browser's cookies."""
    kept = deepcopy(client.cookies)
    with undone():
        answer = client.generic(method, path, body, FORM, QUERY_STRING=query.decode("latin1"))
    client.cookies = kept
    assert faults_of(answer) == [], (method, path, query, body)
    return answer


def shown_at(address: Address, town: Town) -> list[str]:
    """The page's path, and where it shows a form only after a choice, that one too."""
    path = address.path(town)
    chosen = {
        "times": [f"{path}?offering={town.offering.pk}:1"],
        "make_wish": [f"{path}?offering={town.offering.pk}:1"],
        "appointment": [town.path_of_the_hold],
    }
    return [path, *chosen.get(address.name, [])]


def sendings(client: Client, path: str, town: Town) -> Iterator[Sending]:
    """The page by its address, whatever else it is sent, and each of its forms."""
    where, _mark, query = path.partition("?")
    yield Sending("POST", where, [])
    yield Sending("GET", where, parse_qsl(query))
    answer = ask(client, "GET", where, query.encode())
    if answer.status_code != 200 or not is_html(answer):
        return
    for form in Page(answer.content.decode()).forms:
        # A button without anything to fill in asks what its address is asked anyway.
        if form.method != "dialog" and form.names - {MARK}:
            yield Sending(form.method.upper(), urljoin(where, form.action), filled(form, town))


def filled(form: Form, town: Town) -> Pairs:
    """What somebody sends who fills in what must not stay empty and presses the first button."""
    honest = HONEST | {"code": town.checked_in.code}
    honest |= {name: choices[-1] for name, choices in form.choices.items()}
    open_ones = form.choices.keys() - {name for name, _value in form.fields}
    return [
        *((name, value or honest.get(name, "")) for name, value in form.fields),
        *((name, honest[name]) for name in sorted(open_ones) if not name.endswith("DELETE")),
        *form.buttons[:1],
    ]
