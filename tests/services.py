"""Pytest plugin: the environment every test runs in.

Loaded with ``-p``: pytest-django reads the settings before any ``conftest.py`` is seen, and
the settings read the addresses of PostgreSQL and Redis from the environment.

- by default a private PostgreSQL and Redis are started and stopped;
- ``TEST_DATABASE=sqlite`` starts nothing: SQLite and the in-memory channel layer;
- ``TEST_DATABASE_URL`` and ``TEST_REDIS_URL`` together name servers to use instead;
- ``TEST_CHROMIUM`` names another browser than the Chromium that is found.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import IO

import pytest

from tests.servers import find_chromium
from tests.summary import summary

ROOT = Path(__file__).resolve().parent.parent
# What a shell may carry over from `make run` and must not reach a test.
FOREIGN = ("DATABASE_URL", "REDIS_URL", "DEMO", "DEMO_CLOCK", "EMAIL_URL", "PUBLIC_URL", "PORT")


def start_services() -> subprocess.Popen[str]:
    """Start the servers and export where they are; they live until the pipe is closed."""
    process = subprocess.Popen(
        [sys.executable, ROOT / "bin" / "private-services"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        # Ctrl-C belongs to pytest; the servers end after the tests have.
        start_new_session=True,
    )
    line = pipe(process.stdout).readline()
    if not line:
        raise pytest.UsageError("PostgreSQL and Redis for the tests did not start, see above")
    os.environ.update(json.loads(line))
    return process


def stop_services(process: subprocess.Popen[str]) -> None:
    pipe(process.stdin).close()
    process.wait(timeout=30)


def pipe(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """A wrapper, because pytest-django reads the settings in this very hook."""
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        # Each its own Redis database: one clearing its cache must not empty another's.
        if url := os.environ.get("REDIS_URL"):
            os.environ["REDIS_URL"] = f"{url.rpartition('/')[0]}/{worker.removeprefix('gw')}"
        return (yield)
    given = {name: os.environ.get(f"TEST_{name}") for name in ("DATABASE_URL", "REDIS_URL")}
    for name in FOREIGN:
        os.environ.pop(name, None)
    if chromium := find_chromium():
        os.environ.setdefault("TEST_CHROMIUM", str(chromium))

    sqlite = os.environ.get("TEST_DATABASE") == "sqlite"
    if sqlite or all(given.values()):
        folder = tempfile.mkdtemp(prefix="schalter-test-")
        early_config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
        os.environ["VAR_DIR"] = f"{folder}/var"
        given = {"DATABASE_URL": f"sqlite:///{folder}/test.sqlite3"} if sqlite else given
        os.environ.update({name: str(url) for name, url in given.items()})
    else:
        process = start_services()
        early_config.add_cleanup(lambda: stop_services(process))
    return (yield)


def pytest_report_header() -> str:
    address = os.environ["DATABASE_URL"].rpartition("@")[2]
    return f"database: {address}, channel layer: {os.environ.get('REDIS_URL', 'in memory')}"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--endure", action="store_true", help="run the long tests, and only them")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long tests to `make endure`, and skip what this run has no means for."""
    long = [item for item in items if item.get_closest_marker("endure")]
    short = [item for item in items if not item.get_closest_marker("endure")]
    items[:], others = (long, short) if config.getoption("--endure") else (short, long)
    config.hook.pytest_deselected(items=others)
    reasons = {}
    if "REDIS_URL" not in os.environ:
        reasons["services"] = "needs PostgreSQL and Redis, this run is on SQLite"
    if "TEST_CHROMIUM" not in os.environ:
        reasons["browser"] = "needs Chromium; please install: chromium-headless-shell"
    for item in items:
        for marker, reason in reasons.items():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if config.getoption("--endure"):
        told = [one for reports in terminalreporter.stats.values() for one in reports]
        terminalreporter.section("what was endured")
        for line in summary(one for one in told if isinstance(one, pytest.TestReport)):
            terminalreporter.write_line(line, red="FAILED" in line)
    if os.environ.get("TEST_SQLITE_FAILED"):
        terminalreporter.write_line(
            "The run on SQLite before this one FAILED, see above.", red=True
        )
