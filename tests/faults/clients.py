"""Those who use the town while something fails: citizens, a kiosk, clerks, displays, a mail server.

Each remembers what it was told, to be compared with what the database holds.
"""

import json
import logging
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from email import message_from_bytes
from itertools import pairwise
from types import TracebackType
from typing import Any
from uuid import uuid4

import httpx
from aiosmtpd.controller import Controller
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import connect

from tests.servers import Server, free_port

# As in static/js/socket.js: when a client calls itself stale, and the pause before it connects.
STALE_SECONDS = 15
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10
REQUEST_SECONDS = 30
CSRF = "a" * 32

# A line for each request would hide everything else.
for noisy in ("httpx", "mail.log"):
    logging.getLogger(noisy).setLevel(logging.WARNING)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do all at the same time, each in a thread; what each returned, in order."""
    with ThreadPoolExecutor(len(acts)) as threads:
        return [begun.result() for begun in [threads.submit(act) for act in acts]]


def wait_for(condition: Callable[[], Any], seconds: float, what: str) -> float:
    """How many seconds it took until ``condition`` held."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() < begun + seconds, f"not within {seconds} s: {what}"
        time.sleep(0.02)
    return time.monotonic() - begun


@dataclass
class Answer:
    """One answer over HTTP; ``status`` 0 where the connection broke."""

    status: int
    seconds: float
    text: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> str:
        """The problem's code, the same wherever and however it is answered."""
        assert self.headers["content-type"] == "application/problem+json", self
        return self.json["code"]


class Browser:
    """Sends requests to one process after the other; a broken connection is an answer too."""

    def __init__(self, *urls: str, **headers: str) -> None:
        self.urls = list(urls)
        self.client = httpx.Client(timeout=REQUEST_SECONDS, headers=headers)
        self.answers: list[Answer] = []

    def send(self, method: str, path: str, *, turn: int = 0, **options: Any) -> Answer:
        """``turn`` picks the process."""
        begun = time.monotonic()
        url = self.urls[turn % len(self.urls)]
        try:
            got = self.client.request(method, url + path, **options)
        except httpx.TransportError:
            answer = Answer(0, time.monotonic() - begun)
        else:
            answer = Answer(got.status_code, time.monotonic() - begun, got.text, dict(got.headers))
        self.answers.append(answer)
        return answer

    def statuses(self) -> Counter[int]:
        return Counter(answer.status for answer in self.answers)


@dataclass
class Booking:
    """What a citizen was told in the end: ``confirmed``, ``held`` or ``refused``."""

    told: str
    id: str = ""
    secret: str = ""
    code: str = ""
    start: str = ""


class Citizen:
    """Holds a time and confirms it, asking another process where one breaks off."""

    def __init__(self, office: dict[str, Any], *urls: str, patience: float = 60) -> None:
        self.office = office
        self.browser = Browser(*urls)
        self.patience = patience
        self.turn = random.randrange(len(urls))

    def insist(self, method: str, path: str, **options: Any) -> Answer:
        """Ask until the answer is one: neither a broken connection nor a 503."""
        deadline = time.monotonic() + self.patience
        while True:
            answer = self.browser.send(method, path, turn=self.turn, **options)
            if answer.status not in (0, 502, 503):
                return answer
            assert time.monotonic() < deadline, f"{path} failed for {self.patience} s"
            self.turn += 1
            time.sleep(random.uniform(0.05, 0.2))

    def hold(self, start: str) -> Booking:
        path = f"/api/v1/offices/{self.office['id']}/appointments"
        body = {"offerings": [{"id": self.office["offering"]}], "start": start}
        answer = self.insist("POST", path, json=body, headers={"Idempotency-Key": str(uuid4())})
        if answer.status != 201:
            assert answer.code == "slot_taken", answer
            return Booking("refused", start=start)
        held = answer.json
        return Booking("held", held["id"], held["secret"], held["code"], start)

    def book(self, start: str) -> Booking:
        booking = self.hold(start)
        if booking.told == "held":
            answer = self.insist(
                "POST",
                f"/api/v1/appointments/{booking.id}/confirm",
                json={"name": "Kim Beispiel", "email": "kim@example.org"},
                headers={"X-Appointment-Secret": booking.secret},
            )
            assert answer.status == 200, answer
            booking.told = "confirmed"
        return booking


class Pages:
    """A citizen's browser at one process."""

    def __init__(self, url: str, office: dict[str, Any]) -> None:
        self.office = office
        self.browser = Browser(url, **{"Cookie": f"csrftoken={CSRF}", "X-CSRFToken": CSRF})

    def look(self) -> Answer:
        return self.browser.send("GET", f"/book/{self.office['id']}/")

    def hold(self, start: str) -> Answer:
        """Press on a time."""
        typed = {"offering": self.office["offering"], "start": start + self.office["offset"]}
        return self.browser.send("POST", f"/book/{self.office['id']}/hold/", data=typed)

    def availability(self) -> Answer:
        """What an app asks for."""
        query = f"availability?offering={self.office['offering']}"
        return self.browser.send("GET", f"/api/v1/offices/{self.office['id']}/{query}")


class Clerk:
    """Somebody at a counter: by the API, and at the desk's page as htmx asks for it."""

    def __init__(self, url: str, office: dict[str, Any], facts: dict[str, str]) -> None:
        self.office = office
        self.counter, self.label = facts["counter"], facts["label"]
        self.api = Browser(f"{url}/api/v1", Authorization=f"Bearer {facts['token']}")
        cookies = f"sessionid={facts['session']}; csrftoken={CSRF}"
        self.desk = Browser(url, **{"Cookie": cookies, "X-CSRFToken": CSRF, "HX-Request": "true"})

    def act(self, path: str, **body: Any) -> Answer:
        return self.api.send("POST", path, json=body)

    def sit_down(self) -> "Clerk":
        answer = self.act(f"/counters/{self.counter}/open")
        assert answer.status == 200, answer
        self.finish()
        return self

    def draw(self) -> Answer:
        """Somebody comes without an appointment."""
        body = {"offerings": [{"id": self.office["offering"]}]}
        headers = {"Idempotency-Key": str(uuid4())}
        path = f"/offices/{self.office['id']}/visits"
        return self.api.send("POST", path, json=body, headers=headers)

    def next(self) -> Answer:
        return self.act(f"/counters/{self.counter}/next")

    def present(self) -> dict[str, Any] | None:
        """The visit at the counter."""
        queue = self.api.send("GET", f"/offices/{self.office['id']}/queue").json
        at_counters = queue["called"] + queue["serving"]
        return next((one for one in at_counters if one["counter"] == self.label), None)

    def called(self) -> str:
        """The number at the counter."""
        return self.present()["number"]

    def finish(self) -> None:
        """Whoever is at the counter leaves it."""
        visit = self.present()
        if visit is not None and visit["state"] == "called":
            self.act(f"/visits/{visit['id']}/begin")
        if visit is not None:
            self.act(f"/visits/{visit['id']}/finish")

    def press_next(self) -> Answer:
        """The key at the desk."""
        return self.desk.send("POST", f"/desk/counter/{self.counter}/next/")

    def look(self) -> Answer:
        """The page of the desk."""
        return self.desk.send("GET", f"/desk/{self.office['id']}/queue/")


class Kiosk:
    """The kiosk's own pages, with its cookie."""

    def __init__(self, url: str, office: dict[str, Any]) -> None:
        self.office = office
        cookies = f"schalter_kiosk={office['kiosk']}; csrftoken={CSRF}"
        self.browser = Browser(url, **{"Cookie": cookies, "X-CSRFToken": CSRF})

    def start(self) -> Answer:
        return self.browser.send("GET", "/kiosk/")

    def draw(self, key: str) -> Answer:
        """One tap on a service. ``key`` is the page's own: the same tap makes one ticket."""
        body = {"offering": self.office["offering"], "key": key}
        return self.browser.send("POST", "/kiosk/services/", data=body)


class Display(threading.Thread):
    """A display as static/js/socket.js makes it: it connects again after a growing pause."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__(daemon=True)
        self.address = f"ws{url.removeprefix('http')}/ws/display/?token={token}"
        self.heard: list[tuple[float, dict[str, Any]]] = []
        self.over = threading.Event()
        self.failures = 0

    def __enter__(self) -> "Display":
        self.start()
        wait_for(lambda: self.heard, 10, "the display's first message")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.over.set()
        self.join(10)

    def run(self) -> None:
        while not self.over.is_set():
            try:
                with connect(self.address, open_timeout=10, close_timeout=1) as socket:
                    self._listen(socket)
            except (OSError, ConnectionClosed, InvalidHandshake, TimeoutError):
                pass
            pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2**self.failures) * random.uniform(0.5, 1.5)
            self.failures += 1
            self.over.wait(pause)

    def _listen(self, socket: Any) -> None:
        while not self.over.is_set():
            try:
                message = socket.recv(timeout=0.2)
            except TimeoutError:
                if time.monotonic() - self.heard_at > STALE_SECONDS:
                    return  # looks open and is not
                continue
            self.failures = 0
            self.heard.append((time.monotonic(), json.loads(message)))

    @property
    def heard_at(self) -> float:
        return self.heard[-1][0] if self.heard else time.monotonic()

    def shows(self, number: str) -> bool:
        return number in [call["number"] for call in self.heard[-1][1]["calls"]]

    def longest_silence(self, since: float) -> float:
        """In seconds, until now."""
        moments = [since, *(at for at, _message in self.heard if at > since), time.monotonic()]
        return max(later - earlier for earlier, later in pairwise(moments))


class MailServer:
    """Remembers the id of every mail that it has taken, and can end the worker meanwhile."""

    def __init__(self) -> None:
        self.port = free_port()
        self.taken: list[str] = []
        self.victim: tuple[int, Server, bool] | None = None
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def __enter__(self) -> "MailServer":
        self.controller.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.controller.stop()

    def kill_at(self, count: int, worker: Server, *, accept: bool) -> None:
        """Kill the worker while it hands over the mail after so many; whether that is taken."""
        self.victim = (len(self.taken) + count, worker, accept)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        # Our Message-ID begins with the id of the mail.
        sent = str(message_from_bytes(envelope.content)["Message-ID"])
        mail = sent.strip("<>").partition("@")[0]
        if self.victim and len(self.taken) >= self.victim[0]:
            (_count, worker, accept), self.victim = self.victim, None
            os.kill(worker.process.pid, signal.SIGKILL)
            if not accept:
                return "451 not now"
        self.taken.append(mail)
        return "250 OK"
