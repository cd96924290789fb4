"""``manage.py run_demo``: the demo town with everything it needs, until Ctrl-C."""

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from booking.demo.processes import Died, Processes, Stopped, is_free, stop_on_signals
from booking.demo.static_files import collect_if_changed
from booking.demo.table import table

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Command(BaseCommand):
    help = "Run the demo town: PORT, BIND, VAR_DIR and DEMO_CLOCK in the environment change it."
    # Checks the whole site; here it would only cost time.
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        port, host = _port(), os.environ.get("BIND") or "127.0.0.1"
        _require_free(host, port)
        stop_on_signals()
        try:
            self._prepare()
            self._run(host, port)
        except Stopped:
            self._say("\nThe demo has stopped. Its data is kept for the next start.")
        except Died as name:
            raise CommandError(f"The {name} has ended by itself, so the demo stops.") from None

    def _run(self, host: str, port: int) -> None:
        environment = {"DEMO": "1", "PORT": str(port)}
        if host not in LOOPBACK:
            # By which names a demo that is open to the network is called, nobody knows.
            environment["ALLOWED_HOSTS"] = os.environ.get("ALLOWED_HOSTS", "*")
        with Processes(host, port, environment) as processes:
            status = processes.wait_until_ready()
            self._say(table(host, port))
            if status != "ok":
                self._say(f"Not everything is running yet: /health says {status}.")
            processes.watch()

    def _prepare(self) -> None:
        if self._has_unapplied_migrations():
            self._say(f"Make the database in {settings.VAR_DIR}")
            call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
        call_command("load_demo", busy=True, verbosity=0)
        if collect_if_changed():
            self._say("Collected the static files")
        connection.close()

    def _has_unapplied_migrations(self) -> bool:
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        sys.stdout.flush()


def _port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise CommandError(f"PORT={text} is not a port; choose a number from 1 to 65535.")
    return int(text)


def _require_free(host: str, port: int) -> None:
    try:
        free = is_free(host, port)
    except OSError as error:
        raise CommandError(f"BIND={host} is not an address of this machine: {error}") from None
    if not free:
        raise CommandError(
            f"Port {port} is in use. Stop what runs there or choose another: make run PORT=8001"
        )
