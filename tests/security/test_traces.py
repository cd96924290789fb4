"""What is left behind: in the log, in tables of libraries, and of a demo that was tried out."""

import logging
import os
import subprocess
import sys
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from booking import clock
from booking.log_filter import WithoutSecrets
from booking.worker import forget_traces

SECRET_PATH = "/appointment/0b0e9c9e-0000-4000-8000-000000000000/"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (f"Not Found: {SECRET_PATH}5ec/cancel/", f"Not Found: {SECRET_PATH}…/cancel/"),
        (
            f"GET {SECRET_PATH.replace('appointment', 'wish')}5ec/offer/1/",
            f"GET {SECRET_PATH.replace('appointment', 'wish')}…/offer/1/",
        ),
        (f"<WebRequest uri={SECRET_PATH}5ec clientproto=x>", f"<WebRequest uri={SECRET_PATH}… c"),
        ("GET /ws/display/?token=5ec&a=1", "GET /ws/display/?token=…&a=1"),
        ("path=b'/ws/?a=1&token=5ec'>", "path=b'/ws/?a=1&token=…'>"),
        ("<WebSocketProtocol client=['192.0.2.7', 5] path=b'/'>", "client=… path=b'/'>"),
        ("nothing of the kind", "nothing of the kind"),
    ],
)
def test_no_line_of_the_log_holds_a_secret_or_an_address(line, shown):
    record = logging.LogRecord("daphne", logging.WARNING, "", 0, "%s", (line,), None)
    assert WithoutSecrets().filter(record)
    assert shown in record.getMessage()
    assert "5ec" not in record.getMessage()
    assert "192.0.2.7" not in record.getMessage()


def test_failed_log_ins_are_forgotten_once_they_no_longer_count(db, set_time):
    Client().post(reverse("login"), {"username": "my secret password", "password": "x"})
    made = AccessAttempt.objects.get().attempt_time
    set_time(made + timedelta(minutes=9))
    forget_traces()
    assert AccessAttempt.objects.count() == 1
    set_time(made + timedelta(minutes=11))
    forget_traces()
    assert AccessAttempt.objects.count() == 0


def test_ended_sessions_are_forgotten(clerk):
    client = Client()
    client.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    forget_traces()
    assert Session.objects.count() == 1
    Session.objects.update(expire_date=clock.system_time() - timedelta(days=365))
    forget_traces()
    assert Session.objects.count() == 0


@pytest.mark.parametrize(
    ("address", "demo"), [("https://termine.example.org", False), ("http://127.0.0.1:8000", True)]
)
def test_a_file_left_behind_makes_no_demo_of_a_site_with_https(tmp_path, address, demo):
    (tmp_path / "demo_clock").write_text("3600")
    said = subprocess.run(
        [sys.executable, "-c", "from django.conf import settings; print(settings.DEMO)"],
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PUBLIC_URL": address,
            "VAR_DIR": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == str(demo)


def test_a_traceback_does_not_repeat_the_row_that_the_database_refused():
    try:
        try:
            raise ValueError(
                "refused\nDETAIL:  Failing row contains (Kim Muster,\nkim@example.org)."
            )
        except ValueError as error:
            raise RuntimeError(f"below {SECRET_PATH}5ec") from error
    except RuntimeError:
        record = logging.LogRecord("django", logging.ERROR, "", 0, "failed", (), sys.exc_info())
    WithoutSecrets().filter(record)
    written = logging.Formatter().format(record)
    assert "DETAIL: …" in written
    assert f"RuntimeError: below {SECRET_PATH}…" in written
    for secret in ("Kim Muster", "kim@example.org", "5ec"):
        # The line of this test itself stands in the traceback too.
        assert secret not in "\n".join(line for line in written.splitlines() if "raise" not in line)
