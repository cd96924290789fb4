"""Backup and restore: every row of every table comes back."""

import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from .files import DEPLOY
from .town import Servers, load_town

PASSED = ("PATH", "LANG", "HOME")


def run(script: str, *arguments: str | Path, database: str, **others: str):
    """Run a script of ``deploy/`` as the service or an administrator does."""
    kept = {name: os.environ[name] for name in PASSED if name in os.environ}
    return subprocess.run(
        [DEPLOY / script, *arguments],
        env=kept | {"DATABASE_URL": database, **others},
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def back_up(database: str, folder: Path, **others: str) -> Path:
    done = run("backup", folder, database=database, **others)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip().removeprefix("backup: "))


@pytest.mark.services
class TestPostgres:
    @pytest.fixture
    def source(self, servers: Servers) -> str:
        return servers.postgres.url_of(servers.filled)

    @pytest.fixture
    def empty(self, servers: Servers) -> str:
        """A database of somebody who may do nothing beside, as in a real installation."""
        name = f"empty_{uuid4().hex[:8]}"
        url = servers.make_database(name)
        with psycopg.connect(url) as connection:
            connection.execute(f"CREATE ROLE {name} LOGIN; ALTER DATABASE {name} OWNER TO {name}")
        return url.replace("//schalter@", f"//{name}@")

    def test_restores_every_row_of_every_table(self, source, empty, tmp_path):
        backup = back_up(source, tmp_path)
        done = run("restore", backup, database=empty)
        assert (done.returncode, done.stderr) == (0, "")
        rows = postgres_rows(source)
        assert len(rows["booking_appointment"]) > 50
        assert postgres_rows(empty) == rows
        assert schema(empty) == schema(source)

    def test_overwrites_only_when_told_to_and_then_wholly(self, source, empty, tmp_path):
        backup = back_up(source, tmp_path)
        with psycopg.connect(empty) as connection:
            connection.execute("CREATE TABLE booking_user (id int); CREATE TABLE kept (id int)")
        refused = run("restore", backup, database=empty)
        assert (refused.returncode, "--replace" in refused.stderr) == (1, True)
        assert set(postgres_rows(empty)) == {"", "booking_user", "kept"}

        replaced = run("restore", "--replace", backup, database=empty)
        assert (replaced.returncode, replaced.stderr) == (0, "")
        # And what was restored can be backed up and restored once more.
        again = back_up(empty, tmp_path / "again")
        assert run("restore", "--replace", again, database=empty).returncode == 0
        assert postgres_rows(empty) == postgres_rows(source)

    def test_a_backup_that_breaks_off_leaves_the_database_as_it_was(self, source, empty, tmp_path):
        backup = back_up(source, tmp_path)
        with psycopg.connect(empty) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS id")
        before = postgres_rows(empty)
        damaged = tmp_path / "damaged.dump"
        damaged.write_bytes(backup.read_bytes()[: -backup.stat().st_size // 3])
        write_checksum(damaged)
        failed = run("restore", "--replace", damaged, database=empty)
        assert failed.returncode != 0
        assert postgres_rows(empty) == before

    def test_a_database_in_use_is_left_alone(self, source, empty, tmp_path):
        backup = back_up(source, tmp_path)
        with psycopg.connect(empty):
            refused = run("restore", "--replace", backup, database=empty)
        assert (refused.returncode, "in use" in refused.stderr) == (1, True)

    def test_a_failed_backup_leaves_nothing_behind(self, servers, tmp_path):
        failed = run("backup", tmp_path, database=servers.postgres.url_of("nowhere"))
        assert failed.returncode != 0
        assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def sqlite_town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo town in a SQLite database."""
    var = tmp_path_factory.mktemp("sqlite")
    kept = {name: os.environ[name] for name in PASSED if name in os.environ}
    load_town(kept | {"VAR_DIR": str(var), "DEMO_CLOCK": "2026-11-24T09:30"})
    return var / "schalter.sqlite3"


class TestSqlite:
    def test_restores_every_row_of_every_table(self, sqlite_town, tmp_path):
        with closing(sqlite3.connect(sqlite_town)) as at_work:
            # In the middle of work, and with a change that is only in the write-ahead log.
            at_work.execute("DELETE FROM django_session")
            at_work.commit()
            backup = back_up(f"sqlite:///{sqlite_town}", tmp_path)
        copy = tmp_path / "restored.sqlite3"
        assert run("restore", backup, database=f"sqlite:///{copy}").returncode == 0
        rows = sqlite_rows(sqlite_town)
        assert len(rows["booking_appointment"]) > 50
        assert sqlite_rows(copy) == rows

    def test_overwrites_only_when_told_to_and_then_wholly(self, sqlite_town, tmp_path):
        backup = back_up(f"sqlite:///{sqlite_town}", tmp_path)
        other = tmp_path / "other.sqlite3"
        with closing(sqlite3.connect(other)) as database:
            database.executescript("PRAGMA journal_mode=WAL; CREATE TABLE kept (id)")
        refused = run("restore", backup, database=f"sqlite:///{other}")
        assert (refused.returncode, "--replace" in refused.stderr) == (1, True)
        assert set(sqlite_rows(other)) == {"kept"}
        assert run("restore", "--replace", backup, database=f"sqlite:///{other}").returncode == 0
        assert sqlite_rows(other) == sqlite_rows(sqlite_town)

    def test_a_damaged_backup_is_refused(self, sqlite_town, tmp_path):
        backup = back_up(f"sqlite:///{sqlite_town}", tmp_path)
        with backup.open("r+b") as file:
            file.seek(5000)
            file.write(b"damaged")
        target = tmp_path / "target.sqlite3"
        refused = run("restore", backup, database=f"sqlite:///{target}")
        assert (refused.returncode, "checksum" in refused.stderr) == (1, True)
        assert not target.exists()

    def test_old_backups_are_removed_and_nobody_else_may_read_them(self, sqlite_town, tmp_path):
        first = back_up(f"sqlite:///{sqlite_town}", tmp_path)
        assert first.stat().st_mode & 0o077 == 0
        old, other = tmp_path / "schalter-2020-01-01T033000.dump", tmp_path / "notes.txt"
        for path in (old, other):
            path.touch()
            os.utime(path, (0, 0))
        back_up(f"sqlite:///{sqlite_town}", tmp_path, KEEP_DAYS="3")
        assert first.exists()
        assert other.exists()
        assert not old.exists()


def write_checksum(path: Path) -> None:
    done = subprocess.run(["sha256sum", path.name], cwd=path.parent, capture_output=True)
    path.with_name(f"{path.name}.sha256").write_bytes(done.stdout)


def postgres_rows(url: str) -> dict[str, list[str]]:
    """Each table's rows as text, and where the sequences stand."""
    with psycopg.connect(url) as connection:

        def rows(query: sql.Composable) -> list[str]:
            return [row for (row,) in connection.execute(query)]

        tables = rows(sql.SQL("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        every_row = sql.SQL("SELECT one::text FROM {} AS one ORDER BY 1")
        return {name: rows(every_row.format(sql.Identifier(name))) for name in tables} | {
            "": rows(
                sql.SQL("SELECT concat(sequencename, last_value) FROM pg_sequences ORDER BY 1")
            )
        }


def schema(url: str) -> list[str]:
    """Every column, constraint and index; of a condition only its name, for it is rephrased."""
    query = """
        SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default)
        FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL
        SELECT concat_ws(' ', conrelid::regclass, conname, contype, confrelid::regclass)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL
        SELECT concat_ws(' ', tablename, indexname) FROM pg_indexes WHERE schemaname = 'public'
        ORDER BY 1
    """
    with psycopg.connect(url) as connection:
        return [row for (row,) in connection.execute(query)]


def sqlite_rows(path: Path) -> dict[str, list[tuple]]:
    with closing(sqlite3.connect(path)) as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {
            name: sorted(database.execute(f'SELECT * FROM "{name}"'), key=repr)
            for (name,) in tables.fetchall()
        }
