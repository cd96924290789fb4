"""What the files of ``deploy/`` promise by themselves, without starting the product."""

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import redis
from gunicorn.config import Config

from tests.servers import ROOT

from .files import APP, DEPLOY, SYSTEMD, environment, postgresql_settings, unit_lines
from .programs import Nginx

SERVICES = sorted(SYSTEMD.glob("*.service"))
SCRIPTS = ["run", "backup", "restore"]
# systemd's own scale, from 0 (nothing is left open) to 100.
EXPOSED_AT_MOST = 25


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units as they lie in ``/etc/systemd/system``, for this checkout."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("needs systemd-analyze; please install: systemd")
    folder = tmp_path / "system"
    shutil.copytree(SYSTEMD, folder)
    for path in folder.rglob("*.*"):
        if path.is_file():
            path.write_text(path.read_text().replace(APP, str(ROOT)))
    return folder


def analyze(verb: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", verb, *arguments], capture_output=True, text=True, timeout=60
    )


def test_systemd_finds_no_fault_with_any_unit(units):
    names = [path.name for path in sorted(units.iterdir()) if path.is_file()]
    names = [name.replace("@.", "@8011.") for name in names]
    found = analyze("verify", "--man=no", *(units / name for name in names))
    assert (found.stdout, found.stderr, found.returncode) == ("", "", 0)


def test_systemd_sees_what_the_services_have_in_common(units):
    """A fault there is one of every service: so the file is read at all."""
    common = units / "schalter-.service.d" / "common.conf"
    common.write_text(common.read_text() + "NoSuchSetting=yes\n")
    found = analyze("verify", "--man=no", units / "schalter-public.service")
    assert "NoSuchSetting" in found.stderr


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.stem)
def test_services_may_do_little_beside_their_work(units, service):
    name = service.name.replace("@.", "@8011.")
    arguments = ("--offline=yes", f"--threshold={EXPOSED_AT_MOST}", "--no-pager")
    found = analyze("security", *arguments, units / name)
    assert found.returncode == 0, found.stdout[-500:]


def test_the_target_names_every_service_that_runs_all_the_time():
    wanted = " ".join(unit_lines(SYSTEMD / "schalter.target", "Wants")).split()
    always = {path.name for path in SERVICES if unit_lines(path, "Restart") == ["always"]}
    assert {re.sub(r"@\d+", "@", name) for name in wanted} == always
    assert {path.name for path in SERVICES} - always == {"schalter-backup.service"}


def test_the_database_has_room_for_every_pool():
    """Those of the web services are one for each worker process."""
    most = 0
    for name in " ".join(unit_lines(SYSTEMD / "schalter.target", "Wants")).split():
        path = SYSTEMD / re.sub(r"@\d+", "@", name)
        values = environment(unit_lines(path, "Environment"))
        workers = re.search(r"--workers (\d+)", path.read_text())
        most += int(values["DATABASE_POOL_MAX"]) * (int(workers[1]) if workers else 1)
    text = (DEPLOY / "postgresql.conf").read_text()
    assert f"at most {most}:" in text
    # PostgreSQL keeps three back; the rest is for backups and the administrator.
    assert most + 10 <= int(postgresql_settings()["max_connections"])


def test_each_thread_has_a_connection():
    for name in ("schalter-public", "schalter-staff"):
        path = SYSTEMD / f"{name}.service"
        (threads,) = re.findall(r"--threads (\d+)", path.read_text())
        assert environment(unit_lines(path, "Environment"))["DATABASE_POOL_MAX"] == threads


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_are_plain_shell(script):
    found = subprocess.run(["sh", "-n", DEPLOY / script], capture_output=True, text=True)
    assert (found.returncode, found.stderr) == (0, "")


def test_every_setting_of_the_example_is_one():
    names = environment((DEPLOY / "schalter.env.example").read_text().splitlines())
    settings = (ROOT / "config" / "settings.py").read_text()
    read = {name for name in names if f'("{name}"' in settings}
    assert names.keys() - read == {"KEEP_DAYS"}
    assert "${KEEP_DAYS:-" in (DEPLOY / "backup").read_text()


@pytest.mark.skipif(os.getuid() != 0, reason="needs root: deploy/run changes the account")
def test_run_reads_the_settings_as_systemd_does():
    example = DEPLOY / "schalter.env.example"
    printed = subprocess.run(
        [DEPLOY / "run", sys.executable, "-c",
         "import json, os; print(json.dumps(dict(os.environ)))"],
        env={"PATH": os.environ["PATH"], "SCHALTER_ENV": str(example), "SCHALTER_USER": "root"},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    wanted = environment(example.read_text().splitlines())
    found = json.loads(printed.stdout)
    assert {name: found[name] for name in wanted} == wanted


def test_nginx_finds_no_fault_with_its_file(needs_nginx, tmp_path):
    nginx = Nginx(tmp_path, tmp_path / "var", {8001: 1, 8002: 2, 8011: 3, 8012: 4})
    assert nginx.faults() == []
    nginx.main.write_text("events {} http { server { listen nowhere; } }")
    assert nginx.faults() != []


def test_gunicorn_blanks_secret_links_in_its_own_log(capsys):
    configuration = runpy.run_path(str(DEPLOY / "gunicorn.conf.py"))
    logger = configuration["logger_class"](Config())
    link = "/appointment/7a0f6bd4-8d0c-4c4b-9a4f-2f1f0c9d6a11/only-the-citizen-knows/"
    logger.exception("Error handling request %s", link)
    logger.error_log.handlers.clear()
    written = capsys.readouterr().err
    assert "Error handling request /appointment/7a0f6bd4" in written
    assert "only-the-citizen-knows" not in written


@pytest.mark.services
def test_postgresql_keeps_what_citizens_typed_out_of_its_log(servers):
    """A row that is refused holds a name; the log says only which rule refused it."""
    url = servers.make_database("talkative")
    with psycopg.connect(url, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute("CREATE TABLE guest (name text PRIMARY KEY)")
        insert = "INSERT INTO guest VALUES (%s)"
        connection.execute(insert, ["Kim Muster"])
        with pytest.raises(psycopg.errors.UniqueViolation, match="Kim Muster"):
            connection.execute(insert, ["Kim Muster"])
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            connection.execute("SELECT * FROM guest WHERE name = %s AND 'x'::int = 1", ["Kim M."])
    log = servers.postgres.log.read_text()
    assert 'duplicate key value violates unique constraint "guest_pkey"' in log
    assert "Kim" not in log
    with psycopg.connect(url) as connection:
        assert connection.execute("SHOW jit").fetchone() == ("off",)


@pytest.mark.services
def test_redis_runs_with_its_file(servers):
    with redis.from_url(servers.redis.url) as client:
        assert client.config_get("maxmemory*") | client.config_get("save") == {
            "maxmemory": str(128 * 1024**2),
            "maxmemory-policy": "volatile-ttl",
            "maxmemory-samples": "5",
            "maxmemory-clients": "0",
            "maxmemory-eviction-tenacity": "10",
            "save": "",
        }
        assert "pubsub 16777216 4194304 30" in client.config_get("*output*").popitem()[1]
