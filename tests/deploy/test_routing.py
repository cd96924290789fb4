"""Which process gets which request, and how many of them: nginx with stand-ins behind it."""

import http.client
import json
import re
import resource
import ssl
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.translation import override

from .files import DEPLOY
from .programs import Nginx

PORTS = {8001: "public", 8002: "staff", 8011: "sockets", 8012: "sockets"}
# By name of the address in the project; all other pages are the public's.
STAFF_NAMES = re.compile(r"^(desk|reception|login|logout|pair_|kiosk|display|admin:)")
STAFF_API = re.compile(r"/(queue|visits|counters)\b")
ID = "7a0f6bd4-8d0c-4c4b-9a4f-2f1f0c9d6a11"
CONFIGURATION = DEPLOY / "nginx" / "schalter.conf"
HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
ANYBODY, FLOODING = "127.0.0.1", "127.0.0.66"


class StandIn(BaseHTTPRequestHandler):
    """Says who it is and what it was told; a socket it keeps open."""

    name = ""

    def do_GET(self) -> None:
        if self.headers["Sec-WebSocket-Key"]:
            self.send_response_only(HTTPStatus.SWITCHING_PROTOCOLS)
            self.send_header("Upgrade", "websocket")
            self.send_header("Connection", "Upgrade")
            self.end_headers()
            self.rfile.read()
            return
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        body = json.dumps({"by": self.name, **dict(self.headers)}).encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_arguments) -> None:
        pass


class StandInServer(ThreadingHTTPServer):
    request_queue_size = 128
    block_on_close = False


@pytest.fixture(scope="module")
def nginx(needs_nginx: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    # Sockets by the hundred, each with three ends on this machine.
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 8192)), hard))
    folder = tmp_path_factory.mktemp("nginx")
    behind = {
        port: StandInServer(("127.0.0.1", 0), type(name, (StandIn,), {"name": name}))
        for port, name in PORTS.items()
    }
    for server in behind.values():
        threading.Thread(target=server.serve_forever, daemon=True).start()
    running = Nginx(folder, folder / "var", {port: one.server_port for port, one in behind.items()})
    running.start()
    yield running
    running.stop()
    for server in behind.values():
        server.shutdown()
        server.server_close()


class Client:
    """One connection to nginx from an address of this machine."""

    def __init__(self, nginx: Nginx, address: str = ANYBODY) -> None:
        trusted = ssl.create_default_context(cafile=nginx.certificate)
        self.connection = http.client.HTTPSConnection(
            "localhost", nginx.port, context=trusted, source_address=(address, 0), timeout=20
        )

    def ask(self, path: str, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
        body = "{}" if method == "POST" else None
        self.connection.request(method, path, body, headers)
        found = self.connection.getresponse()
        found.body = found.read()
        return found

    def open_socket(self) -> int:
        """The status; a socket that was opened stays open."""
        self.connection.request("GET", "/ws/display/", headers=HANDSHAKE)
        return self.connection.getresponse().status

    def close(self) -> None:
        self.connection.close()

    def statuses(self, path: str, method: str, times: int) -> Counter[int]:
        return Counter(self.ask(path, method).status for _ in range(times))


def all_addresses() -> list[tuple[str, str]]:
    """Name and an example of every address of the site, in languages of each kind."""

    def walk(resolver: URLResolver, path: str, space: str) -> Iterator[tuple[str, str]]:
        for one in resolver.url_patterns:
            part = re.sub(r"<\w+:\w*(id|date)\w*>", ID, str(one.pattern))
            part = re.sub(r"<[^>]+>", "some-word", part)
            if isinstance(one, URLResolver):
                inner = f"{one.namespace}:" if one.namespace else ""
                yield from walk(one, path + part, space + inner)
            elif isinstance(one, URLPattern) and "(" not in part:
                yield space + (one.name or ""), path + part

    found = []
    for language in ("de", "en", "ar", "de-simple"):
        with override(language):
            found += walk(get_resolver(), "/", "")
    return found


def test_every_address_reaches_the_process_it_is_meant_for(nginx):
    addresses = all_addresses()
    # More than one visitor may ask at once.
    clients = [Client(nginx, f"127.0.0.{2 + index}") for index in range(len(addresses) // 200 + 1)]
    assert {
        "/desk/",
        "/en/desk/",
        "/ar/kiosk/",
        "/de-simple/kiosk/",
        f"/api/v1/offices/{ID}/visits",
    } <= {path for _name, path in addresses}
    wrong = []
    for index, (name, path) in enumerate(addresses):
        staff = STAFF_NAMES.match(name) or (path.startswith("/api/") and STAFF_API.search(path))
        found = json.loads(clients[index // 200].ask(path).body)["by"]
        if found != ("staff" if staff else "public"):
            wrong.append((name, path, found))
    assert wrong == []


def test_sockets_reach_the_daphnes(nginx):
    client = Client(nginx)
    answers = [json.loads(client.ask("/ws/display/", Upgrade="websocket").body) for _ in range(4)]
    assert [answer["by"] for answer in answers] == ["sockets"] * 4
    assert {answer["Connection"].lower() for answer in answers} == {"upgrade"}


def test_processes_are_told_the_address_that_nginx_saw(nginx):
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http"}
    told = json.loads(Client(nginx, "127.0.0.5").ask("/", **forged).body)
    assert (told["X-Forwarded-For"], told["X-Forwarded-Proto"]) == ("127.0.0.5", "https")
    assert told["Host"] == "localhost"


def test_plain_http_leads_to_https_and_strangers_names_to_nothing(nginx):
    connection = http.client.HTTPConnection("127.0.0.1", nginx.http_port, timeout=20)
    connection.request("GET", "/desk/?next=1", headers={"Host": "localhost"})
    found = connection.getresponse()
    assert (found.status, found.headers["Location"]) == (301, "https://localhost/desk/?next=1")
    connection.close()
    connection.request("GET", "/", headers={"Host": "elsewhere.example.org"})
    with pytest.raises(http.client.RemoteDisconnected):
        connection.getresponse()


HOLDS = [f"/api/v1/offices/{ID}/appointments", f"/book/{ID}/hold/", f"/en/book/{ID}/hold/",
         f"/book/{ID}/wish/"]  # fmt: skip


def test_one_address_holds_only_so_much_and_everything_else_goes_on(nginx):
    flooding, anybody = Client(nginx, FLOODING), Client(nginx)
    for path in HOLDS:
        flooding.statuses(path, "POST", 80)
    assert {flooding.ask(path, "POST").status for path in HOLDS} == {429}
    api = flooding.ask(HOLDS[0], "POST")
    assert api.headers["Content-Type"] == "application/problem+json"
    assert json.loads(api.body)["code"] == "too_many_attempts"
    assert "Gleich geht es weiter" in flooding.ask(HOLDS[1], "POST").body.decode()
    # Nobody at another address, and nothing else at this one.
    assert {anybody.ask(path, "POST").status for path in HOLDS} == {200}
    others = ["/", f"/book/{ID}/times/", "/desk/", "/kiosk/", f"/api/v1/offices/{ID}/availability"]
    assert {flooding.ask(path).status for path in others} == {200}


def test_signing_in_is_limited_for_one_address_and_for_all_together(nginx):
    first = Client(nginx, "127.0.0.71")
    assert first.statuses("/staff/login/", "POST", 60)[429] >= 15
    others = [Client(nginx, f"127.0.0.{last}") for last in (72, 73, 74)]
    statuses = sum((one.statuses("/en/staff/login/", "POST", 35) for one in others), Counter())
    assert statuses[429] >= 20
    # The page itself is there, and so is the desk.
    assert {first.ask(path).status for path in ("/staff/login/", "/desk/")} == {200}


def test_a_whole_town_hall_works_behind_one_address(nginx):
    """Eighty desks ask for their queue after each of five calls, the kiosks beside them."""
    desk = Client(nginx, "127.0.0.81")
    assert desk.statuses(f"/desk/{ID}/queue/", "GET", 400) == {200: 400}
    assert desk.statuses("/kiosk/check-in/", "POST", 40) == {200: 40}


def test_one_address_opens_only_so_many_sockets_and_pages_go_on(nginx):
    limit = int(re.search(r"limit_conn sockets (\d+);", CONFIGURATION.read_text())[1])
    greedy = [Client(nginx, "127.0.0.91") for _ in range(limit + 10)]
    try:
        opened = Counter(one.open_socket() for one in greedy)
        assert opened == {101: limit, 429: 10}
        assert Client(nginx, "127.0.0.91").ask("/desk/").status == 200
        with closing(Client(nginx)) as other:
            assert other.open_socket() == 101
    finally:
        for one in greedy:
            one.close()


def test_a_body_too_large_is_refused_in_the_language_of_the_address(nginx):
    client = Client(nginx)
    too_large = "x" * 300_000
    client.connection.request("POST", "/api/v1/visits/", too_large)
    found = client.connection.getresponse()
    assert (found.status, json.load(found)["code"]) == (413, "too_large")


def test_a_process_that_is_away_is_a_page_that_comes_again(needs_nginx, tmp_path):
    alone = Nginx(tmp_path, tmp_path / "var", {8001: 1, 8002: 1, 8011: 1, 8012: 1})
    alone.start()
    try:
        client = Client(alone)
        for path in ("/", "/desk/"):
            page = client.ask(path)
            assert (page.status, page.headers["Retry-After"]) == (503, "10")
            assert 'http-equiv="refresh"' in page.body.decode()
            assert "unsafe-inline" not in page.headers["Content-Security-Policy"]
        # A citizen is asked before something is sent again, a kiosk goes on by itself.
        assert 'http-equiv="refresh"' not in client.ask(HOLDS[1], "POST").body.decode()
        assert 'http-equiv="refresh"' in client.ask("/kiosk/check-in/", "POST").body.decode()
        assert json.loads(client.ask("/api/v1/authorities").body)["code"] == "unavailable"
        client.ask(f"/appointment/{ID}/only-the-citizen-knows/")
        assert "only-the-citizen-knows" not in alone.log.read_text()
        # The pages have no address of their own.
        assert client.ask("/unavailable.html").status == 404
    finally:
        alone.stop()


def test_pages_while_a_process_is_away_have_no_script_and_both_languages():
    for path in (DEPLOY / "nginx").glob("unavailable*.html"):
        page = path.read_text()
        assert re.findall(r"<script|<style|\sstyle=|\son\w+=", page) == []
        assert ('<html lang="de"' in page, 'lang="en"' in page) == (True, True)
