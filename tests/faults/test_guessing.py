"""Thousands of wrong codes and secrets: throttled, and nobody honest is locked out.

On SQLite and memory, and once more on PostgreSQL and Redis, where the guesses reach two
processes. The guesser of codes holds the token of a kiosk of its own: without one there is
nothing to guess. The guesser of secrets comes from an address on the internet, through a proxy.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv6Address
from uuid import uuid4

import httpx
import psycopg
import pytest
from django.core.cache.backends.locmem import LocMemCache

from booking import throttle
from booking.api.visits import WRONG_CODES_PER_MINUTE
from booking.client import client_of
from booking.domain.errors import TooManyAttempts
from booking.guess_limit import WRONG_SECRETS_PER_MINUTE
from tests.installation import Installation, Program

from .small_town import SmallTown, make_small_town

QUICK = 200
MANY = 10_000
AT_ONCE = 4
PROXIED = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
# All honest people of these tests come from one address, and book in one minute.
NO_PROOF = {"PROOF_ABOVE_OF_NETWORK": "0"}
NEIGHBOUR = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.8"}


@dataclass
class Place:
    town: SmallTown
    url: str

    def client(self, **headers: str) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=30, headers=PROXIED | headers)


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with Installation(
        tmp_path_factory.mktemp("guessing"), PUBLIC_URL="https://termine.example.org", **NO_PROOF
    ) as installation:
        yield _running(installation, installation.sockets())


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Two processes on a database of their own on the tests' PostgreSQL, and the tests' Redis."""
    server = os.environ["DATABASE_URL"].rpartition("/")[0]
    name = f"guessing_{uuid4().hex[:12]}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        with Installation(
            tmp_path_factory.mktemp("guessing-production"),
            PUBLIC_URL="https://termine.example.org",
            DATABASE_URL=f"{server}/{name}",
            REDIS_URL=os.environ["REDIS_URL"],
            **NO_PROOF,
        ) as installation:
            yield _running(installation, installation.web())
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _running(installation: Installation, web: Program) -> Place:
    town = make_small_town(installation)
    installation.manage("collectstatic", "--noinput", "--verbosity=0")
    web.start()
    return Place(town, web.url)


def many(count: int, guess: Callable[[int], int], meanwhile: Callable[[], None]) -> Counter:
    """How often each status was answered; ``meanwhile`` runs again and again beside it."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        guesses = pool.map(guess, range(count))
        statuses: Counter = Counter()
        for number, status in enumerate(guesses):
            statuses[status] += 1
            if number % max(1, count // 5) == 0:
                meanwhile()
    return statuses


def windows(begun: float) -> int:
    """How many windows of a minute the time since ``begun`` can have touched."""
    return int(time.time()) // 60 - int(begun) // 60 + 1


def guess_codes(place: Place, count: int) -> None:
    """One kiosk guesses; beside it people check in at another, and by QR at the very same."""
    town = place.town
    starts = iter(town.starts)
    begun = time.time()
    with (
        place.client(Authorization=f"Bearer {town.spare_kiosk}") as guesser,
        place.client(Authorization=f"Bearer {town.kiosk}") as kiosk,
        place.client(**NEIGHBOUR) as citizen,
    ):
        guesser.base_url = kiosk.base_url = citizen.base_url = f"{place.url}/api/v1/"
        checked_in = []

        def guess(number: int) -> int:
            # Nine digits: never by accident the code of somebody.
            return town.check_in(guesser, f"{number:09}").status_code

        def people_come() -> None:
            for at in (kiosk, guesser):
                booked = town.book(citizen, next(starts), "erika@example.org")
                # Typed at the honest kiosk, scanned where the guesser stands.
                code = booked["code"] if at is kiosk else f"https://x/ticket/{booked['id']}/"
                answer = town.check_in(at, code)
                checked_in.append(answer.json().get("code"))

        statuses = many(count, guess, people_come)
    # Tomorrow's appointments: known, and told the right day.
    assert set(checked_in) == {"wrong_day"}
    assert set(statuses) == {404, 429}
    assert statuses[404] <= (WRONG_CODES_PER_MINUTE + AT_ONCE) * windows(begun)
    print(f"{count} codes in {time.time() - begun:.0f} s: {dict(statuses)}")


def guess_secrets(place: Place, count: int) -> None:
    """From one address; a neighbour behind the same one opens the right link meanwhile."""
    town = place.town
    begun = time.time()
    with place.client() as guesser, place.client(**NEIGHBOUR) as other:
        citizen = httpx.Client(base_url=f"{place.url}/api/v1/", headers=NEIGHBOUR, timeout=30)
        booked = town.book(citizen, town.starts[-1 - count % 97], "erika@example.org")
        page = f"/appointment/{booked['id']}/"
        right = booked["secret"]

        def guess(number: int) -> int:
            wrong = f"{number:064x}"
            if number % 2:
                return guesser.get(page + wrong + "/").status_code
            headers = {"X-Appointment-Secret": wrong}
            return guesser.get(f"/api/v1/appointments/{booked['id']}", headers=headers).status_code

        def right_links_open() -> None:
            for client in (guesser, other):
                assert client.get(page + right + "/").status_code == 200

        statuses = many(count, guess, right_links_open)
        refused = guesser.get(page + "0" * 64 + "/")
    citizen.close()
    assert set(statuses) == {404, 429}
    assert statuses[404] <= (WRONG_SECRETS_PER_MINUTE + AT_ONCE) * windows(begun)
    # Unless a new minute has just begun.
    assert refused.status_code == 404 or refused.headers["Retry-After"] == "60"
    print(f"{count} secrets in {time.time() - begun:.0f} s: {dict(statuses)}")


@pytest.mark.parametrize(
    "place", ["embedded", pytest.param("production", marks=pytest.mark.services)]
)
@pytest.mark.parametrize("guessing", [guess_codes, guess_secrets])
def test_guessing_is_throttled_and_locks_nobody_out(place, guessing, request):
    guessing(request.getfixturevalue(place), QUICK)


@pytest.mark.endure
@pytest.mark.parametrize(
    "place", ["embedded", pytest.param("production", marks=pytest.mark.services)]
)
@pytest.mark.parametrize("guessing", [guess_codes, guess_secrets])
def test_ten_thousand_guesses_lock_nobody_out(place, guessing, request):
    guessing(request.getfixturevalue(place), MANY)


# The counting ------------------------------------------------------------------------


def test_counters_in_memory_outlast_a_flood_of_other_clients(monkeypatch, settings):
    """As many clients at once as a full cache holds push out the oldest, not who is counted."""
    options = {"OPTIONS": {"MAX_ENTRIES": 50_000}}
    monkeypatch.setattr(throttle, "cache", LocMemCache(str(uuid4()), options))
    for number in range(60_000):
        throttle.count_attempt("secret", f"client-{number}", limit=30)
        if number % 1000 == 0:
            try:
                throttle.count_attempt("kiosk-code", "guesser", limit=20)
            except TooManyAttempts:
                continue
            assert number < 20_000
    with pytest.raises(TooManyAttempts):
        throttle.require_attempts_left("kiosk-code", "guesser", limit=20)


def test_addresses_of_one_ipv6_network_are_one_client(rf):
    network = int(IPv6Address("2001:db8:1:2::"))
    addresses = [network + int.from_bytes(os.urandom(8)) for _ in range(50)]
    clients = {client_of(rf.get("/", REMOTE_ADDR=str(IPv6Address(one)))) for one in addresses}
    assert len(clients) == 1
    assert client_of(rf.get("/", REMOTE_ADDR="2001:db8:1:3::1")) not in clients
    assert client_of(rf.get("/", REMOTE_ADDR="::1")) == ""
