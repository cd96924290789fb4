"""What Makefile, lock files and the private test servers promise."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
from django.db import connection

from tests.summary import summary
from tests.workers import LONG, SHARED_SERVERS, turn, work_unit

ROOT = Path(__file__).resolve().parent.parent
LOCKS = sorted(ROOT.glob("requirements*.txt"))


def accepts(url: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", urlsplit(url).port)) == 0


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_lock_file_names_no_registry_and_hashes_every_package(lock):
    text = lock.read_text()
    packages = re.split(r"\n(?=\S)", text.strip())
    assert [p for p in packages if "--hash=sha256:" not in p] == []
    assert re.findall(r"://|--(?:extra-)?index-url|--find-links", text) == []


def test_front_end_lock_names_no_registry():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []


@pytest.mark.services
@pytest.mark.django_db
def test_tests_run_on_their_own_postgresql_and_redis():
    assert connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute("SHOW fsync")
        assert cursor.fetchone() == ("off",)
    with redis.from_url(os.environ["REDIS_URL"]) as client:
        assert client.ping() is True


@pytest.mark.services
def test_private_services_end_when_their_caller_is_killed():
    starter = (
        "import subprocess, sys, time\n"
        f"subprocess.Popen([sys.executable, {str(ROOT / 'bin/private-services')!r}],"
        " stdin=subprocess.PIPE, start_new_session=True)\n"
        "time.sleep(60)\n"
    )
    caller = subprocess.Popen(
        [sys.executable, "-c", starter], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    environment = json.loads(caller.stdout.readline())
    urls = {name: url for name, url in environment.items() if name.endswith("_URL")}
    assert [accepts(url) for url in urls.values()] == [True, True]

    caller.kill()
    # The pipe is open as long as any of the servers or their keeper lives.
    caller.communicate(timeout=20)
    assert [accepts(url) for url in urls.values()] == [False, False]
    assert not Path(environment["VAR_DIR"]).parent.exists()


def test_setup_does_nothing_when_everything_fits():
    started = time.monotonic()
    setup = subprocess.run([ROOT / "bin/setup"], capture_output=True, text=True, check=True)
    assert setup.stdout == ""
    assert time.monotonic() - started < 2


def report(test: str, when: str, outcome: str, minutes: float) -> pytest.TestReport:
    return pytest.TestReport(
        nodeid=f"tests/{test}", location=("", None, ""), keywords={}, outcome=outcome,
        longrepr=None, when=when, duration=minutes * 60,
    )  # fmt: skip


def test_whoever_runs_the_long_tests_reads_a_line_for_each_file():
    told = summary([
        report("test_tooling.py::one", "setup", "passed", 1),
        report("test_tooling.py::one", "call", "passed", 2),
        report("test_tooling.py::two", "call", "passed", 3),
        report("summary.py::one", "setup", "failed", 0.5),
        report("summary.py::two", "call", "passed", 0.7),
        report("services.py::one", "setup", "skipped", 0),
    ])  # fmt: skip
    assert told == [
        "1 of 1 not run         0.0 min  tests/services.py: "
        "Pytest plugin: the environment every test runs in.",
        "1 of 2 FAILED          1.2 min  tests/summary.py: "
        "What the long tests have shown, for somebody who runs them and has not written them.",
        "2 passed               6.0 min  tests/test_tooling.py: "
        "What Makefile, lock files and the private test servers promise.",
    ]


def test_files_that_share_servers_have_one_worker_and_all_others_one_each():
    stories = [
        "tests/browser/test_story.py::test_one",
        "tests/browser/test_desk.py::test_two[a::b]",
    ]
    assert len({work_unit(test) for test in stories}) == 1
    faults = ["tests/faults/test_kill.py::one", "tests/faults/test_postgres.py::two"]
    assert len({work_unit(test) for test in faults}) == 1
    assert work_unit("tests/faults/test_clock.py::one") == "tests/faults/test_clock.py"


def test_what_takes_long_begins_first():
    tests = ["tests/test_tooling.py::one", "tests/faults/test_clock.py::one", "tests/browser/x.py"]
    assert sorted(tests, key=turn) == tests[::-1]


def test_every_file_that_is_named_for_the_workers_is_there():
    names = {*LONG, *(name for names in SHARED_SERVERS for name in names)}
    assert [name for name in names if not list(ROOT.glob(f"{name}*"))] == []
